import TestSupport
import Testing

@testable import ContentCoding

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
