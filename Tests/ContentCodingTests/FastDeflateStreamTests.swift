import TestSupport
import Testing

@testable import ContentCoding

/// Level 1 of `Deflater`.
struct FastDeflateStreamTests {
    private func restored(_ content: [UInt8]) throws -> [UInt8] {
        let coded = try Deflater.deflated(content, level: 1)
        return try ContentDecoder.decoded(coded, contentEncoding: "gzip", maximumOutput: nil)
    }

    @Test(arguments: Array(0...40) + [255, 256, 4_095, 65_276, 65_277, 65_278, 65_535, 65_536, 130_560, 300_000])
    func everySizeIsRestored(count: Int) throws {
        for content in [
            Fixtures.text(count), Fixtures.noise(count), [UInt8](repeating: 7, count: count), (0..<count).map { UInt8($0 & 255) },
        ] {
            #expect(try restored(content) == content)
        }
    }

    /// Content of literals and copies of all lengths and distances, the window's edge among them.
    @Test(arguments: 0..<200)
    func whatIsMadeOfCopiesIsRestored(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = UInt8.random(in: 0...255, using: &random)
        let (longest, furthest) = (Int.random(in: 4...600, using: &random), Int.random(in: 1...40_000, using: &random))
        var content: [UInt8] = []
        let count = Int.random(in: 1...200_000, using: &random)
        while content.count < count {
            for _ in 0..<Int.random(in: 0...20, using: &random) { content.append(UInt8.random(in: 0...alphabet, using: &random)) }
            guard !content.isEmpty else { continue }
            let distance = Int.random(in: 1...min(furthest, content.count), using: &random)
            for _ in 0..<Int.random(in: 1...longest, using: &random) { content.append(content[content.count - distance]) }
        }
        let coded = try Deflater.deflated(content, level: 1)
        #expect(try ContentDecoder.decoded(coded, contentEncoding: "gzip", maximumOutput: nil) == content)
        var deflater = try Deflater(level: 1)
        var (streamed, start) = ([UInt8](), 0)
        while start < content.count {
            let end = min(content.count, start + Int.random(in: 1...70_000, using: &random))
            streamed += try deflater.compress(Array(content[start..<end]))
            start = end
        }
        streamed += try deflater.finish()
        #expect(streamed == coded)
    }

    @Test(arguments: [32_767, 32_768, 32_769, 65_535, 65_536, 65_537])
    func copiesFromTheEdgeOfTheWindow(distance: Int) throws {
        let word = Fixtures.noise(1_000, seed: 2)
        let content = word + [UInt8](repeating: 0, count: distance - word.count) + word
        let coded = try Deflater.deflated(content, level: 1)
        #expect(try ContentDecoder.decoded(coded, contentEncoding: "gzip", maximumOutput: nil) == content)
        // Within the window the second word is a few copies, beyond it must come again.
        #expect((coded.count < 1_500) == (distance <= 32_768))
        #expect(coded.count < 2_500)
    }

    @Test(arguments: 0..<8)
    func pastUsesChangeNothing(seed: UInt64) throws {
        let stream = FastDeflateStream(format: .gzip)
        for content in [Fixtures.text(90_000, seed: seed), Fixtures.noise(5_000, seed: seed), []] {
            // Given up in the middle, with bits that wait.
            var abandoned: [UInt8] = []
            stream.compress(Fixtures.text(100_000 + Int(seed) * 777, seed: seed + 9), to: &abandoned)
            stream.reset(format: .gzip)
            #expect(!abandoned.isEmpty)
            #expect(stream.compressAll(content) == FastDeflateStream(format: .gzip).compressAll(content))
            stream.reset(format: .zlib)
            #expect(stream.compressAll(content) == FastDeflateStream(format: .zlib).compressAll(content))
            stream.reset(format: .gzip)
        }
    }

    /// The third position before a match's end is not remembered, though its four bytes reach beyond it. A table that is kept finds it
    /// where the content before had the same bytes there.
    @Test func positionsOfThePastAreForgotten() {
        let noise = Fixtures.noise(200)
        let repeated = Array(noise[0..<40] + noise[0..<20] + [noise[100]])
        let straddling = Array(repeated[57..<61])
        let content = repeated + noise[110..<140] + straddling + noise[140..<200]
        let expected = FastDeflateStream(format: .gzip).compressAll(content)
        let stream = FastDeflateStream(format: .gzip)
        _ = stream.compressAll(Array(noise[110..<167]) + straddling + noise[0..<100])
        stream.reset(format: .gzip)
        #expect(stream.compressAll(content) == expected)
    }

    /// Around the sizes at which a stream writes a block, and at which it forgets what cannot be copied any more.
    @Test(arguments: [0, 1, 65_542, 65_543, 65_544, 130_820, 196_608, 229_376, 400_000, 1_000_000])
    func aStreamInPartsIsTheSame(count: Int) throws {
        var content = Fixtures.text(count / 2) + Fixtures.noise(count - count / 2)
        if count > 300_000 { content.replaceSubrange(200_000..<300_000, with: content[0..<100_000]) }
        for format in [ContentCodingFormat.gzip, .zlib] {
            let expected = try Deflater.deflated(content, level: 1, format: format)
            #expect(
                try ContentDecoder.decoded(
                    expected, contentEncoding: format == .gzip ? "gzip" : "deflate", maximumOutput: nil) == content)
            for size in [777, 16_384, 65_536, 500_000] {
                var deflater = try Deflater(level: 1, format: format)
                var streamed: [UInt8] = []
                for piece in content.pieces(of: size) { streamed += try deflater.compress(piece) }
                streamed += try deflater.finish()
                #expect(streamed == expected)
            }
        }
    }

    /// Whoever reads along gets most of what came.
    @Test func aStreamWritesWhileItTakesIn() throws {
        var deflater = try Deflater(level: 1)
        var written = 0
        for _ in 0..<20 { written += try deflater.compress(Fixtures.noise(100_000)).count }
        #expect(written > 2_000_000 - 65_543)
    }

    @Test func noiseGrowsByAFewBytes() throws {
        for count in [10, 1_000, 65_277, 65_278, 1_000_000] {
            let coded = try Deflater.deflated(Fixtures.noise(count), level: 1)
            #expect(coded.count <= count + 18 + (count / 65_277 + 1) * 6)
        }
    }

    /// Many common bytes and a few ever rarer ones, the rarest one after the other: their codewords would be longer than four of them may
    /// be together.
    @Test(arguments: 0..<100)
    func codewordsAreNeverTooLong(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let common = UInt8.random(in: 200...230, using: &random)
        var content = (0..<Int.random(in: 50_000...60_000, using: &random)).map { _ in UInt8.random(in: 0..<common, using: &random)
        }
        for (number, count) in [8, 16, 32, 64, 128].enumerated() {
            for _ in 0..<count {
                content[Int.random(in: 0..<content.count, using: &random)] = common + 8 + UInt8(number)
            }
        }
        content += (0..<UInt8(8)).map { common + $0 }
        #expect(try restored(content) == content)
    }

    @Test func textIsHardlyLargerThanByZlib() throws {
        let text = Fixtures.text(40_000)
        let coded = try Deflater.deflated(text, level: 1)
        #expect(coded.count < text.count / 3)
        #expect(coded.count * 100 <= (try Deflater.deflated(text, level: 2)).count * 110)
    }

    @Test func headerHasNoTimeAndNoName() throws {
        let coded = try Deflater.deflated(Fixtures.greeting, level: 1)
        #expect(Array(coded.prefix(10)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255])
    }
}
