import Testing

extension ConformanceTests {
    @Test(arguments: statuses)
    func statuses(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 3: every final status, with and without an explicit lifetime.
    @CaseList static var statuses: [ConformanceCase] {
        for status in [
            200, 201, 202, 203, 204, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413,
            414, 415, 422, 428, 429, 451, 500, 501, 502, 503, 504, 505, 511,
        ] {
            Case(
                "9111-3-explicit-\(status)", .optional, "\(status) with max-age is stored and reused",
                origin: .fresh("Location: {url}/elsewhere", status: status, body: status == 204 ? "" : nil),
                steps: .get(.fetched, .status(status)), .get(.hit, .status(status), .field("Location", "{url}/elsewhere")))
        }
        for status in [299, 399, 499, 599] {
            Case(
                "9111-3-unknown-\(status)", .optional, "an unknown status with max-age is stored and reused as it is",
                origin: .fresh(status: status), steps: .get(.fetched, .status(status)), .get(.hit, .status(status)))
        }
        Case(
            "9111-3-explicit-205", .optional, "205 with max-age is stored, without content",
            origin: .fresh(status: 205, body: ""), steps: .get(.fetched, .status(205)), .get(.hit, .status(205), .body("")))
        for status in [203, 204, 300, 301, 308, 404, 405, 410, 414, 501] {
            Case(
                "9111-4.2.2-heuristic-\(status)", .optional, "\(status) is heuristically cacheable (RFC 9110 section 15.1)",
                origin: .modifiedTenDaysAgo(status: status), steps: .get(.fetched, .status(status)), .get(.hit, .status(status)))
        }
        for status in [201, 202, 302, 303, 307, 400, 401, 403, 409, 415, 422, 429, 500, 502, 503, 504, 299, 499] {
            Case(
                "9111-4.2.2-no-heuristic-\(status)", .required, "\(status) without a lifetime is not reused",
                origin: .modifiedTenDaysAgo(status: status), steps: .get(.fetched, .status(status)), .get(.fetched, .status(status))
            )
        }
        for status in [302, 403, 500] {
            Case(
                "9111-5.2.2.9-public-\(status)", .optional, "public makes \(status) heuristically cacheable",
                origin: .modifiedTenDaysAgo("Cache-Control: public", status: status), steps: .get(.fetched, .status(status)),
                .get(.hit, .status(status)))
        }
        Case(
            "9111-3-expires-302", .optional, "Expires makes a redirection storable",
            origin: .answer("Expires: {now+3600}", "Location: /", status: 302), steps: .get(.fetched), .get(.hit, .status(302)))
        Case(
            "9111-3-error-does-not-replace", .optional, "an error without a lifetime leaves nothing behind",
            origin: .answer(status: 500), .fresh(), steps: .get(.fetched, .status(500)), .get(.fetched), .get(.hitOf(2)))
        Case(
            "9112-4-reason-phrase", .optional, "a missing reason phrase does no harm",
            origin: .raw("HTTP/1.1 200 \r\nCache-Control: max-age=3600\r\nContent-Length: 2\r\n\r\nok"),
            steps: .get(.requests(1), .body("ok")), .get(.noRequest, .body("ok")))
    }
}
