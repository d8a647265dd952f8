import TestSupport
import Testing

@testable import ContentCoding

/// Whatever a server sends, decoding ends with bytes or a `CodingError`, within the ceiling. Seeds name the failing case.
struct HostileBytesTests {
    private static let ceiling: Int64 = 1 << 18

    private func check(_ bytes: [UInt8], _ contentEncoding: String, pieces: Int) {
        do {
            var decoder = try ContentDecoder(contentEncoding: contentEncoding, maximumOutput: Self.ceiling)
            var output: Int64 = 0
            for piece in bytes.pieces(of: pieces) {
                decoder.append(piece)
                while let chunk = try decoder.next() {
                    output += Int64(chunk.count)
                    #expect(!chunk.isEmpty)
                }
            }
            try decoder.finish()
            #expect(output <= Self.ceiling)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test(arguments: 0..<300)
    func randomBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = Fixtures.noise(Int.random(in: 0..<4000, using: &random), seed: seed)
        for coding in ["gzip", "deflate", "gzip, deflate", "gzip, gzip, gzip, gzip"] {
            check(bytes, coding, pieces: Int.random(in: 1...4000, using: &random))
            check([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bytes, coding, pieces: Int.random(in: 1...4000, using: &random))
            check([0x78, 0x9C] + bytes, coding, pieces: Int.random(in: 1...4000, using: &random))
        }
    }

    @Test(arguments: 0..<300)
    func validStreamsWithAFewBytesChanged(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text = Fixtures.text(20_000, seed: seed)
        for format in [ContentCodingFormat.gzip, .zlib] {
            var bytes = try Deflater.deflated(text, level: seed.isMultiple(of: 2) ? 1 : 2, format: format)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            check(bytes, format == .gzip ? "gzip" : "deflate", pieces: Int.random(in: 1...5000, using: &random))
        }
    }

    /// Where the damage lies in the compressed data and no error comes, the checksum has proven the content whole.
    @Test(arguments: 0..<200)
    func damageNeverPassesAsContent(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text = Fixtures.text(5000)
        var bytes = try Deflater.deflated(text)
        bytes[Int.random(in: 10..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        if let output = try? ContentDecoder.decoded(bytes, contentEncoding: "gzip", maximumOutput: Self.ceiling) {
            #expect(output == text)
        }
    }
}
