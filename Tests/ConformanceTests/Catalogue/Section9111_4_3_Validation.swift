import Testing

extension ConformanceTests {
    @Test(arguments: validation)
    func validation(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 4.3 and RFC 9110 section 13: validation, and conditions that clients make.
    @CaseList static var validation: [ConformanceCase] {
        Case(
            "9111-4.3.1-entity-tag", .required, "validation sends the entity tag as it came",
            origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated, .forwarded("If-None-Match", "\"a\""), .status(200)), .get(.hit))
        Case(
            "9111-4.3.1-weak-entity-tag", .required, "a weak entity tag serves as well",
            origin: .stale("ETag: W/\"a\""), .notModified("ETag: W/\"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated, .forwarded("If-None-Match", "W/\"a\"")), .get(.hit))
        Case(
            "9111-4.3.1-last-modified", .optional, "Last-Modified is sent as it came",
            origin: .stale("Last-Modified: {now-1000}"), .notModified("Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated, .forwarded("If-Modified-Since", "{now-1000}")), .get(.hit))
        Case(
            "9111-4.3.1-both", .optional, "both validators are sent where there are both",
            origin: .stale("ETag: \"a\"", "Last-Modified: {now-1000}"), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched),
            .get(.validated, .forwarded("If-None-Match", "\"a\""), .forwarded("If-Modified-Since", "{now-1000}")), .get(.hit))
        Case(
            "9111-4.3.1-strange-entity-tag", .required, "an entity tag may have a comma in it",
            origin: .stale("ETag: \"a, b\""), .notModified("ETag: \"a, b\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated, .forwarded("If-None-Match", "\"a, b\"")), .get(.hit))
        Case(
            "9111-4.3.3-changed", .required, "a full response replaces what is stored",
            origin: .stale("ETag: \"a\"", "X-Old: 1"), .fresh("ETag: \"b\""),
            steps: .get(.fetched), .get(.fetched, .lacks("X-Old"), .forwarded("If-None-Match", "\"a\"")),
            .get(.hitOf(2), .lacks("X-Old"), .field("ETag", "\"b\"")))
        Case(
            "9111-4.3.3-client-without-condition", .required, "a client without a condition never sees the 304",
            origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\""), steps: .get(.fetched), .get(.validated, .status(200)))
        Case(
            "9111-4.3.4-weak-304-for-strong", .optional, "a 304 with the weak form of the tag is for the one response asked about",
            origin: .stale("ETag: \"a\""), .notModified("ETag: W/\"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated), .get(.hit))

        for (name, value) in [
            ("same", "\"a\""), ("weak", "W/\"a\""), ("in-list", "\"x\", \"a\", \"y\""), ("list-without-space", "\"x\",\"a\""),
            ("star", "*"), ("empty-members", ", \"a\","), ("tag-with-comma-before", "\"x, y\", \"a\""),
        ] {
            Case(
                "9110-13.1.2-match-\(name)", .optional, "If-None-Match that matches is answered from the store: \(value)",
                origin: .fresh("ETag: \"a\""), steps: .get(.fetched), .get(.hit, .status(304), with: "If-None-Match: \(value)"))
        }
        for (name, value) in [("other", "\"b\""), ("case", "\"A\""), ("prefix", "\"aa\""), ("in-quotes", "\"x, a\"")] {
            Case(
                "9110-13.1.2-no-match-\(name)", .required, "If-None-Match that does not match gets the content: \(value)",
                origin: .fresh("ETag: \"a\""), steps: .get(.fetched), .get(.hit, .status(200), with: "If-None-Match: \(value)"))
        }
        Case(
            "9110-13.1.2-no-match-unquoted", .optional, "what is no entity tag matches nothing",
            origin: .fresh("ETag: \"a\""), steps: .get(.fetched), .get(.bodyOf(1), .status(200), with: "If-None-Match: a"))
        Case(
            "9110-13.1.2-weak-stored", .required, "the comparison is weak",
            origin: .fresh("ETag: W/\"a\""), steps: .get(.fetched), .get(.hit, .status(304), with: "If-None-Match: \"a\""))
        Case(
            "9110-13.1.2-two-lines", .optional, "If-None-Match may have several lines",
            origin: .fresh("ETag: \"a\""), steps: .get(.fetched),
            .get(.hit, .status(304), with: "If-None-Match: \"x\"", "If-None-Match: \"a\""))
        Case(
            "9110-13.1.2-head", .optional, "HEAD with If-None-Match that matches gets 304",
            origin: .fresh("ETag: \"a\""), steps: .get(.fetched), .head(.hit, .status(304), with: "If-None-Match: \"a\""))
        Case(
            "9110-13.1.3-not-since", .optional, "not modified since: 304 from the store",
            origin: .fresh("Last-Modified: {now-1000}"), steps: .get(.fetched),
            .get(.hit, .status(304), with: "If-Modified-Since: {now-1000}"))
        Case(
            "9110-13.1.3-not-since-later", .optional, "not modified since a later time: 304 from the store",
            origin: .fresh("Last-Modified: {now-1000}"), steps: .get(.fetched),
            .get(.hit, .status(304), with: "If-Modified-Since: {asctime now-500}"))
        Case(
            "9110-13.1.3-since", .required, "modified since: the content",
            origin: .fresh("Last-Modified: {now-1000}"), steps: .get(.fetched),
            .get(.hit, .status(200), with: "If-Modified-Since: {now-2000}"))
        Case(
            "9110-13.1.3-invalid", .required, "If-Modified-Since that is no date is passed over",
            origin: .fresh("Last-Modified: {now-1000}"), steps: .get(.fetched),
            .get(.hit, .status(200), with: "If-Modified-Since: recently"))
        Case(
            "9110-13.1.3-beside-if-none-match", .required, "If-None-Match goes before If-Modified-Since",
            origin: .fresh("ETag: \"a\"", "Last-Modified: {now-1000}"), steps: .get(.fetched),
            .get(.hit, .status(200), with: "If-None-Match: \"b\"", "If-Modified-Since: {now}"),
            .get(.hit, .status(304), with: "If-None-Match: \"a\"", "If-Modified-Since: {now-5000}"))
        Case(
            "9111-4.3.2-date-for-last-modified", .optional, "without Last-Modified, Date takes its place",
            origin: .fresh("Date: {now-1000}"), steps: .get(.fetched),
            .get(.hit, .status(304), with: "If-Modified-Since: {now-500}"),
            .get(.hit, .status(200), with: "If-Modified-Since: {now-2000}"))
        Case(
            "9110-15.4.5-fields-of-304", .required, "a 304 has the fields that a 200 would have had",
            origin: .fresh("ETag: \"a\"", "Vary: X", "Expires: {now+3600}", "Content-Location: {path}", "Date: {now-10}"),
            steps: .get(.fetched),
            .get(
                .hit, .status(304), .field("ETag", "\"a\""), .field("Vary", "X"), .field("Expires", "{now+3600}"),
                .field("Content-Location", "{path}"), .field("Date", "{now-10}"), .field("Cache-Control", "max-age=3600"),
                with: "If-None-Match: \"a\""))
        Case(
            "9110-15.4.5-no-content", .required, "a 304 has no content, and the connection goes on",
            origin: .fresh("ETag: \"a\""), steps: .get(.fetched), .get(.hit, .status(304), with: "If-None-Match: \"a\""),
            .get(.hit, .status(200)).onSameConnection())
        Case(
            "9111-4.3.2-only-200", .optional, "a condition does not turn a stored 404 into 304",
            origin: .fresh("ETag: \"a\"", status: 404), steps: .get(.fetched),
            .get(.hit, .status(404), with: "If-None-Match: \"a\""))
        for line in ["If-Match: \"a\"", "If-Unmodified-Since: {now}"] {
            Case(
                "9111-4.3.2-\(line.prefix { $0 != ":" })", .optional, "this condition is for the origin: \(line)",
                origin: .fresh("ETag: \"a\"", "Last-Modified: {now-1000}"), steps: .get(.fetched),
                .get(.requests(1), .forwardedHas(String(line.prefix { $0 != ":" })), with: line))
        }

        Case(
            "9111-4.3.2-miss-forwards-tag", .required,
            "a condition on what is not stored goes to the origin, and 304 to the client",
            origin: .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"), .fresh("ETag: \"a\""),
            steps: .get(.requests(1), .status(304), .forwarded("If-None-Match", "\"a\""), with: "If-None-Match: \"a\""),
            .get(.fetched, .status(200)))
        Case(
            "9111-4.3.2-miss-forwards-date", .required, "and so does a date",
            origin: .notModified("Cache-Control: max-age=3600"), .fresh(),
            steps: .get(.requests(1), .status(304), .forwardedHas("If-Modified-Since"), with: "If-Modified-Since: {now-10}"),
            .get(.fetched, .status(200)))
        Case(
            "9111-4.3.2-miss-stores-200", .optional, "a full answer to a client's condition is stored",
            origin: .fresh("ETag: \"b\""), steps: .get(.fetched, .status(200), with: "If-None-Match: \"a\""), .get(.hit))
        Case(
            "9111-4.3.2-stale-and-match", .optional, "a client that has what is stored gets 304 after validation",
            origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.requests(1), .status(304), with: "If-None-Match: \"a\""), .get(.hit, .status(200)))
        Case(
            "9111-4.3.2-stale-and-other", .required, "a client with something else gets the content after validation",
            origin: .stale("ETag: \"a\""), .fresh("ETag: \"c\""),
            steps: .get(.fetched), .get(.fetched, .status(200), with: "If-None-Match: \"b\""), .get(.hitOf(2)))

        Case(
            "9111-4.3.5-head-freshens", .optional, "HEAD with the same validator and length freshens what GET stored",
            origin: .stale("ETag: \"a\"", "X: 1"), .fresh("ETag: \"a\"", "X: 2", body: "answer 1"),
            steps: .get(.fetched), .head(.requests(1)), .get(.hit, .field("X", "2"), .body("answer 1")))
        Case(
            "9111-4.3.5-head-other-tag", .optional, "HEAD with another entity tag makes stale what GET stored",
            origin: .fresh("ETag: \"a\"", body: "12345678"), .fresh("ETag: \"b\"", body: "12345678"), .fresh("ETag: \"b\""),
            steps: .get(.fetched), .head(.requests(1), with: "Cache-Control: no-cache"), .get(.requests(1), .bodyOf(3)))
        Case(
            "9111-4.3.5-head-other-length", .optional, "HEAD with another length makes stale what GET stored",
            origin: .fresh(body: "12345678"), .fresh(body: "123456789"), .fresh(),
            steps: .get(.fetched), .head(.requests(1), with: "Cache-Control: no-cache"), .get(.requests(1), .bodyOf(3)))
    }
}
