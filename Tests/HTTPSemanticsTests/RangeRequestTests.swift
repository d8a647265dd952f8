import HTTPSemantics
import Testing

@Suite("Range, RFC 9110 sections 14.1 and 14.2")
struct RangeRequestTests {
    /// What the ranges of a representation come to, as text.
    private func resolved(_ text: String, _ length: Int64) -> String {
        guard let request = RangeRequest(text) else { return "ignored" }
        switch request.resolve(length: length) {
        case .ranges(let ranges): return ranges.map(\.text).joined(separator: ",")
        case .whole: return "whole"
        case .unsatisfiable: return "unsatisfiable"
        }
    }

    @Test(
        "14.1.2: one range of a representation",
        arguments: [
            ("bytes=0-499", 1000, "0-499"), ("bytes=500-999", 1000, "500-999"), ("bytes=9500-", 10_000, "9500-9999"),
            ("bytes=-500", 10_000, "9500-9999"), ("bytes=0-0", 10, "0-0"), ("bytes=-1", 10, "9-9"), ("bytes=0-", 10, "0-9"),
            // Clamped to the end, and to the beginning.
            ("bytes=5-99", 10, "5-9"), ("bytes=-99", 10, "0-9"), ("bytes=9-9", 10, "9-9"), ("bytes=007-008", 10, "7-8"),
            // Nothing there.
            ("bytes=10-", 10, "unsatisfiable"), ("bytes=10-20", 10, "unsatisfiable"), ("bytes=-0", 10, "unsatisfiable"),
            // Numbers beyond 64 bits lie beyond the end.
            ("bytes=0-99999999999999999999", 10, "0-9"), ("bytes=99999999999999999999-", 10, "unsatisfiable"),
            ("bytes=99999999999999999999-99999999999999999999", 10, "unsatisfiable"), ("bytes=-99999999999999999999", 10, "0-9"),
            ("bytes=0-", Int64.max, "0-9223372036854775806"), ("bytes=-1", Int64.max, "9223372036854775806-9223372036854775806"),
            // The unit's case, and white space that lists allow.
            ("BYTES=0-1", 10, "0-1"), ("bytes= 0-1 ", 10, "0-1"), ("bytes=,0-1,\t,", 10, "0-1"),
        ] as [(String, Int64, String)])
    func one(text: String, length: Int64, expected: String) {
        #expect(resolved(text, length) == expected)
    }

    @Test(
        "14.1.2: nothing of an empty representation can be sent; its end is all of it",
        arguments: [
            ("bytes=0-", "unsatisfiable"), ("bytes=0-0", "unsatisfiable"), ("bytes=-5", "whole"), ("bytes=-0", "unsatisfiable"),
            ("bytes=0-4,-5", "whole"),
        ])
    func empty(text: String, expected: String) {
        #expect(resolved(text, 0) == expected)
        #expect(resolved(text, -1) == expected)
    }

    @Test(
        "15.3.7.2: several, in their order; what overlaps or adjoins becomes one",
        arguments: [
            ("bytes=0-0,-1", "0-0,99-99"), ("bytes=50-59, 0-9, 20-29", "50-59,0-9,20-29"), ("bytes=0-9,10-19", "0-19"),
            ("bytes=0-9,11-19", "0-9,11-19"), ("bytes=0-9,50-59,5-14", "0-14,50-59"), ("bytes=50-59,0-9,10-49", "0-59"),
            ("bytes=80-89,0-9,40-49,10-39", "80-89,0-49"), ("bytes=0-9,100-,200-300", "0-9"), ("bytes=90-,-20", "80-99"),
            ("bytes=5-5,5-5", "5-5"), ("bytes=100-,200-", "unsatisfiable"), ("bytes=-0,1-2", "1-2"),
        ])
    func several(text: String, expected: String) {
        #expect(resolved(text, 100) == expected)
    }

    @Test(
        "14.2: what is malformed, and other units, are ignored",
        arguments: [
            "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=5", "bytes=5-4", "bytes=0-1,5-4", "bytes=a-b", "bytes=1-b",
            "bytes=a-1",
            "bytes=--1", "bytes=-1-", "bytes=1--2", "bytes=0 - 1", "bytes=0-1;2-3", "bytes=+1-2", "bytes=0x1-2", "bytes =0-1",
            " bytes=0-1", "bytes:0-1", "bytes 0-1", "items=0-1", "byte=0-1", "bytes=0-1,x", "bytes=1.0-2", "bytes=\"0-1\"",
        ])
    func malformed(text: String) {
        #expect(RangeRequest(text) == nil)
    }

    @Test("14.2: two field lines make no valid one; without the field there is nothing to read")
    func fields() {
        #expect(RangeRequest(["Range": "bytes=0-1"])?.specifiers.count == 1)
        #expect(RangeRequest(["Range": "bytes=0-1", "range": "bytes=4-5"]) == nil)
        #expect(RangeRequest([:]) == nil)
    }

    @Test("14.2, 17.15: too many ranges are ignored")
    func tooMany() {
        func request(_ count: Int) -> RangeRequest? {
            RangeRequest("bytes=" + (0..<count).map { "\($0 * 10)-\($0 * 10 + 1)" }.joined(separator: ","))
        }
        #expect(request(16)?.specifiers.count == 16)
        #expect(request(17) == nil)
        #expect(request(100_000) == nil)
    }

    @Test(
        "14.2: more than two overlapping ranges are ignored",
        arguments: [
            ("bytes=0-9,5-14", false), ("bytes=0-9,5-14,20-29", false), ("bytes=0-9,5-14,8-19", true), ("bytes=0-,1-,2-", true),
            ("bytes=0-9,5-14,50-59,55-64", true), ("bytes=-1,-2,-3", true), ("bytes=0-,-1", false), ("bytes=0-,-1,5-6", true),
            ("bytes=0-9,-1,20-29", false), ("bytes=0-0,0-0,0-0", true), ("bytes=10-19,15-,0-12", true),
        ])
    func overlapping(text: String, isIgnored: Bool) {
        #expect((RangeRequest(text) == nil) == isIgnored)
    }
}
