import Testing

extension ConformanceTests {
    @Test(arguments: forwarding)
    func forwarding(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9110 sections 7.6, 10.1, 15.2 and 6.5: what an intermediary does with what it passes on.
    @CaseList static var forwarding: [ConformanceCase] {
        Case(
            "9110-7.6.3-via-request", .required, "a forwarded request has Via",
            origin: .answer(), steps: .get(.fetched, .forwardedContains("Via", "1.1 ")))
        Case(
            "9110-7.6.3-via-response", .optional, "a forwarded response has Via",
            origin: .answer(), steps: .get(.fetched, .fieldContains("Via", "1.1 ")))
        Case(
            "9110-7.6.3-via-appended", .required, "Via is appended to what others wrote",
            origin: .answer("Via: 1.1 b.example"),
            steps: .get(
                .fetched, .forwardedContains("Via", "1.0 a.example (x), 1.1 "), .fieldContains("Via", "1.1 b.example, 1.1 "),
                with: "Via: 1.0 a.example (x)"))
        Case(
            "9110-7.6.3-via-version", .required, "Via tells the version in which the request came",
            origin: .answer(), steps: Step.get(.requests(1), .forwardedContains("Via", "1.0 ")).http1_0())
        Case(
            "9110-7.6.1-connection-request", .required, "fields that Connection names are not forwarded",
            origin: .answer(),
            steps: .get(
                .fetched, .forwardedLacks("X-Hop"), .forwardedLacks("X-Second"), .forwarded("X-End", "3"),
                with: "Connection: X-Hop, x-second", "X-Hop: 1", "X-Second: 2", "X-End: 3"))
        Case(
            "9110-7.6.1-connection-not-copied", .required, "Connection itself is the proxy's own",
            origin: .answer("Connection: X-Foo", "X-Foo: 1"),
            steps: .get(.fetched, .fieldLacks("Connection", "X-Foo"), .lacks("X-Foo"), with: "Connection: X-Bar"))
        for (name, value) in [
            ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"), ("TE", "gzip"), ("Upgrade", "websocket"),
        ] {
            Case(
                "9110-7.6.1-request-\(name)", .optional, "\(name) of a request is not forwarded",
                origin: .answer(), steps: .get(.fetched, .forwardedLacks(name), with: "Connection: \(name)", "\(name): \(value)"))
            Case(
                "9110-7.6.1-request-\(name)-unlisted", .optional, "nor where Connection does not name it",
                origin: .answer(), steps: .get(.fetched, .forwardedLacks(name), with: "\(name): \(value)"))
        }
        Case(
            "9110-7.6.1-close-is-the-clients", .required, "Connection: close ends the client's connection, and no field more",
            origin: .answer(), steps: .get(.fetched, .closes, with: "Connection: close"))
        Case(
            "9110-7.6.1-end-to-end-names", .required, "Connection cannot take Host or Content-Length away",
            origin: .answer(),
            steps: .send(
                "POST", .fetched, .forwarded("Host", "{authority}"), .forwardedBody("xyz"), body: "xyz",
                with: "Connection: Host, Content-Length"))
        Case(
            "9110-7.6-unknown-fields", .required, "unknown fields pass in both directions",
            origin: .answer("X-Answer: a b"),
            steps: .get(.fetched, .field("X-Answer", "a b"), .forwarded("X-Ask", "c d"), with: "X-Ask: c d"))
        Case(
            "9110-5.3-order", .required, "the order of lines of one name is kept",
            origin: .answer("X: 1", "Y: 0", "X: 2"),
            steps: .get(.fetched, .field("X", "1, 2"), .forwarded("Z", "1, 2, 3"), with: "Z: 1", "Z: 2, 3"))
        Case(
            "9110-5.5-latin-1", .optional, "bytes past ASCII in a field of a request survive",
            origin: .answer(), steps: .get(.fetched, .forwarded("X-Name", "caf\u{E9}"), with: "X-Name: caf\u{E9}"))
        Case(
            "9110-7.2-host", .required, "Host is that of the target",
            origin: .answer(), steps: .get(.fetched, .forwarded("Host", "{authority}")))
        Case(
            "9110-7.1-target", .required, "path and query go on as they came",
            origin: .answer(),
            steps: .get(.fetched, .forwardedLine("GET {path}/a%2Fb;c=d//e?x=%20&y=/?z HTTP/1.1"), at: "/a%2Fb;c=d//e?x=%20&y=/?z"))
        Case(
            "9110-7.1-empty-query", .optional, "an empty query is a query",
            origin: .answer(), steps: .get(.fetched, .forwardedLine("GET {path}? HTTP/1.1"), at: "?"))
        Case(
            "9110-2.5-version", .required, "a proxy sends its own version",
            origin: .answer(), steps: Step.get(.requests(1), .forwardedVersion("HTTP/1.1")).http1_0())
        Case(
            "9110-7.7-content-not-transformed", .required, "content, type and tag pass unchanged",
            origin: .answer("Content-Type: text/html", "ETag: \"a\"", body: "<p>  x  </p>\r\n\u{0}\u{FF}"),
            steps: .get(.fetched, .field("Content-Type", "text/html"), .field("ETag", "\"a\"")))
        Case(
            "9110-11.6-www-authenticate", .required, "challenges of the origin pass",
            origin: .answer("WWW-Authenticate: Basic realm=\"a\"", "WWW-Authenticate: Digest realm=\"b\"", status: 401),
            steps: .get(.fetched, .status(401), .field("WWW-Authenticate", "Basic realm=\"a\", Digest realm=\"b\"")))
        Case(
            "9110-11.6-authorization", .required, "Authorization reaches the origin",
            origin: .answer(), steps: .get(.fetched, .forwarded("Authorization", "Bearer x"), with: "Authorization: Bearer x"))
        Case(
            "9110-11.7-proxy-authorization", .required, "Proxy-Authorization is for the proxy",
            origin: .answer(),
            steps: .get(.requests(1), .forwardedLacks("Proxy-Authorization"), with: "Proxy-Authorization: Basic YTpi"))
        Case(
            "9110-15.4-redirects-pass", .required, "a redirection is the client's to follow",
            origin: .answer("Location: {url}/next", status: 302),
            steps: .get(.fetched, .status(302), .field("Location", "{url}/next")))

        Case(
            "9110-15.2-103", .required, "103 passes, with its fields",
            origin: ScriptedAnswer.fresh().preceded(by: "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n"),
            steps: .get(.fetched, .status(200), .interim(103), .interimField("Link", "</a.css>; rel=preload")),
            .get(.hit, .status(200)))
        Case(
            "9110-15.2-several", .required, "several interim responses pass",
            origin: ScriptedAnswer.answer().preceded(by: "HTTP/1.1 102 Processing\r\n", "HTTP/1.1 103 Early Hints\r\nX: 1\r\n"),
            steps: .get(.fetched, .status(200), .interim(102), .interim(103)))
        Case(
            "9110-15.2-unknown", .required, "an unknown interim response is not the final one",
            origin: ScriptedAnswer.answer().preceded(by: "HTTP/1.1 199 Scripted\r\n"), steps: .get(.fetched, .status(200)))
        Case(
            "9110-15.2-not-to-1.0", .required, "an HTTP/1.0 client gets no interim response",
            origin: ScriptedAnswer.answer().preceded(by: "HTTP/1.1 103 Early Hints\r\nX: 1\r\n"),
            steps: Step.raw("GET {url} HTTP/1.0", expects: .requests(1), .status(200), .bodyOf(1)))
        Case(
            "9110-15.2-unasked-100", .required, "a 100 that nobody asked for does no harm",
            origin: ScriptedAnswer.answer().preceded(by: "HTTP/1.1 100 Continue\r\n"), steps: .get(.fetched, .status(200)))
        Case(
            "9110-15.2-unasked-101", .required, "a 101 that nobody asked for is malformed",
            origin: .raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), steps: .get(.status(502))
        )

        Case(
            "9110-10.1.1-expect", .required, "content that waits for 100 (Continue) arrives",
            origin: .answer(),
            steps: Step.send("POST", .requests(1), .status(200), .forwardedBody("waited"), body: "waited").awaitingContinue())
        Case(
            "9110-10.1.1-refused-early", .required, "a refusal before the content passes",
            origin: ScriptedAnswer.answer(status: 413).withoutAwaitingContent(),
            steps: Step.send("POST", .status(413), body: String(repeating: "x", count: 100_000)).awaitingContinue())
        Case(
            "9110-10.1.1-unknown", .optional, "another expectation: 417, or it passes",
            origin: .answer(), steps: .get(.status(417, 200), with: "Expect: frobnication"))
        Case(
            "9110-10.1.1-content-at-once", .required, "a client need not wait",
            origin: .answer(),
            steps: .send("POST", .requests(1), .status(200), .forwardedBody("now"), body: "now", with: "Expect: 100-continue"))

        Case(
            "9110-6.5-trailers", .optional, "trailers pass to a client that takes them",
            origin: ScriptedAnswer.answer("Trailer: X-Sum").trailing("X-Sum: 42"),
            steps: .get(.fetched, .trailer("X-Sum", "42"), with: "TE: trailers", "Connection: TE"))
        Case(
            "9110-6.5.1-not-merged", .required, "trailers are not merged into the header section",
            origin: ScriptedAnswer.fresh().trailing("X-Sum: 42", "Cache-Control: no-store"),
            steps: .get(.fetched, .lacks("X-Sum"), .field("Cache-Control", "max-age=3600")), .get(.hit, .lacks("X-Sum")))
        Case(
            "9110-6.5.1-framing-in-trailers", .required, "framing in trailers is not taken",
            origin: ScriptedAnswer.fresh().trailing("Content-Length: 3", "Set-Cookie: a=1", "Content-Encoding: gzip"),
            steps: .get(.brokenOr([200, 502]), .lacks("Set-Cookie"), .lacks("Content-Encoding")))
        Case(
            "9110-6.5-request-trailers", .optional, "a request may have trailers",
            origin: .answer(),
            steps: .bytes(
                "POST {url} HTTP/1.1\r\nHost: {authority}\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
                expects: .requests(1), .status(200), .forwardedBody("abc")))

        Case(
            "9110-15.6.3-refused", .required, "where nobody listens: 502",
            origin: .answer(),
            steps: .raw("GET http://{refused}{path} HTTP/1.1", "Host: {refused}", expects: .status(502, 503, 504), .noRequest))
        Case(
            "9110-15.6.3-no-answer", .required, "a connection that ends without an answer: 502",
            origin: .raw(""), steps: .get(.status(502, 504)))
        Case(
            "9110-7.3-no-name", .required, "a host without an address: an error, and soon",
            origin: .answer(),
            steps: .raw(
                "GET http://larder.invalid{path} HTTP/1.1", "Host: larder.invalid", expects: .status(502, 503, 504), .noRequest))
        Case(
            "9110-7.6.3-loop", .required, "a request to the proxy's own address does not go round",
            origin: .answer(),
            steps: .raw("GET http://{proxy}{path} HTTP/1.1", "Host: {proxy}", expects: .status(400, 403, 404, 502, 508), .noRequest)
        )
        Case(
            "9110-7.6.3-loop-gateway", .required, "nor through a gateway form of itself",
            origin: .answer(),
            steps: .raw(
                "GET http://{proxy}/http://{proxy}{path} HTTP/1.1", "Host: {proxy}", expects: .status(400, 403, 404, 502, 508),
                .noRequest))
        Case(
            "9110-7.6.3-loop-connect", .optional, "nor by CONNECT",
            origin: .answer(),
            steps: Step.raw("CONNECT {proxy} HTTP/1.1", "Host: {proxy}", expects: .status(400, 403, 502, 508)).asMethod("CONNECT"))
    }
}
