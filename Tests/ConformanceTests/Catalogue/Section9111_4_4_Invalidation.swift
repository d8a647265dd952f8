import Testing

extension ConformanceTests {
    @Test(arguments: invalidation)
    func invalidation(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 4.4: what unsafe methods take away.
    @CaseList static var invalidation: [ConformanceCase] {
        for (method, requirement) in [
            ("POST", Requirement.required), ("PUT", .required), ("DELETE", .required), ("PATCH", .required),
            ("FROBNICATE", .required),
        ] {
            Case(
                "9111-4.4-\(method)", requirement, "\(method) with success invalidates its target",
                origin: .fresh(), .answer(), .fresh(), steps: .get(.fetched), .send(method, .fetched, body: "x"), .get(.fetched))
            for status in [400, 404, 500, 503] {
                Case(
                    "9111-4.4-\(method)-\(status)", .optional, "\(method) with \(status) invalidates nothing",
                    origin: .fresh(), .answer(status: status), steps: .get(.fetched),
                    .send(method, .fetched, .status(status), body: "x"), .get(.hit))
            }
        }
        for status in [201, 204, 302, 303] {
            Case(
                "9111-4.4-post-\(status)", .required, "\(status) is no error, and invalidates",
                origin: .fresh(), .answer(status: status, body: ""), .fresh(), steps: .get(.fetched),
                .send("POST", .requests(1), .status(status), body: "x"), .get(.fetched))
        }
        for method in ["HEAD", "OPTIONS"] {
            Case(
                "9111-4.4-safe-\(method)", .optional, "\(method) is safe, and invalidates nothing",
                origin: .fresh(body: "same"), steps: .get(.fetched), .send(method, .status(200), with: "Cache-Control: no-store"),
                .get(.noRequest, .bodyOf(1)))
        }
        Case(
            "9111-4.4-validates-after", .optional, "what is invalidated may be validated",
            origin: .fresh("ETag: \"a\""), .answer(), .fresh("ETag: \"b\""),
            steps: .get(.fetched), .send("POST", .fetched, body: "x"), .get(.fetched, .bodyOf(3)))
        Case(
            "9111-4.4-all-variants", .required, "all stored variants are invalidated",
            origin: .fresh("Vary: X"), .fresh("Vary: X"), .answer(), .fresh("Vary: X"),
            steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 2"), .send("POST", .fetched, body: "x"),
            .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 2"))
        Case(
            "9111-4.4-other-resource-stays", .optional, "another resource is not invalidated",
            origin: .fresh(), .answer(), steps: .get(.fetched, at: "/a"), .send("POST", .fetched, at: "/b", body: "x"),
            .get(.hit, at: "/a"))
        Case(
            "9111-4.4-other-query-stays", .optional, "another query is not invalidated",
            origin: .fresh(), .answer(), steps: .get(.fetched, at: "?a"), .send("POST", .fetched, body: "x"), .get(.hit, at: "?a"))
        for field in ["Location", "Content-Location"] {
            Case(
                "9111-4.4-\(field)-absolute", .optional, "\(field) of the same origin is invalidated too",
                origin: .fresh(), .answer("\(field): {url}/a"), .fresh(),
                steps: .get(.fetched, at: "/a"), .send("POST", .fetched, body: "x"), .get(.fetched, at: "/a"))
            Case(
                "9111-4.4-\(field)-path", .optional, "\(field) may be a path",
                origin: .fresh(), .answer("\(field): {path}/a"), .fresh(),
                steps: .get(.fetched, at: "/a"), .send("POST", .fetched, body: "x"), .get(.fetched, at: "/a"))
            Case(
                "9111-4.4-\(field)-relative", .optional, "\(field) may be relative to the target",
                origin: .fresh(), .answer("\(field): ../{id}/./a"), .fresh(),
                steps: .get(.fetched, at: "/a"), .send("POST", .fetched, at: "/b", body: "x"), .get(.fetched, at: "/a"))
            Case(
                "9111-4.4-\(field)-other-origin", .required, "\(field) of another origin is left alone",
                origin: .fresh(), .answer("\(field): {url}/a"),
                steps: .get(.fetched, at: "/a"), .send("POST", .fetched, at: "/b", body: "x").fromOther(), .get(.hit, at: "/a"))
            Case(
                "9111-4.4-\(field)-of-error", .optional, "\(field) of an error invalidates nothing",
                origin: .fresh(), .answer("\(field): {url}/a", status: 500),
                steps: .get(.fetched, at: "/a"), .send("POST", .fetched, body: "x"), .get(.hit, at: "/a"))
            Case(
                "9111-4.4-\(field)-of-get", .optional, "\(field) in the answer to GET invalidates nothing",
                origin: .fresh(), .fresh("\(field): {url}/a", status: 201),
                steps: .get(.fetched, at: "/a"), .get(.fetched, at: "/b"), .get(.hit, at: "/a"))
            Case(
                "9111-4.4-\(field)-no-reference", .optional, "\(field) that is no URI does no harm",
                origin: .fresh(), .answer("\(field): http://[/ \\"), .fresh(),
                steps: .get(.fetched, at: "/a"), .send("POST", .fetched, body: "x"), .get(.hit, at: "/a"))
        }
        Case(
            "9111-4.4-while-fetching", .optional, "the answer of an unsafe method itself answers no GET",
            origin: .fresh(), .fresh(), .fresh(), steps: .get(.fetched), .send("PUT", .fetched, body: "x"),
            .get(.fetched, .bodyOf(3)))
    }
}
