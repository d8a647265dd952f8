import Testing

extension ConformanceTests {
    @Test(arguments: age)
    func age(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 sections 4.2.3 and 5.1: how old a response is.
    @CaseList static var age: [ConformanceCase] {
        Case(
            "9111-5.1-hit-has-age", .required, "what comes from the store has Age",
            origin: .fresh(), steps: .get(.fetched), .get(.hit, .age(0...30)))
        Case(
            "9111-4.2.3-age-value", .required, "the Age that came is the least",
            origin: .fresh("Age: 100"), steps: .get(.fetched), .get(.hit, .age(100...130)))
        Case(
            "9111-5.1-age-passes", .required, "the Age that came is passed on with the response itself",
            origin: .fresh("Age: 100"), steps: .get(.fetched, .age(100...130)))
        Case(
            "9111-4.2.3-apparent-age", .required, "a Date in the past makes old",
            origin: .fresh("Date: {now-200}"), steps: .get(.fetched), .get(.hit, .age(200...230)))
        Case(
            "9111-4.2.3-greater-of-both", .required, "of Age and apparent age the greater counts",
            origin: .fresh("Date: {now-200}", "Age: 100"), steps: .get(.fetched), .get(.hit, .age(200...230)))
        Case(
            "9111-4.2.3-greater-age", .required, "of apparent age and Age the greater counts",
            origin: .fresh("Date: {now-100}", "Age: 200"), steps: .get(.fetched), .get(.hit, .age(200...230)))
        Case(
            "9111-4.2.3-date-in-future", .required, "a Date in the future makes no negative age",
            origin: .fresh("Date: {now+500}"), steps: .get(.fetched), .get(.hit, .age(0...30)))
        Case(
            "9111-4.2-too-old", .required, "with Age past the lifetime it is stale",
            origin: .answer("Cache-Control: max-age=100", "Age: 101"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.2-exactly-as-old", .required, "an age equal to the lifetime is stale",
            origin: .answer("Cache-Control: max-age=100", "Age: 100"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.2-apparent-age-too-old", .required, "with Date past the lifetime it is stale",
            origin: .answer("Cache-Control: max-age=100", "Date: {now-200}"), steps: .get(.fetched), .get(.fetched))
        for (name, value) in [
            ("2-31", "2147483648"), ("2-63", "9223372036854775808"), ("30-digits", String(repeating: "9", count: 30)),
        ] {
            Case(
                "9111-1.2.2-age-\(name)", .required, "a huge Age is very old",
                origin: .fresh("Age: \(value)"), steps: .get(.fetched), .get(.fetched))
        }
        for (name, value) in [
            ("word", "old"), ("negative", "-7200"), ("decimal", "7200.5"), ("unit", "7200s"), ("two-numbers", "7200 7200"),
            ("quoted", "\"7200\""), ("plus", "+7200"), ("empty", ""),
        ] {
            Case(
                "9111-5.1-invalid-\(name)", .optional, "Age that is no number of seconds is passed over: \(value)",
                origin: .fresh("Age: \(value)"), steps: .get(.fetched), .get(.hit, .age(0...30)))
        }
        Case(
            "9111-5.1-first-member-old", .optional, "of a list the first member counts: old",
            origin: .fresh("Age: 7200, 0"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.1-first-member-young", .optional, "of a list the first member counts: young",
            origin: .fresh("Age: 10, 7200"), steps: .get(.fetched), .get(.hit, .age(10...40)))
        Case(
            "9111-5.1-first-line-old", .optional, "of two lines the first counts: old",
            origin: .fresh("Age: 7200", "Age: 0"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-5.1-first-line-young", .optional, "of two lines the first counts: young",
            origin: .fresh("Age: 10", "Age: 7200"), steps: .get(.fetched), .get(.hit, .age(10...40)))
        Case(
            "9111-5.1-leading-zeros", .optional, "zeros before the number do no harm",
            origin: .fresh("Age: 0100"), steps: .get(.fetched), .get(.hit, .age(100...130)))
        Case(
            "9110-6.6.1-date-is-kept", .required, "Date on a hit is the origin's",
            origin: .fresh("Date: {now-300}"), steps: .get(.fetched, .field("Date", "{now-300}")),
            .get(.hit, .field("Date", "{now-300}")))
        Case(
            "9110-6.6.1-date-is-added", .required, "a response without Date gets the time of its receipt",
            origin: .answer("Cache-Control: max-age=3600", sendsDate: false), steps: .get(.fetched, .has("Date")),
            .get(.hit, .has("Date"), .age(0...30)))
        Case(
            "9110-6.6.1-date-is-added-uncached", .required, "also where it is not stored",
            origin: .answer("Cache-Control: no-store", sendsDate: false), steps: .get(.fetched, .has("Date")))
        Case(
            "9110-6.6.1-date-invalid", .optional, "a Date that is none does not keep a response from being fresh",
            origin: .fresh("Date: yesterday"), steps: .get(.fetched), .get(.hit, .age(0...30)))
        Case(
            "9111-4.2.3-validated-is-young", .required, "validation makes young",
            origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600", "Age: 0"),
            steps: .get(.fetched), .get(.validated, .fieldLacks("Age", "100")), .get(.hit, .age(0...30)))
    }
}
