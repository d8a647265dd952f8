import ContentCoding

/// Small pictures in the PNG format (ISO/IEC 15948): 16 by 16 points in two colours.
enum SiteImage {
    private static let side = 16

    static func png(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        let colours = (0..<2).map { _ in (0..<3).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
        var rows: [UInt8] = []
        for _ in 0..<side {
            rows.append(0)  // no filter
            for _ in 0..<side { rows += colours[random.below(2)] }
        }
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // Width, height, 8 bits a sample, red-green-blue, the only method of compression and of filters, no interlace.
        bytes += chunk("IHDR", bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + [8, 2, 0, 0, 0])
        bytes += chunk("IDAT", (try? Deflater.deflated(rows, level: 9, format: .zlib)) ?? [])
        bytes += chunk("IEND", [])
        return bytes
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + data
        return bigEndian(UInt32(data.count)) + checked + bigEndian(crc32(checked))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }
}
