import Testing

extension ConformanceTests {
    @Test(arguments: storing)
    func storing(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 3: what is stored, and what is not.
    @CaseList static var storing: [ConformanceCase] {
        Case(
            "9111-3-fresh-get", .optional, "a fresh 200 to GET answers the next GET",
            origin: .fresh(), steps: .get(.fetched), .get(.hit, .status(200)))
        Case(
            "9111-3-query-is-part-of-key", .required, "another query is another resource",
            origin: .fresh(), steps: .get(.fetched, at: "?a"), .get(.fetched, at: "?b"), .get(.hit, at: "?a"))
        Case(
            "9111-2-path-case-is-part-of-key", .required, "paths differ by case",
            origin: .fresh(), steps: .get(.fetched, at: "/a"), .get(.fetched, at: "/A"))
        Case(
            "9111-2-authority-is-part-of-key", .required, "another port is another resource",
            origin: .fresh(), steps: .get(.fetched), .get(.fetched).fromOther(), .get(.hit))
        Case(
            "9111-3-get-does-not-wait-for-host-field", .required, "the key is made of the target URI, not of Host",
            origin: .fresh(), steps: .get(.fetched),
            .raw("GET {url} HTTP/1.1", "Host: elsewhere.example", expects: .hit))

        for (name, line) in [
            ("plain", "no-store"), ("capitals", "NO-STORE"), ("mixed-case", "No-Store"), ("with-max-age", "max-age=3600, no-store"),
            ("first", "no-store, max-age=3600"), ("no-space", "max-age=3600,no-store"), ("empty-members", ",,no-store,,"),
            ("twice", "no-store, no-store"), ("beside-public", "public, no-store, max-age=3600"),
            ("after-quoted-comma", "a=\"x, y\", no-store, max-age=3600"), ("after-tab", "max-age=3600,\tno-store"),
        ] {
            Case(
                "9111-5.2.2.5-no-store-\(name)", .required, "no-store in a response forbids storing: \(line)",
                origin: .answer("Cache-Control: \(line)", "Last-Modified: {now-864000}"), steps: .get(.fetched), .get(.fetched))
        }
        Case(
            "9111-5.2.2.5-no-store-second-line", .required, "no-store counts in a second field line",
            origin: .fresh("Cache-Control: no-store"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.2.2.5-no-store-lower-case-field", .required, "the field name has no case",
            origin: .answer("cache-control: no-store, max-age=3600"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.2.2.5-no-store-with-argument", .optional, "no-store with an argument is still no-store",
            origin: .answer("Cache-Control: no-store=x, max-age=3600"), steps: .get(.fetched), .get(.fetched))
        for (name, line) in [
            ("longer-name", "x-no-store, max-age=3600"), ("suffix", "no-store-x, max-age=3600"),
            ("in-quotes", "a=\"no-store\", max-age=3600"), ("in-quotes-with-comma", "a=\"b, no-store, c\", max-age=3600"),
            ("as-argument", "a=no-store, max-age=3600"),
        ] {
            Case(
                "9111-5.2.3-not-no-store-\(name)", .optional, "what only looks like no-store is an unknown directive: \(line)",
                origin: .answer("Cache-Control: \(line)"), steps: .get(.fetched), .get(.hit))
        }
        Case(
            "9111-5.2.1.5-request-no-store", .required, "no-store in a request forbids storing its response",
            origin: .fresh(), steps: .get(.fetched, with: "Cache-Control: no-store"), .get(.fetched), .get(.hitOf(2)))
        Case(
            "9111-5.2.1.5-request-no-store-capitals", .required, "directives of requests have no case",
            origin: .fresh(), steps: .get(.fetched, with: "Cache-Control: NO-STORE"), .get(.fetched))
        Case(
            "9111-5.2.1.5-request-no-store-second-line", .required, "no-store counts in a second field line of a request",
            origin: .fresh(), steps: .get(.fetched, with: "Cache-Control: max-age=100", "Cache-Control: no-store"), .get(.fetched))
        Case(
            "9111-5.2.2.5-no-store-replaces-nothing", .optional, "a response with no-store is not what the next request gets",
            origin: .stale(), .answer("Cache-Control: no-store"), .fresh(),
            steps: .get(.fetched), .get(.fetched), .get(.fetched), .get(.hitOf(3)))

        for (name, line) in [
            ("plain", "private, max-age=3600"), ("capitals", "PRIVATE, max-age=3600"), ("last", "max-age=3600, private"),
            ("beside-public", "public, private, max-age=3600"), ("beside-s-maxage", "private, s-maxage=3600"),
        ] {
            Case(
                "9111-5.2.2.7-private-\(name)", .required, "a shared cache does not store what is private: \(line)",
                origin: .answer("Cache-Control: \(line)"), steps: .get(.fetched), .get(.fetched))
        }
        for (name, line) in [
            ("names", "private=\"Set-Cookie\", max-age=3600"), ("two-names", "private=\"A, B\", max-age=3600"),
            ("token", "private=X, max-age=3600"), ("empty-quotes", "private=\"\", max-age=3600"),
        ] {
            Case(
                "9111-5.2.2.7-private-with-\(name)", .optional, "private with field names counts like private: \(line)",
                origin: .answer("Cache-Control: \(line)"), steps: .get(.fetched), .get(.fetched))
        }

        Case(
            "9111-3.5-authorization", .required, "a response to Authorization is not stored",
            origin: .fresh(), steps: .get(.fetched, with: "Authorization: Basic YTpi"),
            .get(.fetched, with: "Authorization: Basic YTpi"), .get(.fetched))
        Case(
            "9111-3.5-authorization-heuristic", .required, "nor where a heuristic would make it fresh",
            origin: .modifiedTenDaysAgo(), steps: .get(.fetched, with: "Authorization: Basic YTpi"), .get(.fetched))
        for (name, line) in [
            ("public", "public, max-age=3600"), ("must-revalidate", "must-revalidate, max-age=3600"), ("s-maxage", "s-maxage=3600"),
        ] {
            Case(
                "9111-3.5-authorization-\(name)", .optional, "\(line) allows to store a response to Authorization",
                origin: .answer("Cache-Control: \(line)"), steps: .get(.fetched, with: "Authorization: Basic YTpi"), .get(.hit))
        }
        for (name, line) in [
            ("private", "private, max-age=3600"), ("proxy-revalidate", "proxy-revalidate, max-age=3600"),
            ("immutable", "immutable, max-age=3600"), ("no-transform", "no-transform, max-age=3600"),
        ] {
            Case(
                "9111-3.5-authorization-with-\(name)", .required, "\(name) does not allow to store a response to Authorization",
                origin: .answer("Cache-Control: \(line)"), steps: .get(.fetched, with: "Authorization: Basic YTpi"), .get(.fetched))
        }
        Case(
            "9111-3.5-authorization-does-not-bar-hits", .optional, "a request with Authorization is answered by what is public",
            origin: .answer("Cache-Control: public, max-age=3600"), steps: .get(.fetched),
            .get(.hit, with: "Authorization: Basic YTpi"))

        Case(
            "9111-5.2.2.3-must-understand", .optional, "must-understand overrides no-store where the status is understood",
            origin: .answer("Cache-Control: must-understand, no-store, max-age=3600"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-5.2.2.3-must-understand-unknown-status", .required, "must-understand forbids storing an unknown status",
            origin: .answer("Cache-Control: must-understand, max-age=3600", status: 299), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.2.2.3-must-understand-no-store-unknown-status", .required, "and with no-store as well",
            origin: .answer("Cache-Control: no-store, must-understand, max-age=3600", status: 499), steps: .get(.fetched),
            .get(.fetched))

        Case(
            "9111-7.3-set-cookie", .optional, "Set-Cookie does not keep a response from being stored, and stays in it",
            origin: .fresh("Set-Cookie: a=1", "Set-Cookie: b=2"), steps: .get(.fetched, .field("Set-Cookie", "a=1, b=2")),
            .get(.hit, .field("Set-Cookie", "a=1, b=2")))
        Case(
            "9111-3-cookie-in-request", .optional, "Cookie in the request is no reason not to store",
            origin: .fresh(), steps: .get(.fetched, with: "Cookie: a=1"), .get(.hit, with: "Cookie: a=2"))

        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
            Case(
                "9111-3-\(method.lowercased())-not-stored", .required, "a response to \(method) answers no other request",
                origin: .fresh(), steps: .send(method, .fetched, body: "x"), .send(method, .fetched, body: "x"), .get(.fetched))
        }
        Case(
            "9111-4-get-does-not-answer-post", .required, "a stored response to GET answers no POST",
            origin: .fresh(), steps: .get(.fetched), .send("POST", .fetched, body: "x"))
        Case(
            "9111-3-nothing-to-go-by", .required, "without lifetime, validator and public nothing is reused",
            origin: .answer(status: 202), steps: .get(.fetched), .get(.fetched))
    }
}
