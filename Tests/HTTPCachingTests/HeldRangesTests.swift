import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Held ranges, RFC 9111 section 3.4")
struct HeldRangesTests {
    private func held(_ text: String) throws -> HeldRanges {
        try #require(HeldRanges(text), "not read: \(text)")
    }

    private func range(_ first: Int64, _ last: Int64) throws -> ByteRange {
        try #require(ByteRange(first: first, last: last))
    }

    @Test(
        "The stored text is read and written the same",
        arguments: [
            "/1", "0-0/1", "0-99/100", "0-99,200-299/1000", "5-5,7-7,9-9/10", "0-9223372036854775805/9223372036854775807",
            (0..<64).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",") + "/1000",
        ])
    func text(text: String) throws {
        #expect(try held(text).text == text)
    }

    @Test(
        "Any other text is not read",
        arguments: [
            "", "/", "/0", "/-1", "0-9", "0-9/", "0-9/9", "0-9/x", "0-9/010", "00-9/10", "9-0/10", "0-9,/10", ",0-9/10",
            "0-4,,6-9/10",
            "5-9,0-3/10", "0-4,5-9/10", "0-5,4-9/10", "0-4,0-4/10", " 0-9/10", "0-9 /10", "0-9/10 ", "0-9, 20-29/100", "+0-9/10",
            "a-b/10",
            "0/10", "-9/10", "0-/10", "0-9/10/10", "*/10", "0-9/*", "0-9/99999999999999999999", "0-99999999999999999999/5",
            (0..<65).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",") + "/1000",
            String(repeating: "0-1,", count: 100_000) + "0-1/10",
        ])
    func otherText(text: String) {
        #expect(HeldRanges(text) == nil)
    }

    @Test(
        "Ranges that overlap or adjoin become one",
        arguments: [
            ("/100", 0, 9, "0-9/100"), ("0-9/100", 10, 19, "0-19/100"), ("0-9/100", 11, 19, "0-9,11-19/100"),
            ("20-29/100", 0, 9, "0-9,20-29/100"),
            ("20-29/100", 10, 19, "10-29/100"), ("0-9,20-29,40-49/100", 5, 44, "0-49/100"),
            ("0-9,20-29,40-49/100", 10, 19, "0-29,40-49/100"),
            ("0-9,40-49/100", 20, 29, "0-9,20-29,40-49/100"), ("0-9/100", 3, 5, "0-9/100"), ("3-5/100", 0, 99, "0-99/100"),
            ("0-9,20-29/100", 40, 49, "0-9,20-29,40-49/100"),
        ])
    func insert(before: String, first: Int64, last: Int64, after: String) throws {
        var held = try held(before)
        #expect(try held.insert(range(first, last)))
        #expect(held.text == after)
    }

    @Test("Ranges beyond the end, and one too many, are refused and change nothing")
    func refused() throws {
        var small = try held("0-4/10")
        #expect(try !small.insert(range(9, 10)))
        #expect(small.text == "0-4/10")
        #expect(try HeldRanges(range(0, 10), completeLength: 10) == nil)
        #expect(HeldRanges(completeLength: 0) == nil)
        let text = (0..<64).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",") + "/1000"
        var full = try held(text)
        #expect(try !full.insert(range(200, 200)))
        #expect(full.text == text)
        #expect(try full.insert(range(1, 1)))
        #expect(full.ranges.count == 63)
        #expect(try full.insert(range(200, 200)))
    }

    @Test("What is held, and where it lies")
    func queries() throws {
        let held = try held("10-19,40-49/60")
        #expect(held.heldLength == 20 && !held.isComplete)
        #expect(try held.contains(range(10, 19)) && held.contains(range(42, 43)))
        #expect(try !held.contains(range(9, 10)) && !held.contains(range(19, 40)) && !held.contains(range(20, 20)))
        #expect([10, 19, 40, 49].map { held.offset(of: $0) } == [0, 9, 10, 19])
        #expect([-1, 9, 20, 50, 60].map { held.offset(of: $0) } == [nil, nil, nil, nil, nil])
        #expect(try self.held("0-59/60").isComplete)
    }

    @Test(
        "What one request has to ask for",
        arguments: [
            ("0-9/60", nil, nil, "10-59"), ("0-9,40-49/60", nil, nil, "10-59"), ("0-9,50-59/60", nil, nil, "10-49"),
            ("0-59/60", nil, nil, nil),
            ("0-9,40-49/60", 5, 45, "10-39"), ("0-9,40-49/60", 40, 44, nil), ("0-9,40-49/60", 45, 99, "50-59"),
            ("0-9/60", 60, 99, nil),
        ] as [(String, Int64?, Int64?, String?)])
    func missingSpan(text: String, first: Int64?, last: Int64?, expected: String?) throws {
        let wanted = try first.flatMap { first in try last.map { try range(first, $0) } }
        #expect(try held(text).missingSpan(in: wanted)?.text == expected)
    }

    @Test(
        "A range as held and missing pieces",
        arguments: [
            ("10-19,40-49/60", 0, 59, "0-9 10-19@0 20-39 40-49@10 50-59"), ("10-19,40-49/60", 15, 44, "15-19@5 20-39 40-44@10"),
            ("10-19,40-49/60", 42, 43, "42-43@12"), ("10-19,40-49/60", 25, 30, "25-30"), ("10-19,40-49/60", 55, 99, "55-59"),
            ("10-19,40-49/60", 60, 99, ""), ("0-59/60", 0, 59, "0-59@0"), ("/60", 0, 9, "0-9"),
        ])
    func slices(text: String, first: Int64, last: Int64, expected: String) throws {
        let slices = try held(text).slices(for: try range(first, last))
        #expect(slices.map { $0.range.text + ($0.offset.map { "@\($0)" } ?? "") }.joined(separator: " ") == expected)
    }

    /// Puts content together as a store would, for every way to receive parts of ten bytes.
    @Test("Content that is put together part after part is the representation's")
    func adding() throws {
        let representation = Array("0123456789")
        for number in 0..<4000 {
            var held = try #require(HeldRanges(completeLength: 10))
            var content: [Character] = []
            var seed = number
            for _ in 0..<3 {
                let first = seed % 10
                seed /= 10
                let last = min(9, first + number % 4)
                let received = try range(Int64(first), Int64(last))
                let result = try #require(held.adding(received))
                content = result.content.flatMap { piece in
                    switch piece {
                    case .kept(let offset, let length): content[Int(offset)..<Int(offset + length)]
                    case .received(let offset, let length): representation[(first + Int(offset))..<(first + Int(offset + length))]
                    }
                }
                held = result.held
                #expect(content == held.ranges.flatMap { representation[Int($0.first)...Int($0.last)] })
            }
        }
        #expect(try held("0-4/10").adding(range(5, 10)) == nil)
    }
}
