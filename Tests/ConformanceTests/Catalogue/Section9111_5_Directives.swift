import Testing

extension ConformanceTests {
    @Test(arguments: directives)
    func directives(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 sections 5.2.1, 5.4 and 5.5, and RFC 9213: directives of requests, targeted fields, fields of the past.
    @CaseList static var directives: [ConformanceCase] {
        for (name, line) in [
            ("max-age-enough", "max-age=1000"), ("max-age-capitals", "MAX-AGE=1000"), ("max-age-quoted", "max-age=\"1000\""),
            ("min-fresh-enough", "min-fresh=1000"), ("unknown", "frobnicate=1"), ("no-transform", "no-transform"),
            ("only-if-cached", "only-if-cached"), ("only-if-cached-capitals", "Only-If-Cached"), ("max-stale-fresh", "max-stale"),
            ("both-enough", "max-age=1000, min-fresh=100"), ("max-stale-beside-max-age", "max-age=1000, max-stale=10"),
            ("quoted-lookalike", "a=\"no-cache\""),
        ] {
            Case(
                "9111-5.2.1-hit-\(name)", .optional, "a request with \(line) is answered from the store",
                origin: .fresh("Age: 100"), steps: .get(.fetched), .get(.hit, with: "Cache-Control: \(line)"))
        }
        for (name, requirement, line) in [
            ("max-age", Requirement.required, "max-age=50"), ("max-age-zero", .required, "max-age=0"),
            ("max-age-second-member", .required, "foo, max-age=0"), ("min-fresh", .required, "min-fresh=3550"),
            ("min-fresh-huge", .required, "min-fresh=99999999999999999999"), ("no-cache", .required, "no-cache"),
            ("no-cache-capitals", .required, "NO-CACHE"), ("no-cache-among-others", .required, "max-age=1000, no-cache, max-stale"),
        ] {
            Case(
                "9111-5.2.1-miss-\(name)", requirement, "a request with \(line) is not answered without the origin",
                origin: .fresh("Age: 100"), steps: .get(.fetched), .get(.fetched, with: "Cache-Control: \(line)"))
        }
        Case(
            "9111-5.2.1.4-validates", .optional, "no-cache is content with validation",
            origin: .fresh("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.requests(1), .bodyOf(1), .status(200), with: "Cache-Control: no-cache"), .get(.hit))
        Case(
            "9111-5.2.1.4-second-line", .required, "no-cache counts in a second line",
            origin: .fresh(), steps: .get(.fetched), .get(.fetched, with: "Cache-Control: max-stale", "Cache-Control: no-cache"))
        Case(
            "9111-5.2.1.4-replaces", .optional, "what no-cache fetched answers the next request",
            origin: .fresh(), steps: .get(.fetched), .get(.fetched, with: "Cache-Control: no-cache"), .get(.hitOf(2)))
        Case(
            "9111-5.2.1.7-miss", .optional, "only-if-cached and nothing stored: 504",
            origin: .fresh(), steps: .get(.noRequest, .status(504), with: "Cache-Control: only-if-cached"), .get(.fetched))
        Case(
            "9111-5.2.1.7-stale", .optional, "only-if-cached and nothing fresh: 504",
            origin: .stale("ETag: \"a\""), steps: .get(.fetched),
            .get(.noRequest, .status(504), with: "Cache-Control: only-if-cached"))
        Case(
            "9111-5.2.1.7-other-variant", .optional, "only-if-cached and another variant stored: 504",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"),
            .get(.noRequest, .status(504), with: "X: 2", "Cache-Control: only-if-cached"))
        Case(
            "9111-5.2.1.7-max-stale", .optional, "only-if-cached with max-stale takes what is stale",
            origin: .stale(), steps: .get(.fetched), .get(.hit, with: "Cache-Control: only-if-cached, max-stale"))
        Case(
            "9111-5.2.1.6-no-transform", .required, "with no-transform the content is not touched",
            origin: .fresh("Cache-Control: no-transform", "Content-Type: text/plain", body: "  spaces  and\ttabs  "),
            steps: .get(.fetched, .body("  spaces  and\ttabs  "), with: "Cache-Control: no-transform"), .get(.hit))
        Case(
            "9111-5.2-forwarded", .required, "Cache-Control passes in both directions",
            origin: .fresh("Cache-Control: frobnicate"),
            steps: .get(
                .fetched, .field("Cache-Control", "max-age=3600, frobnicate"), .forwardedContains("Cache-Control", "quux=1"),
                with: "Cache-Control: quux=1"),
            .get(.hit, .field("Cache-Control", "max-age=3600, frobnicate")))

        Case(
            "9111-5.4-pragma", .optional, "Pragma: no-cache counts where there is no Cache-Control",
            origin: .fresh(), steps: .get(.fetched), .get(.fetched, with: "Pragma: no-cache"))
        Case(
            "9111-5.4-pragma-beside-cache-control", .optional, "and is passed over where there is",
            origin: .fresh(), steps: .get(.fetched), .get(.hit, with: "Pragma: no-cache", "Cache-Control: max-age=1000"))
        Case(
            "9111-5.4-pragma-unknown", .optional, "another Pragma means nothing",
            origin: .fresh(), steps: .get(.fetched), .get(.hit, with: "Pragma: frobnicate"))
        Case(
            "9111-5.4-pragma-in-response", .optional, "Pragma in a response means nothing",
            origin: .fresh("Pragma: no-cache"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-5.5-warning", .optional, "Warning is not served from the store",
            origin: .fresh("Warning: 110 - \"Response is Stale\""), steps: .get(.fetched), .get(.hit, .lacks("Warning")))
        Case(
            "9111-5.5-warning-in-304", .optional, "nor one that came with a 304",
            origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600", "Warning: 199 - \"x\""),
            steps: .get(.fetched), .get(.validated), .get(.hit, .lacks("Warning")))

        for (name, requirement, targeted, general) in [
            ("over-no-store", Requirement.required, "max-age=3600", "no-store"),
            ("over-max-age", .required, "max-age=3600", "max-age=0"),
            ("over-private", .required, "max-age=3600", "private"), ("parameters", .required, "max-age=3600;x=1", "no-store"),
            ("unknown-member", .required, "x=1, max-age=3600", "no-store"),
            ("last-of-two", .required, "max-age=0, max-age=3600", "no-store"),
            ("invalid", .required, "max-age=", "max-age=3600"), ("not-a-dictionary", .required, "no-store; ;", "max-age=3600"),
            ("upper-case-key", .required, "No-Store", "max-age=3600"), ("empty", .required, "", "max-age=3600"),
            ("broken-behind", .required, "no-store, ,", "max-age=3600"),
        ] {
            Case(
                "9213-2-hit-\(name)", requirement, "CDN-Cache-Control: \(targeted), Cache-Control: \(general)",
                origin: .answer("CDN-Cache-Control: \(targeted)", "Cache-Control: \(general)"), steps: .get(.fetched), .get(.hit))
        }
        for (name, targeted) in [
            ("no-store", "no-store"), ("zero", "max-age=0"), ("private", "private, max-age=3600"),
            ("no-cache", "no-cache, max-age=3600"),
        ] {
            Case(
                "9213-2-miss-\(name)", .required, "CDN-Cache-Control: \(targeted) goes before Cache-Control: max-age=3600",
                origin: .fresh("CDN-Cache-Control: \(targeted)"), steps: .get(.fetched), .get(.fetched))
        }
        Case(
            "9213-2-over-expires", .required, "CDN-Cache-Control goes before Expires",
            origin: .answer("CDN-Cache-Control: max-age=3600", "Expires: {now-60}"), steps: .get(.fetched), .get(.hit))
        Case(
            "9213-2-two-lines", .required, "CDN-Cache-Control may have several lines",
            origin: .answer("CDN-Cache-Control: x", "CDN-Cache-Control: max-age=3600", "Cache-Control: no-store"),
            steps: .get(.fetched), .get(.hit))
        Case(
            "9213-2-other-target", .required, "a field for somebody else means nothing",
            origin: .fresh("Example-Cache-Control: no-store"), steps: .get(.fetched), .get(.hit))
    }
}
