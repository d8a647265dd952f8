import Testing

extension ConformanceTests {
    @Test(arguments: methods)
    func methods(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9110 section 9 and 7.6.2, with RFC 9111 sections 3 and 4: methods.
    @CaseList static var methods: [ConformanceCase] {
        Case(
            "9111-4-head-from-get", .optional, "HEAD is answered from what GET stored",
            origin: .fresh("ETag: \"a\"", "X: 1"), steps: .get(.fetched),
            .head(.hit, .status(200), .field("ETag", "\"a\""), .field("X", "1"), .field("Content-Length", "8"), .body("")),
            .get(.hit).onSameConnection())
        Case(
            "9110-9.3.2-head-miss", .required, "HEAD of what is not stored has no content",
            origin: .fresh(), steps: .head(.fetched, .status(200), .body(""), .field("Content-Length", "8")),
            .head(.status(200), .body("")).onSameConnection())
        Case(
            "9110-9.3.2-head-is-no-get", .required, "what HEAD brought answers no GET",
            origin: .fresh(), steps: .head(.requests(1)), .get(.bodyOf(2), .requests(1)))
        Case(
            "9110-9.3.2-head-404", .optional, "HEAD of a stored error",
            origin: .fresh(status: 404), steps: .get(.fetched), .head(.hit, .status(404), .body("")))
        Case(
            "9110-9.3.2-head-stale", .required, "HEAD of what is stale goes to the origin",
            origin: .stale(), steps: .get(.fetched), .head(.requests(1), .status(200), .body("")))

        Case(
            "9110-9.3.3-post-stored", .optional, "POST with a lifetime and Content-Location of its target answers GET",
            origin: .fresh("Content-Location: {path}"), steps: .send("POST", .fetched, body: "x"), .get(.hit))
        Case(
            "9110-9.3.3-post-stored-absolute", .optional, "Content-Location may be absolute",
            origin: .answer("Expires: {now+3600}", "Content-Location: {url}"), steps: .send("POST", .fetched, body: "x"), .get(.hit)
        )
        for (name, requirement, lines) in [
            ("no-content-location", Requirement.required, ["Cache-Control: max-age=3600"]),
            ("other-content-location", .required, ["Cache-Control: max-age=3600", "Content-Location: {path}/other"]),
            ("other-origin", .required, ["Cache-Control: max-age=3600", "Content-Location: {other}{path}"]),
            ("no-lifetime", .required, ["Content-Location: {path}", "Last-Modified: {now-864000}"]),
            ("no-store", .required, ["Content-Location: {path}", "Cache-Control: no-store, max-age=3600"]),
        ] {
            Case(
                "9110-9.3.3-post-not-stored-\(name)", requirement, "POST is not stored otherwise: \(lines.joined(separator: ", "))",
                answers: [ScriptedAnswer(lines: lines)], steps: [.send("POST", .fetched, body: "x"), .get(.fetched)])
        }
        Case(
            "9110-9.3.3-post-not-answered", .required, "POST itself is never answered from the store",
            origin: .fresh("Content-Location: {path}"), steps: .send("POST", .fetched, body: "x"),
            .send("POST", .fetched, body: "x"))
        Case(
            "9110-9.3.3-content", .required, "content of POST arrives, and its type",
            origin: .answer(),
            steps: .send(
                "POST", .fetched, .forwardedBody("a=1&b=2"), .forwarded("Content-Type", "application/x-www-form-urlencoded"),
                .forwarded("Content-Length", "7"), body: "a=1&b=2", with: "Content-Type: application/x-www-form-urlencoded"))
        Case(
            "9110-8.6-empty-content", .required, "empty content of POST arrives as such",
            origin: .answer(), steps: .send("POST", .fetched, .forwardedBody(""), .forwarded("Content-Length", "0"), body: ""))
        Case(
            "9110-9.1-unknown-method", .optional, "an unknown method passes",
            origin: .answer(),
            steps: .send("FROBNICATE", .fetched, .forwardedLine("FROBNICATE {path} "), .forwardedBody("x"), body: "x"))
        Case(
            "9110-9.1-method-has-case", .required, "methods have case: get is not GET",
            origin: .fresh(), steps: .get(.fetched), .send("get", .status(200, 400, 405, 501), .cacheStatusLacks("hit")))
        Case(
            "9110-9.3.1-get-with-content", .required, "content of GET is not taken for the next request",
            origin: .fresh(), steps: .get(.fetched),
            .send("GET", .status(200, 400, 411, 413), .atMostRequests(1), body: "POST {url} HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
            .get(.atMostRequests(1), .forwardedLine("GET ")))

        Case(
            "9110-9.3.7-options", .required, "OPTIONS passes",
            origin: .answer("Allow: GET"),
            steps: .send("OPTIONS", .fetched, .field("Allow", "GET"), .forwardedLine("OPTIONS {path} ")))
        Case(
            "9112-3.2.4-options-star", .required, "OPTIONS of an authority without a path becomes OPTIONS *",
            origin: .answer("Allow: GET"),
            steps: .raw(
                "OPTIONS {origin} HTTP/1.1", "Host: {authority}", "Case: {id}", expects: .requests(1), .forwardedLine("OPTIONS * "))
        )
        Case(
            "9110-7.6.2-options-zero", .required, "OPTIONS with Max-Forwards: 0 goes no further",
            origin: .answer(), steps: .send("OPTIONS", .noRequest, .status(200, 204, 405, 501), with: "Max-Forwards: 0"))
        Case(
            "9110-7.6.2-options-counts", .required, "OPTIONS counts Max-Forwards down",
            origin: .answer(), steps: .send("OPTIONS", .fetched, .forwarded("Max-Forwards", "4"), with: "Max-Forwards: 5"))
        Case(
            "9110-7.6.2-trace-zero", .required, "TRACE with Max-Forwards: 0 goes no further",
            origin: .answer(), steps: .send("TRACE", .noRequest, .status(200, 405, 501), with: "Max-Forwards: 0"))
        Case(
            "9110-7.6.2-trace-counts", .required, "TRACE counts Max-Forwards down, or is refused",
            origin: .answer(), steps: .send("TRACE", .status(200, 405, 501), .atMostRequests(1), with: "Max-Forwards: 5"))
        Case(
            "9110-9.3.8-trace-with-content", .optional, "TRACE with content is refused, or passes without",
            origin: .answer(), steps: .send("TRACE", .status(200, 400, 405, 501), body: "secret"))

        Case(
            "9110-9.3.6-connect", .required, "CONNECT opens a tunnel",
            origin: .fresh("X-End: 1"),
            steps: Step.raw(
                "CONNECT {authority} HTTP/1.1", "Host: {authority}", expects: .status(200), .noRequest, .lacks("Content-Length"),
                .lacks("Transfer-Encoding")
            )
            .asMethod("CONNECT"),
            .raw("GET {path} HTTP/1.1", "Host: {authority}", expects: .requests(1), .bodyOf(1), .forwardedLacks("Via"))
                .onSameConnection(),
            .raw("GET {path} HTTP/1.1", "Host: {authority}", expects: .requests(1), .bodyOf(2), .lacks("Cache-Status"))
                .onSameConnection())
        Case(
            "9110-9.3.6-connect-refused", .required, "CONNECT to where nobody listens is an error",
            origin: .answer(),
            steps: Step.raw("CONNECT {refused} HTTP/1.1", "Host: {refused}", expects: .status(502, 503, 504)).asMethod("CONNECT"))
        for (name, target) in [
            ("no-port", "127.0.0.1"), ("port-zero", "127.0.0.1:0"), ("huge-port", "127.0.0.1:99999"),
            ("with-path", "{authority}/x"),
        ] {
            Case(
                "9110-9.3.6-connect-\(name)", .required, "CONNECT wants host and port: \(target)",
                origin: .answer(),
                steps: Step.raw("CONNECT \(target) HTTP/1.1", "Host: {authority}", expects: .status(400, 403, 502)).asMethod(
                    "CONNECT"))
        }
    }
}
