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

    /// What straddles the end of a match is not remembered. Where the content before had the same there, a table that is kept finds it.
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
        #expect(written > 2_000_000 - 3 * 65_536)
    }

    @Test func noiseGrowsByAFewBytes() throws {
        for count in [10, 1_000, 65_277, 65_278, 1_000_000] {
            let coded = try Deflater.deflated(Fixtures.noise(count), level: 1)
            #expect(coded.count <= count + 18 + (count / 65_277 + 1) * 6)
        }
    }

    /// Many common bytes and a few ever rarer ones: the rarest want codewords that are longer than four of them may be together.
    @Test(arguments: 0..<100)
    func codewordsAreNeverTooLong(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let common = UInt8.random(in: 60...230, using: &random)
        var content = (0..<Int.random(in: 20_000...60_000, using: &random)).map { _ in UInt8.random(in: 0..<common, using: &random)
        }
        var (count, next) = (1, 1)
        for rare in 0..<UInt8(12) {
            // One after the other, so that four of them are written at once.
            let place = Int.random(in: 0..<content.count, using: &random)
            for step in 0..<count { content.insert(common + rare, at: min(content.count, place + step * 5)) }
            (count, next) = (next, count + next)
        }
        content += (0..<UInt8(12)).map { common + $0 }
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

/// The tables of RFC 1951, section 3.2.5: each symbol's extra bits and the first number it stands for.
struct DeflateSymbolsTests {
    private static let lengths = [
        (257, 0, 3), (258, 0, 4), (259, 0, 5), (260, 0, 6), (261, 0, 7), (262, 0, 8), (263, 0, 9), (264, 0, 10), (265, 1, 11),
        (266, 1, 13), (267, 1, 15), (268, 1, 17), (269, 2, 19), (270, 2, 23), (271, 2, 27), (272, 2, 31), (273, 3, 35),
        (274, 3, 43), (275, 3, 51), (276, 3, 59), (277, 4, 67), (278, 4, 83), (279, 4, 99), (280, 4, 115), (281, 5, 131),
        (282, 5, 163),
        (283, 5, 195), (284, 5, 227), (285, 0, 258),
    ]
    private static let distances = [
        (0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 0, 4), (4, 1, 5), (5, 1, 7), (6, 2, 9), (7, 2, 13), (8, 3, 17), (9, 3, 25),
        (10, 4, 33), (11, 4, 49), (12, 5, 65), (13, 5, 97), (14, 6, 129), (15, 6, 193), (16, 7, 257), (17, 7, 385), (18, 8, 513),
        (19, 8, 769),
        (20, 9, 1_025), (21, 9, 1_537), (22, 10, 2_049), (23, 10, 3_073), (24, 11, 4_097), (25, 11, 6_145), (26, 12, 8_193),
        (27, 12, 12_289), (28, 13, 16_385), (29, 13, 24_577),
    ]

    @Test func lengthsHaveTheSymbolsOfTheTable() {
        for (symbol, extra, first) in Self.lengths {
            #expect(DeflateSymbols.extraBits(ofLengthSymbol: symbol) == extra)
            // The last number of symbol 284's range is symbol 285.
            for length in first..<min(first + 1 << extra, symbol == 284 ? 258 : 259) {
                #expect(DeflateSymbols.symbol(forLength: length) == symbol)
            }
        }
    }

    @Test func distancesHaveTheSymbolsOfTheTable() {
        for (symbol, extra, first) in Self.distances {
            #expect(DeflateSymbols.extraBits(ofDistanceSymbol: symbol) == extra)
            #expect(DeflateSymbols.symbol(forDistance: first) == symbol)
            #expect(DeflateSymbols.symbol(forDistance: first + (1 << extra) - 1) == symbol)
        }
    }
}

struct HuffmanCodeTests {
    private func lengths(_ frequencies: [UInt32], limit: Int) -> [Int] {
        let tree = HuffmanCode.Tree()
        defer { tree.deallocate() }
        var result = [UInt8](repeating: 99, count: frequencies.count)
        HuffmanCode.assignLengths(frequencies, count: frequencies.count, limit: limit, in: tree, to: &result)
        return result.map(Int.init)
    }

    /// Kraft's sum in units of 2 to the power of -15.
    private func kraftSum(_ lengths: [Int]) -> Int {
        lengths.reduce(0) { $1 > 0 ? $0 + 1 << (15 - $1) : $0 }
    }

    @Test func rareSymbolsHaveLongerCodewords() {
        #expect(lengths([1, 1, 2, 4, 0, 8], limit: 15) == [4, 4, 3, 2, 0, 1])
        #expect(lengths([5, 5, 5, 5], limit: 15) == [2, 2, 2, 2])
    }

    @Test func aCodeHasTwoCodewordsAtLeast() {
        #expect(lengths([0, 0, 0], limit: 7) == [1, 1, 0])
        #expect(lengths([0, 0, 9], limit: 7) == [1, 0, 1])
        #expect(lengths([9, 0, 0], limit: 7) == [1, 1, 0])
    }

    @Test(arguments: 0..<200)
    func codesAreCompleteAndWithinTheirLimit(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 2...288, using: &random)
        let skew = Int.random(in: 1...16, using: &random)
        let frequencies = (0..<count).map { _ in
            UInt32.random(in: 0...65_535, using: &random) >> Int.random(in: 0..<skew, using: &random)
        }
        for limit in 9...15 {
            let lengths = lengths(frequencies, limit: limit)
            #expect(kraftSum(lengths) == 1 << 15)
            #expect(lengths.allSatisfy { $0 <= limit })
            #expect(zip(lengths, frequencies).allSatisfy { $0 > 0 || $1 == 0 })
        }
    }

    @Test func codewordsAreThoseOfTheStandardsExample() {
        // RFC 1951, section 3.2.2: the lengths (3, 3, 3, 3, 3, 2, 4, 4) give 010, 011, 100, 101, 110, 00, 1110, 1111.
        var codewords = [HuffmanCode.Codeword](repeating: .init(bits: 0, length: 0), count: 8)
        HuffmanCode.assignCodewords([3, 3, 3, 3, 3, 2, 4, 4], count: 8, to: &codewords)
        #expect(codewords.map(\.bits) == [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111])
        #expect(codewords.map(\.length) == [3, 3, 3, 3, 3, 2, 4, 4])
    }
}
