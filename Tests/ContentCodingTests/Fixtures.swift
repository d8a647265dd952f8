import TestSupport

/// Bytes that the tests share. The coded ones were made by Python's gzip and zlib modules.
enum Fixtures {
    static let greeting = Array("hello, larder".utf8)

    /// A gzip member with level 9 and no time.
    static let gzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x49, 0x2C,
        0x4A, 0x49, 0x2D, 0x02, 0x00, 0x9D, 0xA1, 0xD3, 0x6B, 0x0D, 0x00, 0x00, 0x00,
    ]
    static let zlib: [UInt8] = [
        0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x49, 0x2C, 0x4A, 0x49, 0x2D, 0x02, 0x00, 0x21, 0xB1, 0x04,
        0xDB,
    ]
    static let raw: [UInt8] = [
        0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x49, 0x2C, 0x4A, 0x49, 0x2D, 0x02, 0x00,
    ]
    static let zlibWithDictionary: [UInt8] = [
        0x78, 0xBB, 0x1E, 0x3C, 0x04, 0xAF, 0xCB, 0x00, 0xB1, 0x75, 0xA0, 0x1C, 0x00, 0x21, 0xB1, 0x04, 0xDB,
    ]

    /// Text of `count` bytes that compresses as pages do: words of a small vocabulary.
    static func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        let words = [
            "cache", "fresh", "stale", "the", "a", "of", "validator", "origin", "response", "request", "page", "<p>", "\n",
        ]
        var random = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 16)
        while bytes.count < count {
            bytes += words[Int.random(in: 0..<words.count, using: &random)].utf8
            bytes.append(UInt8(ascii: " "))
        }
        return Array(bytes.prefix(count))
    }

    /// Bytes that do not compress.
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}

extension [UInt8] {
    /// These bytes in pieces of at most `size`.
    func pieces(of size: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
