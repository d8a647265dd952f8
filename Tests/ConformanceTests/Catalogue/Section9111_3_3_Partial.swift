import Testing

extension ConformanceTests {
    @Test(arguments: partial)
    func partial(_ one: ConformanceCase) async throws { try await Self.check(one) }

    private static let alphabet = "abcdefghijklmnopqrstuvwxyz"

    /// The bytes `first...last` of the alphabet as 206, fresh, with these lines.
    private static func part(_ first: Int, _ last: Int, _ lines: String..., lifetime: Int = 3600) -> ScriptedAnswer {
        let body = String(decoding: Array(alphabet.utf8)[first...last], as: UTF8.self)
        return ScriptedAnswer(
            status: 206, lines: ["Content-Range: bytes \(first)-\(last)/26", "Cache-Control: max-age=\(lifetime)"] + lines,
            body: body)
    }

    /// RFC 9111 sections 3.3 and 3.4: incomplete responses, stored, completed and combined.
    @CaseList static var partial: [ConformanceCase] {
        Case(
            "9111-3.3-range-forwarded", .optional, "a range of what is not stored is asked of the origin as it is",
            origin: part(0, 3, "ETag: \"a\""),
            steps: .get(
                .fetched, .status(206), .body("abcd"), .forwarded("Range", "bytes=0-3"), .field("Content-Range", "bytes 0-3/26"),
                with: "Range: bytes=0-3"))
        Case(
            "9111-3.3-if-range-forwarded", .required, "and If-Range with it",
            origin: part(0, 3, "ETag: \"a\""),
            steps: .get(
                .fetched, .status(206), .body("abcd"), .forwarded("If-Range", "\"a\""), with: "Range: bytes=0-3", "If-Range: \"a\"")
        )
        Case(
            "9111-3.3-same-range", .optional, "a stored part answers the same range",
            origin: part(0, 3, "ETag: \"a\""),
            steps: .get(.fetched, .body("abcd"), with: "Range: bytes=0-3"),
            .get(.hit, .status(206), .body("abcd"), .field("Content-Range", "bytes 0-3/26"), with: "Range: bytes=0-3"))
        Case(
            "9111-3.3-sub-range", .optional, "a stored part answers a range inside it",
            origin: part(5, 15, "ETag: \"a\""),
            steps: .get(.fetched, .body("fghijklmnop"), with: "Range: bytes=5-15"),
            .get(.hit, .status(206), .body("hij"), .field("Content-Range", "bytes 7-9/26"), with: "Range: bytes=7-9"))
        Case(
            "9111-3.3-suffix", .optional, "a stored end answers a shorter suffix",
            origin: part(16, 25, "ETag: \"a\""),
            steps: .get(.fetched, .body("qrstuvwxyz"), with: "Range: bytes=-10"),
            .get(.hit, .status(206), .body("xyz"), .field("Content-Range", "bytes 23-25/26"), with: "Range: bytes=-3"))
        Case(
            "9111-3.3-other-range", .required, "a stored part does not answer what is not in it",
            origin: part(0, 3, "ETag: \"a\""), part(3, 6, "ETag: \"a\""),
            steps: .get(.fetched, .body("abcd"), with: "Range: bytes=0-3"),
            .get(.requests(1), .status(206), .body("defg"), with: "Range: bytes=3-6"))
        Case(
            "9111-3.3-no-206-for-all", .required, "a stored part is no answer to a request for all",
            origin: part(0, 3), .fresh(body: alphabet),
            steps: .get(.fetched, .body("abcd"), with: "Range: bytes=0-3"), .get(.requests(1), .status(200), .body(alphabet)))
        Case(
            "9111-3.3-head", .required, "nor to HEAD with 206",
            origin: part(0, 3, "ETag: \"a\""), .fresh("ETag: \"a\"", body: alphabet),
            steps: .get(.fetched, .body("abcd"), with: "Range: bytes=0-3"), .head(.status(200), .lacks("Content-Range")))
        Case(
            "9111-3.4-completes", .optional, "a stored beginning is completed",
            origin: part(0, 9, "ETag: \"a\""), part(10, 25, "ETag: \"a\""),
            steps: .get(.fetched, .body("abcdefghij"), with: "Range: bytes=0-9"),
            .get(
                .requests(1), .status(200), .body(alphabet), .forwardedContains("Range", "bytes=10-"),
                .forwarded("If-Range", "\"a\""),
                .lacks("Content-Range")),
            .get(.hit, .status(200), .body(alphabet), .field("Content-Length", "26")))
        Case(
            "9111-3.4-changed-meanwhile", .required, "where it has changed, the new one is served whole",
            origin: part(0, 9, "ETag: \"a\""), .fresh("ETag: \"b\"", body: "0123456789ABCDEFGHIJ012345"),
            steps: .get(.fetched, .body("abcdefghij"), with: "Range: bytes=0-9"),
            .get(.requests(1), .status(200), .body("0123456789ABCDEFGHIJ012345"), .field("ETag", "\"b\"")),
            .get(.hit, .body("0123456789ABCDEFGHIJ012345")))
        Case(
            "9111-3.4-combines", .optional, "two parts make a whole",
            origin: part(0, 12, "ETag: \"a\""), part(13, 25, "ETag: \"a\""),
            steps: .get(.fetched, .body("abcdefghijklm"), with: "Range: bytes=0-12"),
            .get(.fetched, .body("nopqrstuvwxyz"), with: "Range: bytes=13-25"), .get(.hit, .status(200), .body(alphabet)))
        Case(
            "9111-3.4-combines-overlapping", .optional, "parts may overlap",
            origin: part(0, 15, "ETag: \"a\""), part(10, 25, "ETag: \"a\""),
            steps: .get(.fetched, .body("abcdefghijklmnop"), with: "Range: bytes=0-15"),
            .get(.requests(1), .bodyContains("vwxyz"), with: "Range: bytes=10-25"), .get(.hit, .status(200), .body(alphabet)))
        Case(
            "9111-3.4-combines-backwards", .optional, "and come in any order",
            origin: part(13, 25, "ETag: \"a\""), part(0, 12, "ETag: \"a\""),
            steps: .get(.fetched, .body("nopqrstuvwxyz"), with: "Range: bytes=13-"),
            .get(.fetched, .body("abcdefghijklm"), with: "Range: bytes=0-12"), .get(.hit, .status(200), .body(alphabet)))
        Case(
            "9111-3.4-range-over-two-parts", .optional, "a range over two parts is answered from both",
            origin: part(0, 9, "ETag: \"a\""), part(10, 19, "ETag: \"a\""),
            steps: .get(.fetched, .body("abcdefghij"), with: "Range: bytes=0-9"),
            .get(.fetched, .body("klmnopqrst"), with: "Range: bytes=10-19"),
            .get(.hit, .status(206), .body("hijklm"), .field("Content-Range", "bytes 7-12/26"), with: "Range: bytes=7-12"))
        for (name, first, second) in [
            ("other-tag", "ETag: \"a\"", "ETag: \"b\""), ("weak-tag", "ETag: W/\"a\"", "ETag: W/\"a\""),
            ("no-validator", "X: 1", "X: 1"), ("only-one-tag", "ETag: \"a\"", "X: 1"),
            ("weak-date", "Last-Modified: {now-10}", "Last-Modified: {now-10}"),
        ] {
            Case(
                "9111-3.4-not-combined-\(name)", .required,
                "parts without one strong validator are not combined: \(first), \(second)",
                origin: part(0, 12, first), part(13, 25, second), .fresh("ETag: \"c\"", body: alphabet.uppercased()),
                steps: .get(.fetched, .body("abcdefghijklm"), with: "Range: bytes=0-12"),
                .get(.requests(1), .body("nopqrstuvwxyz"), with: "Range: bytes=13-25"),
                .get(.requests(1), .status(200), .body(alphabet.uppercased())))
        }
        Case(
            "9111-3.4-strong-date", .optional, "an old Last-Modified is validator enough",
            origin: part(0, 12, "Last-Modified: {now-5000}"), part(13, 25, "Last-Modified: {now-5000}"),
            steps: .get(.fetched, .body("abcdefghijklm"), with: "Range: bytes=0-12"),
            .get(.fetched, .body("nopqrstuvwxyz"), with: "Range: bytes=13-25"), .get(.hit, .status(200), .body(alphabet)))
        Case(
            "9111-3.4-other-length", .required, "parts of another complete length are not combined",
            origin: part(0, 12, "ETag: \"a\""),
            .fresh("ETag: \"a\"", "Content-Range: bytes 13-25/30", status: 206, body: "nopqrstuvwxyz"),
            .fresh("ETag: \"c\"", body: alphabet.uppercased()),
            steps: .get(.fetched, .body("abcdefghijklm"), with: "Range: bytes=0-12"),
            .get(.requests(1), .body("nopqrstuvwxyz"), with: "Range: bytes=13-25"),
            .get(.requests(1), .status(200), .body(alphabet.uppercased())))
        Case(
            "9111-3.3-stale-part", .required, "a stale part is not served without validation",
            origin: part(0, 3, "ETag: \"a\"", lifetime: 0), part(0, 3, "ETag: \"b\""),
            steps: .get(.fetched, .body("abcd"), with: "Range: bytes=0-3"),
            .get(.requests(1), .status(206), .field("ETag", "\"b\""), .body("abcd"), with: "Range: bytes=0-3"))
        for (name, line) in [
            ("missing", "X: 1"), ("invalid", "Content-Range: bytes 3-0/26"), ("other-unit", "Content-Range: lines 0-3/26"),
            ("beyond", "Content-Range: bytes 0-30/26"),
        ] {
            Case(
                "9110-15.3.7-content-range-\(name)", .required, "206 without a Content-Range to go by is not reused: \(line)",
                origin: .fresh("ETag: \"a\"", line, status: 206, body: "abcd"), .fresh(body: alphabet),
                steps: .get(.requests(1), with: "Range: bytes=0-3"), .get(.requests(1), .status(200), .body(alphabet)))
        }
        Case(
            "9110-15.3.7.2-multipart-not-combined", .required, "a multipart 206 passes, and is no whole",
            origin: .fresh(
                "ETag: \"a\"", "Content-Type: multipart/byteranges; boundary=B", status: 206,
                body: "--B\r\nContent-Range: bytes 0-1/26\r\n\r\nab\r\n--B\r\nContent-Range: bytes 4-5/26\r\n\r\nef\r\n--B--\r\n"),
            .fresh(body: alphabet),
            steps: .get(.requests(1), .status(206), .bodyContains("bytes 4-5/26"), with: "Range: bytes=0-1,4-5"),
            .get(.requests(1), .status(200), .body(alphabet)))
        Case(
            "9110-14.2-origin-ignores-range", .optional, "where the origin ignores Range, its whole answer is stored",
            origin: .fresh("ETag: \"a\"", body: alphabet),
            steps: .get(.requests(1), .status(200, 206), with: "Range: bytes=0-3"), .get(.hit, .status(200), .body(alphabet)))
        Case(
            "9110-15.5.17-416-passes", .required, "416 of the origin passes and takes nothing's place",
            origin: .answer("Content-Range: bytes */26", status: 416, body: ""), .fresh(body: alphabet),
            steps: .get(.requests(1), .status(416), .field("Content-Range", "bytes */26"), with: "Range: bytes=99-"),
            .get(.fetched, .status(200), .body(alphabet)))
        Case(
            "9111-3.3-cut-short", .required, "what is cut short is not served as complete",
            origin: .fresh("Content-Length: 26", body: "abcdefghij").endingConnection(), .fresh(body: alphabet),
            steps: .get(.incomplete, .requests(1)), .get(.requests(1), .status(200), .body(alphabet)))
        Case(
            "9111-3.3-cut-short-completed", .optional, "and completed, where a strong validator allows",
            origin: .fresh("Content-Length: 26", "ETag: \"a\"", body: "abcdefghij").endingConnection(), part(10, 25, "ETag: \"a\""),
            steps: .get(.incomplete, .requests(1)),
            .get(
                .requests(1), .status(200), .body(alphabet), .forwardedContains("Range", "bytes=10-"),
                .forwarded("If-Range", "\"a\"")),
            .get(.hit, .body(alphabet)))
        Case(
            "9111-3.3-cut-short-changed", .required, "and served anew where it has changed",
            origin: .fresh("Content-Length: 26", "ETag: \"a\"", body: "abcdefghij").endingConnection(),
            .fresh("ETag: \"b\"", body: alphabet.uppercased()),
            steps: .get(.incomplete, .requests(1)), .get(.requests(1), .status(200), .body(alphabet.uppercased())))
        Case(
            "9111-3.3-cut-short-keeps-good", .optional, "what is cut short does not take the place of a good copy",
            origin: .stale("ETag: \"a\"", "Cache-Control: stale-if-error=1000", body: alphabet),
            .fresh("Content-Length: 26", "ETag: \"b\"", body: "ABC").endingConnection(),
            .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.brokenOr([200, 502])), .get(.requests(1), .body(alphabet)))
        Case(
            "9112-8-chunks-cut-short", .required, "chunks without the last one are not complete",
            origin: .raw("HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            .fresh(),
            steps: .get(.brokenOr([502])), .get(.requests(1), .status(200), .bodyOf(2)))
        Case(
            "9112-8-inside-chunk", .required, "nor is half a chunk",
            origin: .raw("HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello"),
            .fresh(),
            steps: .get(.brokenOr([502])), .get(.requests(1), .status(200), .bodyOf(2)))
    }
}
