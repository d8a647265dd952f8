import Testing

extension ConformanceTests {
    @Test(arguments: staleness)
    func staleness(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 4.2.4, RFC 5861 and RFC 8246: when a stale response may be served.
    @CaseList static var staleness: [ConformanceCase] {
        Case(
            "9111-4.2.4-stale-is-fetched", .required, "what is stale and has no validator is fetched anew",
            origin: .stale(), .fresh(), steps: .get(.fetched), .get(.fetched, .forwardedLacks("If-None-Match")), .get(.hitOf(2)))
        for (name, directive) in [
            ("must-revalidate", "must-revalidate"), ("proxy-revalidate", "proxy-revalidate"), ("s-maxage", "s-maxage=60"),
            ("no-cache", "no-cache"), ("nothing", "public"),
        ] {
            Case(
                "9111-4.2.4-disconnected-\(name)", name == "nothing" ? .optional : .required,
                "without an answer from the origin: an error, with \(directive)",
                origin: .stale("Cache-Control: \(directive)"), .raw(""), steps: .get(.fetched), .get(.status(502, 504)))
            Case(
                "9111-4.2.4-error-\(name)", name == "nothing" ? .optional : .required,
                "an error of the origin is passed on, with \(directive)",
                origin: .stale("Cache-Control: \(directive)"), .answer(status: 503), steps: .get(.fetched),
                .get(.fetched, .status(503)))
        }
        Case(
            "9111-4.2.4-error-leaves-stored", .optional, "an error of the origin does not take the stored response away",
            origin: .stale("ETag: \"a\""), .answer(status: 503), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.fetched, .status(503)), .get(.validated, .status(200)))
        Case(
            "9111-4.3.3-404-replaces", .optional, "another answer than 304 or 5xx replaces what is stored",
            origin: .stale("ETag: \"a\""), .fresh(status: 404), steps: .get(.fetched), .get(.fetched, .status(404)),
            .get(.hitOf(2), .status(404)))

        Case(
            "9111-5.2.1.2-max-stale", .optional, "max-stale takes anything stale",
            origin: .stale(), steps: .get(.fetched), .get(.hit, .age(100...130), with: "Cache-Control: max-stale"))
        Case(
            "9111-5.2.1.2-max-stale-enough", .optional, "max-stale=N takes what is no staler",
            origin: .stale(), steps: .get(.fetched), .get(.hit, with: "Cache-Control: max-stale=1000"))
        Case(
            "9111-5.2.1.2-max-stale-too-little", .required, "max-stale=N does not take what is staler",
            origin: .stale(), steps: .get(.fetched), .get(.fetched, with: "Cache-Control: max-stale=10"))
        Case(
            "9111-5.2.1.2-max-stale-quoted", .optional, "the argument may be quoted",
            origin: .stale(), steps: .get(.fetched), .get(.hit, with: "Cache-Control: max-stale=\"1000\""))
        Case(
            "9111-5.2.1.2-max-stale-invalid", .optional, "max-stale with an argument that is no number takes nothing stale",
            origin: .stale(), steps: .get(.fetched), .get(.fetched, with: "Cache-Control: max-stale=long"))
        for directive in ["must-revalidate", "proxy-revalidate", "s-maxage=60", "no-cache"] {
            Case(
                "9111-5.2.1.2-max-stale-\(directive.replacing("=", with: "-"))", .required,
                "max-stale does not help against \(directive)",
                origin: .stale("Cache-Control: \(directive)"), steps: .get(.fetched),
                .get(.fetched, with: "Cache-Control: max-stale"))
        }

        Case(
            "5861-3-serves-stale", .optional, "within stale-while-revalidate the stale response is served, and validated meanwhile",
            origin: .stale("Cache-Control: stale-while-revalidate=1000"), .fresh(),
            steps: .get(.fetched), .get(.bodyOf(1), .age(100...130), .cacheStatus("hit"), .eventually(2)), .get(.hitOf(2)).polled())
        Case(
            "5861-3-validates-in-background", .optional, "the validation has the stored validator, and freshens",
            origin: .stale("Cache-Control: stale-while-revalidate=1000", "ETag: \"a\""),
            .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "Age: 0"),
            steps: .get(.fetched), .get(.bodyOf(1), .eventually(2), .forwarded("If-None-Match", "\"a\"")),
            .get(.hit, .age(0...30)).polled())
        Case(
            "5861-3-does-not-wait", .optional, "the stale response comes before the origin has answered",
            origin: .stale("Cache-Control: stale-while-revalidate=1000"), .fresh().holding(.beforeHead),
            steps: .get(.fetched), .get(.bodyOf(1)).together(2).beforeRelease(), .get(.hitOf(2)).polled())
        Case(
            "5861-3-window-over", .required, "past stale-while-revalidate nothing stale is served",
            origin: .stale("Cache-Control: stale-while-revalidate=10"), steps: .get(.fetched), .get(.fetched))
        Case(
            "5861-3-error-in-background", .optional, "an error in the background leaves the stored response",
            origin: .stale("Cache-Control: stale-while-revalidate=1000"), .answer(status: 500),
            steps: .get(.fetched), .get(.bodyOf(1), .eventually(2)), .get(.bodyOf(1), .status(200)))
        Case(
            "5861-3-must-revalidate", .required, "must-revalidate forbids it",
            origin: .stale("Cache-Control: stale-while-revalidate=1000, must-revalidate"), steps: .get(.fetched), .get(.fetched))
        Case(
            "5861-3-invalid", .required, "stale-while-revalidate without a number allows nothing",
            origin: .stale("Cache-Control: stale-while-revalidate=yes"), steps: .get(.fetched), .get(.fetched))
        Case(
            "5861-3-request-no-cache", .required, "a request with no-cache is not served from it",
            origin: .stale("Cache-Control: stale-while-revalidate=1000"), steps: .get(.fetched),
            .get(.fetched, with: "Cache-Control: no-cache"))

