import Testing

extension ConformanceTests {
    @Test(arguments: storedFields)
    func storedFields(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 sections 3.1, 3.2 and 4.3.4: which fields are stored, and which a 304 changes.
    @CaseList static var storedFields: [ConformanceCase] {
        for name in ["Keep-Alive", "Proxy-Connection", "Upgrade", "TE"] {
            Case(
                "9111-3.1-\(name)", .required, "\(name) is neither passed on nor stored",
                origin: .fresh("Connection: \(name)", "\(name): x"), steps: .get(.fetched, .lacks(name)), .get(.hit, .lacks(name)))
        }
        Case(
            "9111-3.1-connection-listed", .required, "fields that Connection names are not stored",
            origin: .fresh("Connection: X-Hop, x-second", "X-Hop: 1", "X-Second: 2", "X-End: 3"),
            steps: .get(.fetched, .lacks("X-Hop"), .lacks("X-Second"), .field("X-End", "3")),
            .get(.hit, .lacks("X-Hop"), .lacks("X-Second"), .field("X-End", "3")))
        Case(
            "9111-3.1-connection-two-lines", .required, "Connection may have several lines",
            origin: .fresh("Connection: X-Hop", "Connection: X-Second", "X-Hop: 1", "X-Second: 2"),
            steps: .get(.fetched, .lacks("X-Hop"), .lacks("X-Second")), .get(.hit, .lacks("X-Hop"), .lacks("X-Second")))
        Case(
            "9111-3.1-unknown-fields", .required, "unknown fields are stored",
            origin: .fresh("X-Unknown: some value", "Example: 1"),
            steps: .get(.fetched), .get(.hit, .field("X-Unknown", "some value"), .field("Example", "1")))
        Case(
            "9111-3.1-order-of-lines", .required, "several lines of a field keep their order",
            origin: .fresh("Link: </a>", "X: 1", "Link: </b>", "Link: </c>"),
            steps: .get(.fetched), .get(.hit, .field("Link", "</a>, </b>, </c>")))
        Case(
            "9111-3.1-latin-1-value", .optional, "bytes past ASCII in a value survive",
            origin: .fresh("X-Name: caf\u{E9}"), steps: .get(.fetched, .field("X-Name", "caf\u{E9}")),
            .get(.hit, .field("X-Name", "caf\u{E9}")))
        Case(
            "9111-3.1-empty-value", .optional, "an empty value is a value",
            origin: .fresh("X-Empty:"), steps: .get(.fetched, .field("X-Empty", "")), .get(.hit, .field("X-Empty", "")))
        Case(
            "9111-3.1-representation-metadata", .required, "what describes the content is stored with it",
            origin: .fresh(
                "Content-Type: text/x-scripted", "Content-Language: da", "ETag: \"a\"", "Last-Modified: {now-1000}",
                "Content-Location: {path}"),
            steps: .get(.fetched),
            .get(
                .hit, .field("Content-Type", "text/x-scripted"), .field("Content-Language", "da"), .field("ETag", "\"a\""),
                .field("Last-Modified", "{now-1000}"), .field("Content-Location", "{path}")))
        Case(
            "9110-8.4-coded-content", .required, "coded content passes and is stored byte for byte",
            origin: .fresh("Content-Encoding: gzip", body: "\u{1F}\u{8B}\u{8}\u{0}\u{FF}\u{FE} not really"),
            steps: .get(.fetched, .field("Content-Encoding", "gzip")), .get(.hit, .field("Content-Encoding", "gzip")))
        Case(
            "9110-8.4-plain-content-stays-plain", .required, "plain content comes plain, however it is kept",
            origin: .fresh("Content-Type: text/plain", body: String(repeating: "larder and pantry. ", count: 20_000)),
            steps: .get(.fetched, .lacks("Content-Encoding"), with: "Accept-Encoding: gzip"), .get(.hit, .lacks("Content-Encoding"))
        )
        Case(
            "9110-6.4-empty-content", .required, "empty content is content",
            origin: .fresh(body: ""), steps: .get(.fetched, .field("Content-Length", "0")), .get(.hit, .body(""), .status(200)))

        Case(
            "9111-4.3.4-freshens", .required, "a 304 makes the stored response fresh",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=3600", "ETag: \"a\""),
            steps: .get(.fetched), .get(.validated, .status(200)), .get(.hit))
        Case(
            "9111-3.2-field-changes", .required, "a 304 replaces fields of the stored response",
            origin: .stale("ETag: \"a\"", "X: 1"), .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "X: 2"),
            steps: .get(.fetched, .field("X", "1")), .get(.validated, .field("X", "2")), .get(.hit, .field("X", "2")))
        Case(
            "9111-3.2-field-is-added", .required, "a 304 adds fields that the stored response lacks",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "X-New: n"),
            steps: .get(.fetched), .get(.validated, .field("X-New", "n")), .get(.hit, .field("X-New", "n")))
        Case(
            "9111-3.2-all-lines-are-replaced", .required, "all lines of a field make way for those of the 304",
            origin: .stale("ETag: \"a\"", "X: 1", "X: 2"),
            .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "X: 3", "X: 4"),
            steps: .get(.fetched), .get(.validated, .field("X", "3, 4")), .get(.hit, .field("X", "3, 4")))
        Case(
            "9111-3.2-other-fields-stay", .required, "fields that the 304 lacks stay",
            origin: .stale("ETag: \"a\"", "X-Kept: k", "Content-Type: text/x-a"),
            .notModified("Cache-Control: max-age=3600", "ETag: \"a\""),
            steps: .get(.fetched), .get(.validated, .field("X-Kept", "k")),
            .get(.hit, .field("X-Kept", "k"), .field("Content-Type", "text/x-a")))
        for (name, value) in [("Set-Cookie", "a=2"), ("Content-Language", "fr"), ("Server", "scripted/2"), ("Link", "</new>")] {
            Case(
                "9111-3.2-updates-\(name)", .required, "a 304 updates \(name)",
                origin: .stale("ETag: \"a\"", "\(name): old"),
                .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "\(name): \(value)"),
                steps: .get(.fetched), .get(.validated, .field(name, value)), .get(.hit, .field(name, value)))
        }
        Case(
            "9111-3.2-content-length-stays", .required, "Content-Length of a 304 changes nothing",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "Content-Length: 3"),
            steps: .get(.fetched), .get(.validated), .get(.hit, .body("answer 1")))
        for (name, value) in [("Content-Encoding", "gzip"), ("Content-Range", "bytes 0-1/2"), ("Content-MD5", "x")] {
            Case(
                "9111-3.2-\(name)-stays", .optional, "\(name) of a 304 does not describe the stored content",
                origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "\(name): \(value)"),
                steps: .get(.fetched), .get(.validated, .lacks(name)), .get(.hit, .lacks(name)))
        }
        Case(
            "9111-3.2-connection-of-304", .required, "fields that belong to the 304's connection change nothing",
            origin: .stale("ETag: \"a\"", "X: 1"),
            .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "Connection: X", "X: 2"),
            steps: .get(.fetched), .get(.validated, .field("X", "1")), .get(.hit, .field("X", "1")))
        Case(
            "9111-3.2-lifetime-shortens", .required, "a 304 can take freshness away",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=0", "ETag: \"a\""),
            steps: .get(.fetched), .get(.validated), .get(.validated))
        Case(
            "9111-3.2-age-of-304", .required, "the age is that of the 304, not of what was stored",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "Age: 500"),
            steps: .get(.fetched), .get(.validated), .get(.hit, .age(500...530)))
        Case(
            "9111-3.2-date-of-304", .required, "the date is that of the 304",
            origin: .answer("Cache-Control: max-age=60", "ETag: \"a\"", "Date: {now-1000}"),
            .notModified("Cache-Control: max-age=3600", "ETag: \"a\"", "Date: {now-10}"),
            steps: .get(.fetched), .get(.validated), .get(.hit, .age(10...40)))
        Case(
            "9111-4.3.4-no-store-in-304", .optional, "no-store in a 304 ends the storing",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: no-store, max-age=3600", "ETag: \"a\""), .fresh(),
            steps: .get(.fetched), .get(.validated), .get(.requests(1), .bodyOf(3)))
        Case(
            "9111-4.3.4-without-validator", .required, "a 304 without a validator means what was asked about",
            origin: .stale("Last-Modified: {now-1000}"), .notModified("Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated), .get(.hit))
        Case(
            "9111-4.3.4-other-validator", .optional, "a 304 with another strong validator freshens nothing",
            origin: .stale("ETag: \"a\""), .notModified("Cache-Control: max-age=3600", "ETag: \"b\""), .fresh("ETag: \"b\""),
            steps: .get(.fetched), .get(.requests(2), .bodyOf(3)), .get(.hitOf(3)))
    }
}
