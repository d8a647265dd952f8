import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Conditions of the client, RFC 9110 section 13 and RFC 9111 section 4.3.2")
struct ClientConditionsTests {
    private func conditions(_ fields: FieldSection, method: HTTPMethod = .get) throws -> ClientConditions {
        ClientConditions(request: try CacheFixtures.request(fields, method: method))
    }

    /// Whether the answer is a 304.
    private func isNotModified(
        _ fields: FieldSection, _ response: FieldSection, status: Int = 200, method: HTTPMethod = .get
    ) throws -> Bool {
        try conditions(fields, method: method)
            .evaluate(ResponseHead(status: status, fields: response), receivedAt: CacheFixtures.time(100)) == .notModified
    }

    @Test(
        "13.1.2: If-None-Match",
        arguments: [
            (["If-None-Match": "\"1\""], ["ETag": "\"1\""], true), (["If-None-Match": "W/\"1\""], ["ETag": "\"1\""], true),
            (["If-None-Match": "\"2\""], ["ETag": "\"1\""], false), (["If-None-Match": "*"], [:], true),
            (["If-None-Match": "\"2\", \"1\""], ["ETag": "W/\"1\""], true), (["If-None-Match": "\"1\""], [:], false),
            (["If-None-Match": "\"2\"", "if-none-match": "\"1\""], ["ETag": "\"1\""], true), ([:], ["ETag": "\"1\""], false),
            (["If-None-Match": "", "A": "b"], ["ETag": "\"1\""], false),
        ] as [(FieldSection, FieldSection, Bool)])
    func ifNoneMatch(fields: FieldSection, response: FieldSection, expected: Bool) throws {
        #expect(try isNotModified(fields, response) == expected)
    }

    @Test(
        "13.2.2: next to If-None-Match the date is not looked at",
        arguments: [("\"1\"", 99, true), ("\"2\"", 99, false), ("\"2\"", -99, false), ("\"1\"", -99, true), ("2", 99, false)])
    func precedence(tag: String, seconds: Int64, expected: Bool) throws {
        let fields: FieldSection = ["If-Modified-Since": CacheFixtures.date(seconds), "If-None-Match": tag]
        #expect(try isNotModified(fields, ["ETag": "\"1\"", "Last-Modified": CacheFixtures.date(0)]) == expected)
    }

    @Test(
        "13.1.3: If-Modified-Since against Last-Modified",
        arguments: [
            (CacheFixtures.date(0), true), (CacheFixtures.date(1), true), (CacheFixtures.date(-1), false), ("yesterday", false),
            ("0", false),
            ("", false), ("Sunday, 06-Nov-94 08:49:37 GMT", true), ("Sun Nov  6 08:49:37 1994", true),
            ("\(CacheFixtures.date(0)), \(CacheFixtures.date(0))", false),
        ])
    func ifModifiedSince(value: String, expected: Bool) throws {
        let response: FieldSection = ["Date": CacheFixtures.date(50), "Last-Modified": CacheFixtures.date(0)]
        #expect(try isNotModified(["If-Modified-Since": value], response) == expected)
    }

    @Test("13.1.3: more than one date is ignored")
    func twoDates() throws {
        let fields: FieldSection = ["If-Modified-Since": CacheFixtures.date(9), "if-modified-since": CacheFixtures.date(9)]
        #expect(try !isNotModified(fields, ["Last-Modified": CacheFixtures.date(0)]))
    }

    @Test(
        "RFC 9111 section 4.3.2: without Last-Modified the Date counts, without that the time of receipt",
        arguments: [
            (["Date": CacheFixtures.date(50)], 50, true), (["Date": CacheFixtures.date(50)], 49, false), ([:], 100, true),
            ([:], 99, false),
            (["Date": CacheFixtures.date(50), "Last-Modified": "x"], 50, true), (["Date": "x"], 99, false),
        ] as [(FieldSection, Int64, Bool)])
    func standIns(response: FieldSection, since: Int64, expected: Bool) throws {
        #expect(try isNotModified(["If-Modified-Since": CacheFixtures.date(since)], response) == expected)
    }

