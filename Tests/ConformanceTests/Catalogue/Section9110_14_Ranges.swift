import Testing

extension ConformanceTests {
    @Test(arguments: ranges)
    func ranges(_ one: ConformanceCase) async throws { try await Self.check(one) }

    private static let alphabet = "abcdefghijklmnopqrstuvwxyz"

    /// RFC 9110 section 14: ranges out of a complete stored response.
    @CaseList static var ranges: [ConformanceCase] {
        for (name, range, part, contentRange) in [
            ("first-bytes", "bytes=0-3", "abcd", "0-3"), ("middle", "bytes=10-12", "klm", "10-12"),
            ("one-byte", "bytes=0-0", "a", "0-0"),
            ("last-byte", "bytes=25-25", "z", "25-25"), ("open-end", "bytes=22-", "wxyz", "22-25"),
            ("suffix", "bytes=-4", "wxyz", "22-25"),
            ("all", "bytes=0-25", alphabet, "0-25"), ("all-open", "bytes=0-", alphabet, "0-25"),
            ("past-end", "bytes=22-100", "wxyz", "22-25"),
            ("huge-end", "bytes=22-99999999999999999999", "wxyz", "22-25"), ("suffix-longer", "bytes=-100", alphabet, "0-25"),
            ("unit-case", "Bytes=0-3", "abcd", "0-3"), ("leading-zeros", "bytes=000-003", "abcd", "0-3"),
            ("second-unsatisfiable", "bytes=0-3, 100-200", "abcd", "0-3"),
        ] {
            Case(
                "9110-14.2-\(name)", .optional, "\(range) of a stored response",
                origin: .fresh("ETag: \"a\"", body: alphabet), steps: .get(.fetched),
                .get(
                    .hit, .status(206), .body(part), .field("Content-Range", "bytes \(contentRange)/26"),
                    .field("Content-Length", "\(part.utf8.count)"), .field("ETag", "\"a\""), with: "Range: \(range)"))
        }
        for (name, range) in [
            ("reversed", "bytes=4-2"), ("word", "bytes=abc"), ("no-number", "bytes=-"), ("empty", "bytes="),
            ("no-equals", "bytes 0-3"),
            ("other-unit", "lines=0-3"), ("negative", "bytes=--3"), ("decimal", "bytes=0.5-3"), ("one-invalid", "bytes=0-3, x"),
        ] {
            Case(
                "9110-14.2-ignored-\(name)", .optional, "a Range that has no form is passed over: \(range)",
                origin: .fresh(body: alphabet), steps: .get(.fetched),
                .get(.hit, .status(200), .body(alphabet), .lacks("Content-Range"), with: "Range: \(range)"))
        }
        for (name, range) in [("behind-end", "bytes=26-"), ("far-behind", "bytes=1000-2000"), ("no-suffix", "bytes=-0")] {
            Case(
                "9110-15.5.17-\(name)", .optional, "no part of the range is there: 416: \(range)",
                origin: .fresh(body: alphabet), steps: .get(.fetched),
                .get(.hit, .status(416), .field("Content-Range", "bytes */26"), with: "Range: \(range)"), .get(.hit, .status(200)))
        }
        Case(
            "9110-14.6-two-ranges", .optional, "two ranges come as multipart/byteranges",
            origin: .fresh("Content-Type: text/x-letters", body: alphabet), steps: .get(.fetched),
            .get(
                .noRequest, .status(206), .fieldContains("Content-Type", "multipart/byteranges; boundary="),
                .lacks("Content-Range"),
                .bodyContains("Content-Range: bytes 0-1/26\r\n"), .bodyContains("\r\n\r\nab\r\n--"),
                .bodyContains("Content-Range: bytes 20-21/26\r\n"), .bodyContains("\r\n\r\nuv\r\n--"),
                .bodyContains("Content-Type: text/x-letters\r\n"), with: "Range: bytes=0-1,20-21"))
        Case(
            "9110-14.2-many-ranges", .optional, "very many ranges are no way to make work",
            origin: .fresh(body: alphabet), steps: .get(.fetched),
            .get(
                .noRequest, .status(200), .body(alphabet),
                with: "Range: bytes=" + Array(repeating: "0-", count: 200).joined(separator: ",")))
        Case(
            "9110-14.2-head", .required, "Range means nothing with HEAD",
            origin: .fresh(body: alphabet), steps: .get(.fetched),
            .head(.hit, .status(200), .lacks("Content-Range"), .field("Content-Length", "26"), with: "Range: bytes=0-3"))
        Case(
            "9110-14.2-only-200", .required, "Range means nothing where the response is no 200",
            origin: .fresh(status: 404, body: alphabet), steps: .get(.fetched),
            .get(.status(404), .body(alphabet), .lacks("Content-Range"), with: "Range: bytes=0-3"))
        Case(
            "9110-13.2.2-condition-first", .required, "a condition that fails goes before Range",
            origin: .fresh("ETag: \"a\"", body: alphabet), steps: .get(.fetched),
            .get(.hit, .status(304), with: "Range: bytes=0-3", "If-None-Match: \"a\""))
        for (name, requirement, status, line) in [
            ("tag", Requirement.required, 206, "\"a\""), ("other-tag", .required, 200, "\"b\""),
            ("weak-tag", .required, 200, "W/\"a\""),
            ("date", .optional, 206, "{now-5000}"), ("other-date", .required, 200, "{now-4000}"),
            ("later-date", .required, 200, "{now}"),
        ] {
            Case(
                "9110-13.1.5-if-range-\(name)", requirement, "Range with If-Range: \(line)",
                origin: .fresh("ETag: \"a\"", "Last-Modified: {now-5000}", body: alphabet), steps: .get(.fetched),
                .get(.hit, .status(status), .body(status == 206 ? "abcd" : alphabet), with: "Range: bytes=0-3", "If-Range: \(line)")
            )
        }
        Case(
            "9110-13.1.5-weak-both", .required, "If-Range compares strongly",
            origin: .fresh("ETag: W/\"a\"", body: alphabet), steps: .get(.fetched),
            .get(.hit, .status(200), .body(alphabet), with: "Range: bytes=0-3", "If-Range: W/\"a\""))
        Case(
            "9110-13.1.5-weak-date", .required, "a date from less than a minute before Date is no strong validator",
            origin: .fresh("Last-Modified: {now-10}", body: alphabet), steps: .get(.fetched),
            .get(.hit, .status(200), .body(alphabet), with: "Range: bytes=0-3", "If-Range: {now-10}"))
        Case(
            "9110-13.1.5-without-range", .required, "If-Range without Range means nothing",
            origin: .fresh("ETag: \"a\"", body: alphabet), steps: .get(.fetched), .get(.hit, .status(200), with: "If-Range: \"b\""))
        Case(
            "9110-14.2-after-validation", .optional, "a stale response answers a range after validation",
            origin: .stale("ETag: \"a\"", body: alphabet), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.requests(1), .status(206), .body("abcd"), with: "Range: bytes=0-3"),
            .get(.hit, .status(200)))
        Case(
            "9110-14.2-empty", .optional, "no range of empty content is there",
            origin: .fresh(body: ""), steps: .get(.fetched), .get(.noRequest, .status(416, 200), with: "Range: bytes=0-"))
    }
}
