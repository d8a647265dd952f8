import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Partial content, RFC 9111 sections 3.3 and 3.4")
struct PartialContentTests {
    private func head(_ fields: FieldSection, status: Int = 206) -> ResponseHead {
        CacheFixtures.response(fields, status: status)
    }

    private func part(_ fields: FieldSection) throws -> PartialContent {
        try #require(PartialContent(head(fields)))
    }

    @Test(
        "RFC 9110 section 15.3.7: which parts can be stored",
        arguments: [
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Length": "10"], true),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\""], true),
            (["Content-Range": "bytes 0-99/100", "ETag": "\"1\""], true),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Length": "10, 10"], true),
            (["Content-Range": "bytes 0-9/100", "Last-Modified": CacheFixtures.date(-60)], true),
            (["Content-Range": "bytes 0-9/100", "Last-Modified": CacheFixtures.date(-59)], false),
            (["Content-Range": "bytes 0-9/100", "ETag": "W/\"1\""], false), (["Content-Range": "bytes 0-9/100"], false),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Length": "11"], false),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Length": "x"], false),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Length": ""], false),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Length": "10, 11"], false),
            (["Content-Range": "bytes 0-9/*", "ETag": "\"1\""], false), (["Content-Range": "bytes */100", "ETag": "\"1\""], false),
            (["Content-Range": "bytes 9-0/100", "ETag": "\"1\""], false), (["ETag": "\"1\""], false),
            (["Content-Range": "bytes 0-9/100", "content-range": "bytes 0-9/100", "ETag": "\"1\""], false),
            (["Content-Range": "bytes 0-9/100", "ETag": "\"1\"", "Content-Type": "Multipart/ByteRanges; boundary=x"], false),
        ] as [(FieldSection, Bool)])
    func storable(fields: FieldSection, expected: Bool) {
        #expect((PartialContent(head(fields)) != nil) == expected)
        #expect(PartialContent(head(fields, status: 200)) == nil)
    }

    @Test(
        "RFC 9110 section 15.3.7: a part that was asked for",
        arguments: [
            ("bytes=10-19", true), ("bytes=0-", true), ("bytes=0-0,15-16", true), ("bytes=-85", true), ("bytes=20-29", false),
            ("bytes=-80", false),
            ("bytes=100-", false), ("lines=10-19", false), ("", false),
        ])
    func answers(range: String, expected: Bool) throws {
        let part = try part(["Content-Range": "bytes 10-19/100", "ETag": "\"1\""])
        #expect(try part.answers(CacheFixtures.request(["Range": range])) == expected)
        #expect(try !part.answers(CacheFixtures.request(["Range": range], method: .post)))
        #expect(try !part.answers(CacheFixtures.request()))
    }

    @Test("RFC 9111 section 3.3: a part is stored as the incomplete 200 that it is of")
    func storableHead() throws {
        let head = head([
            "Content-Range": "bytes 10-19/100", "ETag": "\"1\"", "Content-Length": "10", "Content-Type": "text/plain",
            "Connection": "X",
            "X": "1", "Transfer-Encoding": "chunked", "Content-Digest": "sha-256=:x:", "Content-Encoding": "gzip",
            "Date": CacheFixtures.date(0),
        ])
        let part = try #require(PartialContent(head))
        let stored = part.storableHead(from: head)
        #expect(stored.status == 200)
        #expect(
            stored.fields == [
                "ETag": "\"1\"", "Content-Type": "text/plain", "Content-Encoding": "gzip", "Date": CacheFixtures.date(0),
                "Content-Length": "100",
            ])
        #expect(part.heldRanges?.text == "10-19/100")
    }

    @Test(
        "RFC 9111 section 3.4: what may be combined",
        arguments: [
            (["ETag": "\"1\""], ["ETag": "\"1\""], "bytes 10-19/100", true),
            (["ETag": "\"1\""], ["ETag": "\"2\""], "bytes 10-19/100", false),
            (["ETag": "W/\"1\""], ["ETag": "\"1\""], "bytes 10-19/100", false),
            (["ETag": "\"1\""], ["ETag": "\"1\""], "bytes 10-19/99", false),
            ([:], ["ETag": "\"1\""], "bytes 10-19/100", false),
            (["Last-Modified": CacheFixtures.date(-99)], ["Last-Modified": CacheFixtures.date(-99)], "bytes 10-19/100", true),
            (["Last-Modified": CacheFixtures.date(-99)], ["Last-Modified": CacheFixtures.date(-98)], "bytes 10-19/100", false),
            (
                ["ETag": "\"1\"", "Last-Modified": CacheFixtures.date(-99)], ["Last-Modified": CacheFixtures.date(-99)],
                "bytes 10-19/100", false
            ),
            (["ETag": "\"1\"", "Content-Encoding": "gzip"], ["ETag": "\"1\""], "bytes 10-19/100", true),
            (
                ["ETag": "\"1\"", "Content-Encoding": "gzip"], ["ETag": "\"1\"", "Content-Encoding": "GZIP"], "bytes 10-19/100",
                true
            ),
            (["ETag": "\"1\""], ["ETag": "\"1\"", "Content-Encoding": "gzip"], "bytes 10-19/100", false),
        ] as [(FieldSection, FieldSection, String, Bool)])
    func combinable(stored: FieldSection, new: FieldSection, contentRange: String, expected: Bool) throws {
        var new = new
        new.append("Content-Range", contentRange)
        let held = try #require(HeldRanges("0-9/100"))
        let result = try part(new).mayBeCombined(withStored: head(stored, status: 200), held: held, head: head(new))
        #expect(result == expected)
    }

    @Test("RFC 9111 section 3.2: the newer fields win, but for those of the stored content")
    func combinedHead() {
        let stored = ResponseHead(
            status: 200, reason: "OK",
            fields: [
                "ETag": "\"1\"", "Content-Length": "100", "Content-Type": "text/plain", "Age": "9", "Date": CacheFixtures.date(0),
                "X": "old",
            ])
        let new = ResponseHead(
            status: 206,
            fields: [
                "ETag": "\"1\"", "Content-Length": "10", "Content-Type": "text/html", "Content-Range": "bytes 0-9/100", "X": "new",
                "Connection": "Y", "Y": "1", "Date": CacheFixtures.date(60), "Cache-Control": "max-age=5",
                "Content-Digest": "sha-256=:x:",
            ])
        let head = PartialContent.combinedHead(stored: stored, new: new)
        #expect(head.status == 200 && head.reason == "OK")
        #expect(
            head.fields == [
                "ETag": "\"1\"", "Content-Length": "100", "Content-Type": "text/plain", "Date": CacheFixtures.date(60), "X": "new",
                "Cache-Control": "max-age=5",
            ])
    }

    @Test(
        "RFC 9110 sections 13.1.5 and 14.2: the request for the rest",
        arguments: [
            ("0-9/100", nil, "bytes=10-"), ("90-99/100", nil, "bytes=0-89"), ("0-9,90-99/100", nil, "bytes=10-89"),
            ("0-99/100", nil, nil),
            ("0-9/100", 19, "bytes=10-19"), ("0-9/100", 9, nil), ("0-9/100", 500, "bytes=10-"),
        ] as [(String, Int64?, String?)])
    func completion(text: String, last: Int64?, expected: String?) throws {
        let held = try #require(HeldRanges(text))
        let wanted = last.flatMap { ByteRange(first: 0, last: $0) }
        let stored = head(["ETag": "\"1\""], status: 200)
        #expect(
            PartialContent.completion(stored: stored, held: held, wanted: wanted)
                == expected.map { [FieldLine("Range", $0), FieldLine("If-Range", "\"1\"")] })
    }

    @Test("RFC 9110 section 13.1.5: nothing but a strong validator goes into If-Range")
    func validators() throws {
        let held = try #require(HeldRanges("0-9/100"))
        func ifRange(_ fields: FieldSection) -> String? {
            PartialContent.completion(stored: head(fields, status: 200), held: held)?.first { $0.isNamed("If-Range") }?.value
        }
        #expect(ifRange(["Last-Modified": CacheFixtures.date(-60)]) == CacheFixtures.date(-60))
        #expect(ifRange(["Last-Modified": CacheFixtures.date(-59)]) == nil)
        #expect(ifRange(["ETag": "W/\"1\""]) == nil)
        #expect(ifRange([:]) == nil)
    }

    @Test(
        "RFC 9111 section 3.3: what is held of a response that broke off",
        arguments: [
            (200, ["ETag": "\"1\"", "Content-Length": "100"], 10, "0-9/100"),
            (200, ["ETag": "\"1\"", "Content-Length": "100"], 100, "0-99/100"),
            (200, ["Last-Modified": CacheFixtures.date(-60), "Content-Length": "100"], 1, "0-0/100"),
            (200, ["ETag": "\"1\"", "Content-Length": "100"], 0, nil), (200, ["ETag": "\"1\"", "Content-Length": "100"], 101, nil),
            (200, ["ETag": "\"1\"", "Content-Length": "100"], -1, nil),
            (200, ["ETag": "W/\"1\"", "Content-Length": "100"], 10, nil),
            (200, ["Content-Length": "100"], 10, nil), (200, ["ETag": "\"1\""], 10, nil),
            (200, ["ETag": "\"1\"", "Content-Length": "x"], 10, nil),
            (200, ["ETag": "\"1\"", "Content-Length": "100", "Transfer-Encoding": "chunked"], 10, nil),
            (200, ["ETag": "\"1\"", "Content-Length": "100", "Content-Range": "bytes 0-99/100"], 10, nil),
            (203, ["ETag": "\"1\"", "Content-Length": "100"], 10, nil), (404, ["ETag": "\"1\"", "Content-Length": "100"], 10, nil),
            (206, ["ETag": "\"1\"", "Content-Length": "30", "Content-Range": "bytes 20-49/100"], 10, "20-29/100"),
            (206, ["ETag": "\"1\"", "Content-Range": "bytes 20-49/100"], 31, nil),
            (206, ["ETag": "\"1\"", "Content-Range": "bytes 70-99/100"], 10, nil), (206, ["ETag": "\"1\""], 10, nil),
        ] as [(Int, FieldSection, Int64, String?)])
    func cutShort(status: Int, fields: FieldSection, received: Int64, expected: String?) throws {
        let request = try CacheFixtures.request(["Range": "bytes=20-49"])
        let head = head(fields, status: status)
        #expect(PartialContent.cutShort(request: request, head: head, received: received)?.text == expected)
        let post = try CacheFixtures.request(["Range": "bytes=20-49"], method: .post)
        #expect(PartialContent.cutShort(request: post, head: head, received: received) == nil)
    }
}
