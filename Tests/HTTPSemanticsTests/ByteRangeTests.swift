import HTTPSemantics
import Testing

@Suite("Byte ranges, RFC 9110 section 14.1.2")
struct ByteRangeTests {
    private func range(_ first: Int64, _ last: Int64) throws -> ByteRange {
        try #require(ByteRange(first: first, last: last))
    }

    @Test(
        "What is no range can't be made",
        arguments: [
            (0, 0, 1), (5, 9, 5), (0, Int64.max - 1, Int64.max), (-1, 5, nil), (6, 5, nil), (0, .max, nil), (.min, .max, nil),
        ]
            as [(Int64, Int64, Int64?)])
    func limits(first: Int64, last: Int64, length: Int64?) {
        #expect(ByteRange(first: first, last: last)?.length == length)
    }

    @Test(
        "The range of a whole representation",
        arguments: [(0, nil), (-1, nil), (1, 0), (10, 9), (Int64.max, Int64.max - 1)] as [(Int64, Int64?)])
    func whole(length: Int64, last: Int64?) {
        #expect(ByteRange(length: length)?.last == last)
    }

    @Test func comparisons() throws {
        let middle = try range(10, 19)
        #expect(middle.contains(10) && middle.contains(19) && !middle.contains(9) && !middle.contains(20))
        #expect(try middle.contains(range(10, 19)) && middle.contains(range(12, 12)))
        #expect(try !middle.contains(range(9, 19)) && !middle.contains(range(10, 20)))
        #expect(try middle.overlaps(range(19, 30)) && middle.overlaps(range(0, 10)) && middle.overlaps(range(0, 99)))
        #expect(try !middle.overlaps(range(20, 30)) && !middle.overlaps(range(0, 9)))
        #expect(middle.text == "10-19")
    }

    @Test func combinations() throws {
        let middle = try range(10, 19)
        #expect(try middle.union(range(20, 30)) == ByteRange(first: 10, last: 30))
        #expect(try middle.union(range(0, 9)) == ByteRange(first: 0, last: 19))
        #expect(try middle.union(range(12, 13)) == middle)
        #expect(try middle.union(range(21, 30)) == nil)
        #expect(try middle.union(range(0, 8)) == nil)
        #expect(try middle.intersection(range(15, 30)) == ByteRange(first: 15, last: 19))
        #expect(try middle.intersection(range(20, 30)) == nil)
        let greatest = try range(.max - 1, .max - 1)
        #expect(greatest.union(greatest) == greatest && middle.union(greatest) == nil)
    }
}
