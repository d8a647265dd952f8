import Testing

extension ConformanceTests {
    @Test(arguments: expires)
    func expires(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 sections 4.2.1, 4.2.2 and 5.3: Expires in all its forms, and the heuristic.
    @CaseList static var expires: [ConformanceCase] {
        for (name, requirement, value) in [
            ("imf-fixdate", Requirement.required, "{now+3600}"), ("rfc850", .required, "{rfc850 now+3600}"),
            ("asctime", .required, "{asctime now+3600}"), ("lower-case", .optional, "{lower now+3600}"),
            ("far-future", .optional, "Fri, 31 Dec 9999 23:59:59 GMT"), ("after-2038", .required, "Wed, 01 Jan 2070 00:00:00 GMT"),
        ] {
            Case(
                "9111-5.3-fresh-\(name)", requirement, "Expires in the future: \(value)",
                origin: .answer("Expires: \(value)"), steps: .get(.fetched), .get(.hit, .field("Expires", value)))
        }
        for (name, requirement, value) in [
            ("past", Requirement.required, "{now-60}"), ("now", .required, "{now}"),
            ("long-past", .required, "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("before-1970", .required, "Mon, 01 Jan 1900 00:00:00 GMT"), ("past-rfc850", .required, "{rfc850 now-60}"),
            ("past-asctime", .required, "{asctime now-60}"), ("zero", .required, "0"), ("minus-one", .required, "-1"),
            ("empty", .required, ""), ("word", .required, "never"), ("number", .required, "3600"),
            ("epoch-seconds", .required, "4102444800"), ("iso-8601", .required, "2099-01-01T00:00:00Z"),
            ("text-behind", .required, "{now+3600} or so"), ("text-before", .required, "on {now+3600}"),
            ("zone-utc", .optional, "{utc now+3600}"), ("zone-est", .optional, "{est now+36000}"),
            ("zone-offset", .optional, "Tue, 01 Jan 2097 00:00:00 +0000"), ("no-zone", .required, "Tue, 01 Jan 2097 00:00:00"),
            ("no-weekday", .required, "01 Jan 2097 00:00:00 GMT"), ("two-digit-year", .required, "Tue, 01 Jan 97 00:00:00 GMT"),
            ("day-31-april", .optional, "Sun, 31 Apr 2097 00:00:00 GMT"), ("hour-25", .optional, "Tue, 01 Jan 2097 25:00:00 GMT"),
            ("one-digit-hour", .required, "Tue, 01 Jan 2097 1:00:00 GMT"), ("dashes", .required, "Tue, 01-Jan-2097 00:00:00 GMT"),
            ("rfc850-50-years-ahead", .required, "{rfc850 now+1893456000}"), ("quoted", .required, "\"{now+3600}\""),
            ("two-dates", .optional, "{now+3600}, {now+3600}"),
        ] {
            Case(
                "9111-5.3-stale-\(name)", requirement, "Expires in the past, or no date: \(value)",
                origin: .answer("Expires: \(value)"), steps: .get(.fetched), .get(.fetched))
        }
        Case(
            "9111-5.3-two-lines", .optional, "of two Expires the first counts, or the response is stale",
            origin: .answer("Expires: {now-60}", "Expires: {now+3600}"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.3-max-age-over-past", .required, "max-age goes before Expires in the past",
            origin: .answer("Expires: {now-60}", "Cache-Control: max-age=3600"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-5.3-max-age-over-invalid", .required, "max-age goes before Expires that is no date",
            origin: .answer("Expires: 0", "Cache-Control: max-age=3600"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-5.3-max-age-over-future", .required, "max-age=0 goes before Expires in the future",
            origin: .answer("Expires: {now+3600}", "Cache-Control: max-age=0"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.3-with-other-directives", .required, "Expires counts beside directives without a lifetime",
            origin: .answer("Expires: {now+3600}", "Cache-Control: public"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-4.2.1-expires-minus-date", .required, "the lifetime is Expires minus Date, not minus now",
            origin: .answer("Date: {now-7200}", "Expires: {now-3600}", "Age: 0"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.2.1-expires-before-date", .required, "Expires before Date is stale, though in the future",
            origin: .answer("Date: {now+7200}", "Expires: {now+3600}"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.2.1-expires-older-date", .required, "the apparent age counts against Expires",
            origin: .answer("Date: {now-1000}", "Expires: {now+3600}"), steps: .get(.fetched), .get(.hit, .age(1000...1030)))
        Case(
            "9111-4.2.1-expires-and-age", .required, "Age counts against Expires",
            origin: .answer("Expires: {now+60}", "Age: 100"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.2.1-expires-without-date", .required, "without Date, Expires counts from the time of receipt",
            origin: .answer("Expires: {now+3600}", sendsDate: false), steps: .get(.fetched), .get(.hit, .has("Date")))

        Case(
            "9111-4.2.2-ten-percent-young", .optional, "a tenth of the time since the modification: younger",
            origin: .answer("Last-Modified: {now-100000}", "Age: 9000"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-4.2.2-ten-percent-old", .optional, "a tenth of the time since the modification: older",
            origin: .answer("Last-Modified: {now-100000}", "Age: 11000"), .notModified(), steps: .get(.fetched), .get(.validated))
        Case(
            "9111-4.2.2-not-modified-long-ago", .optional, "just modified is not fresh for long",
            origin: .answer("Last-Modified: {now-100}", "Age: 60"), .notModified(), steps: .get(.fetched), .get(.validated))
        Case(
            "9111-4.2.2-modified-in-future", .optional, "a modification in the future gives no lifetime",
            origin: .answer("Last-Modified: {now+864000}"), steps: .get(.fetched), .get(.requests(1)))
        Case(
            "9111-4.2.2-modified-invalid", .optional, "a modification at no date gives no lifetime",
            origin: .answer("Last-Modified: long ago"), steps: .get(.fetched), .get(.requests(1)))
        Case(
            "9111-4.2.2-no-heuristic-over-max-age", .required, "no heuristic where there is an explicit lifetime",
            origin: .modifiedTenDaysAgo("Cache-Control: max-age=0"), steps: .get(.fetched), .get(.requests(1)))
        Case(
            "9111-4.2.2-no-heuristic-over-expires", .required, "no heuristic where Expires is in the past",
            origin: .modifiedTenDaysAgo("Expires: {now-60}"), steps: .get(.fetched), .get(.requests(1)))
        Case(
            "9111-4.2.2-no-heuristic-over-invalid-expires", .required, "no heuristic where Expires is no date",
            origin: .modifiedTenDaysAgo("Expires: 0"), steps: .get(.fetched), .get(.requests(1)))
        Case(
            "9111-4.2.2-no-validator", .optional, "without a modification date there is no lifetime",
            origin: .answer("ETag: \"a\""), .notModified("ETag: \"a\""), steps: .get(.fetched), .get(.validated))
    }
}