    @Test(
        "13.2.1, RFC 9111 section 4.3.2: only for GET and HEAD, and for what would hand over the representation",
        arguments: [
            (200, HTTPMethod.get, true), (203, .get, true), (206, .get, true), (200, .head, true), (200, .post, false),
            (200, .options, false),
            (204, .get, false), (301, .get, false), (404, .get, false), (416, .get, false), (500, .get, false), (304, .get, false),
        ])
    func applicability(status: Int, method: HTTPMethod, expected: Bool) throws {
        let response: FieldSection = ["ETag": "\"1\"", "Last-Modified": CacheFixtures.date(0)]
        #expect(try isNotModified(["If-None-Match": "\"1\""], response, status: status, method: method) == expected)
        #expect(
            try isNotModified(["If-Modified-Since": CacheFixtures.date(9)], response, status: status, method: method) == expected)
    }

    @Test func empty() throws {
        #expect(try conditions([:]).isEmpty)
        #expect(try conditions(["If-Range": "\"1\"", "Range": "bytes=0-"]).isEmpty)
        #expect(try !conditions(["If-None-Match": ""]).isEmpty)
        #expect(try conditions(["If-None-Match": "*"], method: .put).isEmpty)
    }

    @Test(
        "13.1.5: If-Range by strong comparison, dates only where they are strong",
        arguments: [
            ("\"1\"", ["ETag": "\"1\""], true), ("\"2\"", ["ETag": "\"1\""], false), ("W/\"1\"", ["ETag": "W/\"1\""], false),
            ("\"1\"", ["ETag": "W/\"1\""], false), ("W/\"1\"", ["ETag": "\"1\""], false), ("\"1\"", [:], false),
            ("1", ["ETag": "1"], false),
            ("*", ["ETag": "\"1\""], false), ("\"1\", \"2\"", ["ETag": "\"1\""], false), ("", ["ETag": "\"1\""], false),
            (CacheFixtures.date(0), ["Last-Modified": CacheFixtures.date(0), "Date": CacheFixtures.date(60)], true),
            ("Sunday, 06-Nov-94 08:49:37 GMT", ["Last-Modified": CacheFixtures.date(0), "Date": CacheFixtures.date(60)], true),
            (CacheFixtures.date(0), ["Last-Modified": CacheFixtures.date(0), "Date": CacheFixtures.date(59)], false),
            (CacheFixtures.date(0), ["Last-Modified": CacheFixtures.date(0)], false),
            (CacheFixtures.date(1), ["Last-Modified": CacheFixtures.date(0), "Date": CacheFixtures.date(99)], false),
            (CacheFixtures.date(-1), ["Last-Modified": CacheFixtures.date(0), "Date": CacheFixtures.date(99)], false),
            ("x", ["Last-Modified": "x", "Date": CacheFixtures.date(99)], false),
            (CacheFixtures.date(0), ["Date": CacheFixtures.date(99)], false),
        ] as [(String, FieldSection, Bool)])
    func ifRange(value: String, response: FieldSection, expected: Bool) throws {
        let head = ResponseHead(status: 200, fields: response)
        #expect(try conditions(["Range": "bytes=0-1", "If-Range": value]).ifRangeMatches(head) == expected)
    }

    @Test("13.1.5: without If-Range there is no condition, and without Range If-Range is none")
    func noIfRange() throws {
        let head = ResponseHead(status: 200, fields: ["ETag": "\"1\""])
        #expect(try conditions(["Range": "bytes=0-1"]).ifRangeMatches(head))
        #expect(try conditions(["If-Range": "\"2\""]).ifRangeMatches(head))
        #expect(try !conditions(["Range": "bytes=0-1", "If-Range": "\"1\"", "if-range": "\"1\""]).ifRangeMatches(head))
    }

    @Test("15.4.5: a 304 has what caches need, and nothing that describes content")
    func notModifiedHead() {
        let fields: FieldSection = [
            "Age": "3", "Cache-Control": "max-age=60", "CDN-Cache-Control": "max-age=9", "Content-Location": "/a",
            "Date": CacheFixtures.date(0),
            "ETag": "\"1\"", "Expires": CacheFixtures.date(60), "Vary": "Accept", "Via": "1.1 x",
            "Access-Control-Allow-Origin": "*",
        ]
        var stored = fields
        for name in [
            "Content-Length", "Content-Type", "Content-Encoding", "Content-Range", "Transfer-Encoding", "Last-Modified", "Server",
        ] {
            stored.append(name, "1")
        }
        let head = ClientConditions.notModifiedHead(from: ResponseHead(status: 200, reason: "OK", fields: stored))
        #expect(head.status == 304 && head.reason.isEmpty)
        #expect(head.fields == fields)
    }

    @Test("15.4.5: Last-Modified comes along where there is no entity tag")
    func lastModified() {
        let head = ResponseHead(status: 200, fields: ["Last-Modified": CacheFixtures.date(0), "Content-Length": "1"])
        #expect(ClientConditions.notModifiedHead(from: head).fields == ["Last-Modified": CacheFixtures.date(0)])
    }
}
