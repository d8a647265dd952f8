import Testing

extension ConformanceTests {
    @Test(arguments: requestFraming)
    func requestFraming(_ one: ConformanceCase) async throws { try await Self.check(one) }

    private static let chunkedPost = "POST {url} HTTP/1.1\r\nHost: {authority}\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// RFC 9112: requests, well-formed and malformed.
    @CaseList static var requestFraming: [ConformanceCase] {
        for (name, requirement, lines) in [
            ("length-and-chunked", Requirement.optional, ["Content-Length: 3", "Transfer-Encoding: chunked"]),
            ("chunked-and-length", .optional, ["Transfer-Encoding: chunked", "Content-Length: 3"]),
            ("two-lengths", .required, ["Content-Length: 3", "Content-Length: 4"]),
            ("two-equal-lengths", .optional, ["Content-Length: 3", "Content-Length: 3"]),
            ("length-list", .required, ["Content-Length: 3, 4"]), ("length-word", .required, ["Content-Length: abc"]),
            ("length-negative", .required, ["Content-Length: -3"]), ("length-plus", .required, ["Content-Length: +3"]),
            ("length-decimal", .required, ["Content-Length: 3.0"]), ("length-hexadecimal", .required, ["Content-Length: 0x3"]),
            ("length-two-numbers", .required, ["Content-Length: 3 3"]), ("length-empty", .required, ["Content-Length:"]),
            ("length-quoted", .required, ["Content-Length: \"3\""]),
            ("chunked-not-last", .required, ["Transfer-Encoding: chunked, gzip"]),
            ("chunked-twice", .required, ["Transfer-Encoding: chunked, chunked"]),
            ("chunked-two-lines", .required, ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]),
            ("coding-lookalike", .required, ["Transfer-Encoding: xchunked"]),
            ("coding-identity", .required, ["Transfer-Encoding: identity"]),
            ("coding-empty", .required, ["Transfer-Encoding:"]),
            ("coding-with-tab", .required, ["Transfer-Encoding: \u{B}chunked"]),
            ("coding-unknown", .optional, ["Transfer-Encoding: frobnicate, chunked"]),
            ("space-before-colon", .required, ["Content-Length : 3"]), ("tab-before-colon", .required, ["Content-Length\t: 3"]),
            ("fold", .optional, ["X: a", " b"]), ("fold-of-first-line", .required, [" X: a"]),
            ("fold-with-tab", .optional, ["X: a", "\tb"]),
            ("no-colon", .required, ["X"]), ("empty-name", .required, [": a"]), ("space-in-name", .required, ["X Y: a"]),
            ("slash-in-name", .required, ["X/Y: a"]), ("control-in-name", .required, ["X\u{1}: a"]),
            ("high-byte-in-name", .required, ["X\u{E9}: a"]),
            ("nul-in-value", .required, ["X: a\u{0}b"]), ("cr-in-value", .required, ["X: a\rb"]),
            ("cr-and-field-in-value", .required, ["X: a\rContent-Length: 3"]), ("control-in-value", .optional, ["X: a\u{1}b"]),
        ] {
            Case(
                "9112-6-\(name)", requirement, "refused: \(lines.joined(separator: " / "))",
                answers: [.answer()],
                steps: [
                    Step(
                        raw: "POST {url} HTTP/1.1\r\nHost: {authority}\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\nabc",
                        expectations: [.refused([400, 501])])
                ])
        }
        Case(
            "9112-6.1-chunked-from-1.0", .required, "Transfer-Encoding of an HTTP/1.0 client is malformed",
            origin: .answer(),
            steps: .bytes(
                "POST {url} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", expects: .status(400), .noRequest,
                .closes))
        Case(
            "9112-6.2-length-overflow", .required, "a length past all bounds",
            origin: .answer(),
            steps: .raw(
                "POST {url} HTTP/1.1", "Host: {authority}", "Content-Length: 99999999999999999999", expects: .refusal(400, 413)))
        for (name, chunks) in [
            ("no-hexadecimal", "zz\r\nabc\r\n0\r\n\r\n"), ("negative", "-3\r\nabc\r\n0\r\n\r\n"),
            ("plus", "+3\r\nabc\r\n0\r\n\r\n"), ("prefix", "0x3\r\nabc\r\n0\r\n\r\n"),
            ("empty", "\r\nabc\r\n0\r\n\r\n"), ("huge", "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
            ("no-end-of-chunk", "3\r\nabcX\r\n0\r\n\r\n"),
            ("space-inside", "3 3\r\nabc\r\n0\r\n\r\n"), ("leading-space", " 3\r\nabc\r\n0\r\n\r\n"),
            ("long-extension", "3;" + String(repeating: "x", count: 100_000) + "\r\nabc\r\n0\r\n\r\n"),
        ] {
            Case(
                "9112-7.1-chunk-\(name)", name == "long-extension" ? .optional : .required,
                "a chunk that has no form is refused: \(name)",
                origin: .answer(), steps: .bytes(chunkedPost + chunks, expects: .status(400, 413, 431), .closes))
        }
        Case(
            "9112-7.1-chunked", .required, "chunks arrive as one content",
            origin: .answer(),
            steps: .bytes(
                chunkedPost + "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", expects: .fetched, .forwardedBody("abc0123456789")))
        Case(
            "9112-7.1.1-extensions", .required, "unknown chunk extensions are passed over",
            origin: .answer(),
            steps: .bytes(chunkedPost + "3;a=b;c=\"d;e\"\r\nabc\r\n000;x\r\n\r\n", expects: .fetched, .forwardedBody("abc")))
        Case(
            "9112-7-coding-case", .required, "transfer codings have no case",
            origin: .answer(),
            steps: .bytes(
                "POST {url} HTTP/1.1\r\nHost: {authority}\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                expects: .fetched, .forwardedBody("abc")))

        for (name, line) in [
            ("no-version", "GET {url}"), ("lower-case-version", "GET {url} http/1.1"), ("no-minor", "GET {url} HTTP/1"),
            ("word-version", "GET {url} HTTP/x.y"),
            ("two-digit-version", "GET {url} HTTP/1.10"), ("space-in-target", "GET {url} x HTTP/1.1"),
            ("two-spaces", "GET  {url} HTTP/1.1"), ("tab", "GET\t{url}\tHTTP/1.1"),
            ("space-first", " GET {url} HTTP/1.1"), ("method-no-token", "G@T {url} HTTP/1.1"), ("only-method", "GET"),
            ("star", "GET * HTTP/1.1"),
            ("authority", "GET {authority} HTTP/1.1"), ("no-host", "GET http:///x HTTP/1.1"),
            ("no-scheme", "GET ://{authority}/x HTTP/1.1"),
            ("bad-port", "GET http://127.0.0.1:x/ HTTP/1.1"), ("control-in-target", "GET {url}\u{1} HTTP/1.1"),
            ("nul-in-target", "GET {url}\u{0} HTTP/1.1"),
            ("cr-in-target", "GET {url}\rx HTTP/1.1"), ("other-protocol", "GET {url} FTP/1.1"),
            ("trailing-space", "GET {url} HTTP/1.1 "),
        ] {
            Case(
                "9112-3-\(name)", .optional, "refused: \(line)",
                origin: .answer(), steps: .raw(line, "Host: {authority}", expects: .refusal(400, 404, 501, 505)))
        }
        for (name, line) in [("version-2", "GET {url} HTTP/2.0"), ("version-9", "GET {url} HTTP/9.9")] {
            Case(
                "9110-15.6.6-\(name)", .optional, "another major version is refused: \(line)",
                origin: .answer(), steps: .raw(line, "Host: {authority}", expects: .refusal(400, 505)))
        }
        Case(
            "9112-3.2-other-scheme", .optional, "another scheme is refused",
            origin: .answer(),
            steps: .raw(
                "GET ftp://{authority}{path} HTTP/1.1", "Host: {authority}", expects: .status(400, 403, 501, 502), .noRequest))
        Case(
            "9112-3.2-no-host-field", .required, "HTTP/1.1 without Host is refused",
            origin: .answer(), steps: .raw("GET {url} HTTP/1.1", expects: .refusal(400)))
        Case(
            "9112-3.2-two-host-fields", .required, "two Host fields are refused",
            origin: .answer(), steps: .raw("GET {url} HTTP/1.1", "Host: {authority}", "Host: {authority}", expects: .refusal(400)))
        for (name, value) in [("space", "a b"), ("path", "{authority}/x"), ("list", "a, b"), ("user", "u@{authority}")] {
            Case(
                "9112-3.2-host-\(name)", .required, "a Host that is none is refused: \(value)",
                origin: .answer(), steps: .raw("GET {url} HTTP/1.1", "Host: \(value)", expects: .refusal(400)))
        }
        Case(
            "9112-3.2.2-host-of-target", .required, "the authority of the target goes before Host",
            origin: .answer(),
            steps: .raw("GET {url} HTTP/1.1", "Host: elsewhere.example", expects: .fetched, .forwarded("Host", "{authority}")))
        Case(
            "9112-3.2.2-scheme-case", .required, "scheme and host have no case",
            origin: .fresh(), steps: .raw("GET HTTP://{authority}{path} HTTP/1.1", "Host: {authority}", expects: .fetched),
            .get(.hit))
        Case(
            "9112-3-long-target", .optional, "a target past all bounds",
            origin: .answer(),
            steps: .raw(
                "GET {url}?" + String(repeating: "x", count: 300_000) + " HTTP/1.1", "Host: {authority}",
                expects: .refusal(414, 431, 400)))
        Case(
            "9110-4.1-8000-octets", .optional, "a target of 8,000 octets is in bounds",
            origin: .answer(), steps: .get(.fetched, at: "?" + String(repeating: "x", count: 7_900)))
        Case(
            "9110-5.4-long-field", .optional, "a field past all bounds: 431",
            origin: .answer(),
            steps: .raw(
                "GET {url} HTTP/1.1", "Host: {authority}", "X: " + String(repeating: "x", count: 300_000), expects: .refusal(431)))
        Case(
            "9110-5.4-many-fields", .optional, "fields past all number: 431",
            origin: .answer(),
            steps: .bytes(
                "GET {url} HTTP/1.1\r\nHost: {authority}\r\n" + String(repeating: "X: 1\r\n", count: 50_000) + "\r\n",
                expects: .refusal(431)))

        Case(
            "9112-2.2-empty-line-first", .optional, "an empty line before the request is passed over",
            origin: .answer(), steps: .bytes("\r\nGET {url} HTTP/1.1\r\nHost: {authority}\r\n\r\n", expects: .fetched))
        Case(
            "9112-9.3-persists", .required, "a connection takes one request after the other",
            origin: .answer(), steps: .get(.fetched, .persists), .get(.fetched).onSameConnection(),
            .get(.fetched).onSameConnection())
        Case(
            "9112-9.3-after-post", .required, "also after content",
            origin: .answer(), steps: .send("POST", .fetched, body: "abc"), .get(.fetched).onSameConnection())
        Case(
            "9112-9.3-1.0-closes", .required, "HTTP/1.0 closes",
            origin: .answer(), steps: Step.raw("GET {url} HTTP/1.0", expects: .requests(1), .bodyOf(1), .closes))
        Case(
            "9112-7-no-chunks-to-1.0", .required, "an HTTP/1.0 client gets no chunks",
            origin: .answer(framing: .chunked),
            steps: Step.raw("GET {url} HTTP/1.0", expects: .requests(1), .lacks("Transfer-Encoding"), .bodyOf(1), .closes))
        Case(
            "9112-9.3.2-pipelined", .required, "pipelined requests are answered in order",
            origin: .fresh(),
            steps: .bytes(
                "GET {url}/1 HTTP/1.1\r\nHost: {authority}\r\n\r\nGET {url}/2 HTTP/1.1\r\nHost: {authority}\r\n\r\nGET {url}/1 HTTP/1.1\r\nHost: {authority}\r\n\r\n",
                responses: 3, expects: .bodies(["answer 1", "answer 2", "answer 1"]), .requests(2)))
        Case(
            "9112-9.3.2-pipelined-content", .required, "also behind content",
            origin: .answer(),
            steps: .bytes(
                "POST {url} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 3\r\n\r\nabcGET {url}/2 HTTP/1.1\r\nHost: {authority}\r\n\r\n",
                responses: 2, expects: .bodies(["answer 1", "answer 2"]), .requests(2)))
        Case(
            "9112-9.6-nothing-behind-close", .required, "what is pipelined behind Connection: close is not answered",
            origin: .answer(),
            steps: .bytes(
                "GET {url}/1 HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\nGET {url}/2 HTTP/1.1\r\nHost: {authority}\r\n\r\n",
                expects: .requests(1), .closes))
        Case(
            "9112-11.2-nothing-behind-malformed", .required, "nor what is pipelined behind what is malformed",
            origin: .answer(),
            steps: .bytes(
                "POST {url} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nGET {url}/2 HTTP/1.1\r\nHost: {authority}\r\n\r\n",
                expects: .refusal(400)))
    }
}