        for status in [500, 502, 503, 504] {
            Case(
                "5861-4-\(status)", .optional, "within stale-if-error the stale response is served in place of \(status)",
                origin: .stale("Cache-Control: stale-if-error=1000"), .answer(status: status),
                steps: .get(.fetched), .get(.requests(1), .bodyOf(1), .status(200), .age(100...130)))
        }
        Case(
            "5861-4-disconnected", .optional, "and in place of no answer at all",
            origin: .stale("Cache-Control: stale-if-error=1000"), .raw(""),
            steps: .get(.fetched), .get(.bodyOf(1), .status(200), .age(100...130)))
        Case(
            "5861-4-malformed", .optional, "and in place of an answer that is none",
            origin: .stale("Cache-Control: stale-if-error=1000"), .raw("HTTP/1.1 two hundred\r\n\r\n"),
            steps: .get(.fetched), .get(.bodyOf(1), .status(200)))
        for status in [404, 501] {
            Case(
                "5861-4-not-\(status)", .optional, "\(status) is no error in this sense",
                origin: .stale("Cache-Control: stale-if-error=1000"), .answer(status: status),
                steps: .get(.fetched), .get(.fetched, .status(status)))
        }
        Case(
            "5861-4-window-over", .required, "past stale-if-error the error is passed on",
            origin: .stale("Cache-Control: stale-if-error=10"), .answer(status: 503), steps: .get(.fetched),
            .get(.fetched, .status(503)))
        Case(
            "5861-4-in-request", .optional, "a request may allow it",
            origin: .stale(), .answer(status: 503), steps: .get(.fetched),
            .get(.requests(1), .bodyOf(1), .status(200), with: "Cache-Control: stale-if-error=1000"))
        Case(
            "5861-4-must-revalidate", .required, "must-revalidate forbids it",
            origin: .stale("Cache-Control: stale-if-error=1000, must-revalidate"), .answer(status: 503),
            steps: .get(.fetched), .get(.fetched, .status(503)))
        Case(
            "5861-4-recovers", .optional, "when the origin answers again, its answer is served",
            origin: .stale("Cache-Control: stale-if-error=1000"), .answer(status: 503), .fresh(),
            steps: .get(.fetched), .get(.requests(1), .bodyOf(1)), .get(.fetched, .bodyOf(3)), .get(.hitOf(3)))

        Case(
            "8246-2-fresh", .optional, "what is immutable and fresh is reused",
            origin: .fresh("Cache-Control: immutable"), steps: .get(.fetched), .get(.hit))
        Case(
            "8246-2-stale", .required, "immutable says nothing of what is stale",
            origin: .stale("Cache-Control: immutable", "ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated))
        Case(
            "8246-2-no-lifetime", .required, "immutable is no lifetime",
            origin: .answer("Cache-Control: immutable"), steps: .get(.fetched), .get(.fetched))
        Case(
            "8246-2-argument", .optional, "an argument of immutable is passed over",
            origin: .answer("Cache-Control: immutable=1, max-age=3600"), steps: .get(.fetched), .get(.hit))
        Case(
            "8246-2-forced-reload", .optional, "a client can still force a reload",
            origin: .fresh("Cache-Control: immutable"), steps: .get(.fetched), .get(.fetched, with: "Cache-Control: no-cache"))
    }
}
