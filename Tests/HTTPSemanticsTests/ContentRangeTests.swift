import HTTPSemantics
import Testing

@Suite("Content-Range, RFC 9110 section 14.4")
struct ContentRangeTests {
    @Test(
        "14.4: what is valid is read and written the same",
        arguments: [
            ("bytes 0-99/200", 0, 99, 200), ("bytes 0-99/*", 0, 99, nil), ("bytes */200", nil, nil, 200),
            ("bytes */0", nil, nil, 0),
            ("bytes 199-199/200", 199, 199, 200), ("bytes 0-9223372036854775806/9223372036854775807", 0, .max - 1, .max),
        ] as [(String, Int64?, Int64?, Int64?)])
    func valid(text: String, first: Int64?, last: Int64?, length: Int64?) throws {
        let contentRange = try #require(ContentRange(text))
        #expect(contentRange.range?.first == first)
        #expect(contentRange.range?.last == last)
        #expect(contentRange.completeLength == length)
        #expect(contentRange.text == text)
    }

    @Test(
        "14.4: what is invalid is not read",
        arguments: [
            "", "bytes", "bytes ", "bytes 0-99", "bytes 0-99/", "bytes /200", "bytes 99-0/200", "bytes 0-199/199",
            "bytes 200-200/200",
            "bytes */*", "bytes *", "bytes 0-*/200", "bytes -5/200", "bytes 5-/200", "bytes a-b/c", "bytes 0-99/-1",
            "items 0-99/200",
            "bytes=0-99/200", "bytes:0-99/200", "bytes  0-99/200", "bytes 0 - 99/200", "bytes 0-99 / 200", "bytes 0-99/200 ",
            "bytes 0-99/99999999999999999999", "bytes */9223372036854775808", "bytes 0-99999999999999999999/*",
            "bytes 0-9223372036854775807/*", "bytes +0-99/200",
            "bytes 0-99/200, bytes 0-99/200", "bytes 0-99/200/300",
        ])
    func invalid(text: String) {
        #expect(ContentRange(text) == nil)
    }

    @Test("14.1: the unit is read without regard to case")
    func unit() {
        #expect(ContentRange("Bytes 0-1/2")?.text == "bytes 0-1/2")
    }

    @Test("14.4: one field line and no more")
    func fields() {
        #expect(ContentRange(["Content-Range": "bytes 0-1/2"]) == ContentRange("bytes 0-1/2"))
        #expect(ContentRange(["Content-Range": "bytes 0-1/2", "content-range": "bytes 0-1/2"]) == nil)
        #expect(ContentRange([:]) == nil)
    }

    @Test("A range beyond the length and a negative length can't be written")
    func construction() throws {
        let range = try #require(ByteRange(first: 5, last: 9))
        #expect(ContentRange(range: range, completeLength: 10)?.text == "bytes 5-9/10")
        #expect(ContentRange(range: range, completeLength: nil)?.text == "bytes 5-9/*")
        #expect(ContentRange(range: range, completeLength: 9) == nil)
        #expect(ContentRange(unsatisfiedLength: 0)?.text == "bytes */0")
        #expect(ContentRange(unsatisfiedLength: -1) == nil)
    }
}
