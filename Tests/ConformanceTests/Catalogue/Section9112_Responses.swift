import Testing

extension ConformanceTests {
    @Test(arguments: responseFraming)
    func responseFraming(_ one: ConformanceCase) async throws { try await Self.check(one) }

    private static let fresh = "Cache-Control: max-age=3600\r\n"

    /// RFC 9112: responses of origins, well-formed and malformed.
    @CaseList static var responseFraming: [ConformanceCase] {
        for (name, requirement, bytes) in [
            ("two-lengths", Requirement.required, "HTTP/1.1 200 OK\r\n\(fresh)Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            ("length-list", .required, "HTTP/1.1 200 OK\r\n\(fresh)Content-Length: 3, 4\r\n\r\nabcd"),
            ("length-word", .required, "HTTP/1.1 200 OK\r\n\(fresh)Content-Length: three\r\n\r\nabc"),
            ("length-negative", .required, "HTTP/1.1 200 OK\r\n\(fresh)Content-Length: -3\r\n\r\nabc"),
            ("length-overflow", .required, "HTTP/1.1 200 OK\r\n\(fresh)Content-Length: 99999999999999999999\r\n\r\nabc"),
            (
                "length-and-chunked", .optional,
                "HTTP/1.1 200 OK\r\n\(fresh)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            ),
            ("no-http", .required, "hello\r\n\r\n"), ("version-word", .required, "HTTP/x.1 200 OK\r\n\(fresh)\r\nabc"),
            ("misspelt", .required, "HTP/1.1 200 OK\r\n\(fresh)\r\nabc"),
            ("status-word", .required, "HTTP/1.1 2OO OK\r\n\(fresh)\r\nabc"),
            ("status-two-digits", .required, "HTTP/1.1 20 OK\r\n\(fresh)\r\nabc"),
            ("status-four-digits", .required, "HTTP/1.1 2000 OK\r\n\(fresh)\r\nabc"),
            ("status-missing", .required, "HTTP/1.1\r\n\(fresh)\r\nabc"),
            ("no-colon", .required, "HTTP/1.1 200 OK\r\n\(fresh)broken\r\nContent-Length: 3\r\n\r\nabc"),
            ("empty-name", .required, "HTTP/1.1 200 OK\r\n\(fresh): x\r\nContent-Length: 3\r\n\r\nabc"),
            ("space-in-name", .required, "HTTP/1.1 200 OK\r\n\(fresh)X Y: x\r\nContent-Length: 3\r\n\r\nabc"),
            ("head-cut-short", .required, "HTTP/1.1 200 OK\r\n\(fresh)Content-Le"),
            (
                "long-field", .optional,
                "HTTP/1.1 200 OK\r\n\(fresh)X: " + String(repeating: "x", count: 2_000_000) + "\r\nContent-Length: 3\r\n\r\nabc"
            ),
            (
                "endless-interim", .optional,
                String(repeating: "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n", count: 20_000)
                    + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            ),
        ] {
            Case(
                "9112-6.3-\(name)", requirement, "a malformed response is 502, and not stored: \(name)",
                origin: .raw(bytes), .fresh(), steps: .get(.status(502)), .get(.requests(1), .status(200), .bodyOf(2)))
        }
        for (name, bytes) in [
            ("fold", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 3\r\n\r\nabc"),
            ("space-before-colon", "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 3\r\n\r\nabc"),
            ("nul-in-value", "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\nContent-Length: 3\r\n\r\nabc"),
            ("cr-in-value", "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 3\r\n\r\nabc"),
        ] {
            Case(
                "9112-5-\(name)", .required, "a doubtful field is mended, or the response 502: \(name)",
                origin: .raw(bytes), steps: .get(.status(200, 502), .fieldLacks("X", "\u{0}"), .fieldLacks("X", "\r"), .lacks("X "))
            )
        }
        for (name, chunks) in [
            ("no-hexadecimal", "zz\r\nabc\r\n0\r\n\r\n"), ("negative", "-3\r\nabc\r\n0\r\n\r\n"),
            ("huge", "ffffffffffffffffff\r\nabc\r\n"), ("no-end-of-chunk", "3\r\nabcX\r\n0\r\n\r\n"),
            ("prefix", "0x3\r\nabc\r\n0\r\n\r\n"),
        ] {
            Case(
                "9112-7.1-response-chunk-\(name)", .required,
                "a chunk that has no form ends the response, which is not stored: \(name)",
                origin: .raw("HTTP/1.1 200 OK\r\n\(fresh)Transfer-Encoding: chunked\r\n\r\n" + chunks), .fresh(),
                steps: .get(.brokenOr([502])), .get(.requests(1), .status(200), .bodyOf(2)))
        }
        Case(
            "9112-7-unknown-coding", .optional, "a transfer coding that is unknown is no content to pass on",
            origin: .raw("HTTP/1.1 200 OK\r\n\(fresh)Transfer-Encoding: frobnicate\r\n\r\nabc"), .fresh(),
            steps: .get(.brokenOr([502])), .get(.requests(1), .bodyOf(2)))

        Case(
            "9112-7.1-response-chunked", .required, "chunked content arrives, is stored, and is framed anew",
            origin: .answer("Cache-Control: max-age=3600", framing: .chunked), steps: .get(.fetched), .get(.hit))
        Case(
            "9112-7.1.1-response-extensions", .required, "chunk extensions are passed over",
            origin: .raw("HTTP/1.1 200 OK\r\n\(fresh)Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n000;c\r\n\r\n"),
            steps: .get(.requests(1), .body("abc")), .get(.noRequest, .body("abc")))
        Case(
            "9112-6.3-until-close", .required, "content that lasts until the end arrives",
            origin: .answer("Cache-Control: max-age=3600", framing: .untilClose), steps: .get(.fetched))
        Case(
            "9111-3.3-until-close-stored", .optional, "and is complete enough to be stored",
            origin: .answer("Cache-Control: max-age=3600", framing: .untilClose), steps: .get(.fetched), .get(.hit))
        Case(
            "9110-2.5-1.0-origin", .required, "an HTTP/1.0 origin is served in HTTP/1.1, and its responses stored",
            origin: ScriptedAnswer.fresh().http1_0(), steps: .get(.fetched, .persists), .get(.hit))
        Case(
            "9112-9.3-1.0-origin-until-close", .required, "also without a length",
            origin: ScriptedAnswer.answer("Expires: {now+3600}").framed(.untilClose).http1_0(), steps: .get(.fetched), .get(.hit))
        Case(
            "9112-6.3-excess", .required, "bytes behind the content are nobody's",
            origin: .raw("HTTP/1.1 200 OK\r\n\(fresh)Content-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
            .fresh(),
            steps: .get(.requests(1), .body("abc")), .get(.requests(1), .bodyOf(2), at: "/other"))
        Case(
            "9112-6.3-equal-lengths", .optional, "equal lengths, repeated, are one, or refused",
            origin: .raw("HTTP/1.1 200 OK\r\n\(fresh)Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
            steps: .get(.status(200, 502), .fieldLacks("Content-Length", ",")))
        Case(
            "9110-15.3.5-204", .required, "204 has no content, and the connection goes on",
            origin: .answer(status: 204, body: ""), .answer(), steps: .get(.requests(1), .status(204)),
            .get(.fetched).onSameConnection())
        Case(
            "9112-6.3-304-with-length", .required, "a length in 304 announces nothing",
            origin: ScriptedAnswer.notModified("Content-Length: 1000", "ETag: \"a\""), .answer(),
            steps: .get(.requests(1), .status(304), with: "If-None-Match: \"a\""), .get(.fetched).onSameConnection())
        Case(
            "9112-6.3-head-with-length", .required, "a length in answer to HEAD announces nothing",
            origin: .answer("Content-Length: 1000"), .answer(), steps: .head(.requests(1), .field("Content-Length", "1000")),
            .get(.fetched).onSameConnection())
        Case(
            "9112-9.6-close-after-answer", .required, "an origin that closes is asked again on another connection",
            origin: ScriptedAnswer.answer().endingConnection(), steps: .get(.fetched), .get(.fetched), .get(.fetched))
        Case(
            "9112-4-reason-with-latin-1", .optional, "a reason phrase may be anything",
            origin: .raw("HTTP/1.1 200 \u{E9} very good\r\n\(fresh)Content-Length: 3\r\n\r\nabc"),
            steps: .get(.status(200), .body("abc")))
        Case(
            "9112-2.2-lone-lf", .optional, "lines that end in LF alone are read, or refused",
            origin: .raw("HTTP/1.1 200 OK\nCache-Control: max-age=3600\nContent-Length: 3\n\nabc"), steps: .get(.status(200, 502)))
    }
}
