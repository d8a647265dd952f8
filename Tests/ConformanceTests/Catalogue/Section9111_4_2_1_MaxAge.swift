import Testing

extension ConformanceTests {
    @Test(arguments: lifetimes)
    func lifetimes(_ one: ConformanceCase) async throws { try await Self.check(one) }

    private static let lookalikes: Set = ["longer-name", "hyphenless", "s-max-age", "in-quotes", "colon"]

    /// RFC 9111 section 4.2.1, with 1.2.2 and 5.2: the lifetime in Cache-Control, in every spelling.
    @CaseList static var lifetimes: [ConformanceCase] {
        for (name, requirement, line) in [
            ("capitals", Requirement.required, "MAX-AGE=3600"), ("mixed-case", .required, "Max-Age=3600"),
            ("quoted", .optional, "max-age=\"3600\""), ("leading-zeros", .optional, "max-age=003600"),
            ("many-zeros", .optional, "max-age=0000000000000000000003600"), ("2-31-less-1", .required, "max-age=2147483647"),
            ("2-31", .required, "max-age=2147483648"), ("2-32", .required, "max-age=4294967296"),
            ("2-63", .required, "max-age=9223372036854775808"), ("2-64", .required, "max-age=18446744073709551616"),
            ("100-digits", .required, "max-age=" + String(repeating: "9", count: 100)),
            ("after-unknown", .required, "foo, max-age=3600"), ("before-unknown", .required, "max-age=3600, foo=bar"),
            ("after-quoted-lookalike", .required, "foo=\"max-age=0\", max-age=3600"),
            ("after-escaped-quote", .required, "foo=\"\\\", max-age=0\", max-age=3600"),
            ("trailing-comma", .optional, "max-age=3600,"),
            ("leading-commas", .optional, ", ,max-age=3600"), ("tabs", .required, "foo,\tmax-age=3600\t"),
            ("s-maxage-alone", .required, "s-maxage=3600"), ("s-maxage-over-max-age", .required, "max-age=0, s-maxage=3600"),
            ("s-maxage-first", .required, "s-maxage=3600, max-age=0"), ("s-maxage-capitals", .required, "S-MaxAge=3600"),
            ("s-maxage-quoted", .optional, "s-maxage=\"3600\""), ("same-twice", .optional, "max-age=3600, max-age=3600"),
            ("beside-longer-name", .required, "x-max-age=0, max-age=3600"),
        ] {
            Case(
                "9111-4.2.1-fresh-\(name)", requirement, "fresh: \(line.prefix(60))",
                origin: .answer("Cache-Control: \(line)", "Expires: {now-60}"), steps: .get(.fetched), .get(.hit))
        }
        for (name, requirement, line) in [
            ("zero", Requirement.required, "max-age=0"), ("zeros", .required, "max-age=000"),
            ("s-maxage-zero", .required, "s-maxage=0, max-age=3600"),
            ("longer-name", .required, "xmax-age=3600"), ("hyphenless", .required, "maxage=3600"),
            ("s-max-age", .required, "s-max-age=3600"), ("in-quotes", .required, "foo=\"max-age=3600\""),
            ("negative", .optional, "max-age=-3600"), ("plus", .optional, "max-age=+3600"),
            ("decimal", .optional, "max-age=3600.5"),
            ("exponent", .optional, "max-age=1e3"), ("hexadecimal", .optional, "max-age=0x3600"),
            ("unit", .optional, "max-age=3600s"),
            ("word", .optional, "max-age=long"), ("no-argument", .optional, "max-age"), ("empty-argument", .optional, "max-age="),
            ("empty-quotes", .optional, "max-age=\"\""), ("space-before-equals", .optional, "max-age =3600"),
            ("space-after-equals", .optional, "max-age= 3600"), ("colon", .optional, "max-age:3600"),
            ("single-quotes", .optional, "max-age='3600'"), ("open-quote", .optional, "max-age=\"3600"),
            ("two-numbers", .optional, "max-age=3600 7200"), ("smaller-second", .optional, "max-age=3600, max-age=0"),
            ("smaller-first", .optional, "max-age=0, max-age=3600"), ("s-maxage-twice", .optional, "s-maxage=0, s-maxage=3600"),
            ("s-maxage-word", .optional, "s-maxage=x, max-age=3600"), ("no-cache", .required, "no-cache, max-age=3600"),
            ("no-cache-capitals", .required, "NO-CACHE, max-age=3600"), ("no-cache-last", .required, "max-age=3600, no-cache"),
        ] {
            Case(
                "9111-4.2.1-stale-\(name)", requirement, "not reused without validation: \(line)",
                // Where there is no lifetime in it at all, Expires counts.
                origin: .answer("Cache-Control: \(line)", "Expires: {now+\(lookalikes.contains(name) ? 0 : 3600)}"),
                steps: .get(.fetched), .get(.fetched))
        }
        Case(
            "9111-4.2.1-two-lines", .required, "Cache-Control may have several lines",
            origin: .answer("Cache-Control: foo", "Cache-Control: max-age=3600"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-4.2.1-two-lines-differ", .optional, "of two lifetimes in two lines the smaller counts, or the first",
            origin: .answer("Cache-Control: max-age=0", "Cache-Control: max-age=3600"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.2.1-open-quote-ends-with-line", .optional, "a quote left open in one line hides nothing in the next",
            origin: .answer("Cache-Control: foo=\"bar", "Cache-Control: max-age=3600"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-5.2.2.4-no-cache-validates", .required, "no-cache in a response wants validation for every reuse",
            origin: .answer("Cache-Control: no-cache, max-age=3600", "ETag: \"a\""),
            .notModified("Cache-Control: no-cache, max-age=3600", "ETag: \"a\""),
            steps: .get(.fetched), .get(.validated), .get(.validated))
        Case(
            "9111-5.2.2.4-no-cache-names", .optional, "no-cache with field names counts like no-cache",
            origin: .answer("Cache-Control: no-cache=\"Set-Cookie\", max-age=3600", "ETag: \"a\""),
            .notModified("Cache-Control: no-cache=\"Set-Cookie\", max-age=3600", "ETag: \"a\""),
            steps: .get(.fetched), .get(.validated))
        for line in ["must-revalidate", "proxy-revalidate", "public", "no-transform", "immutable"] {
            Case(
                "9111-4.2.1-fresh-with-\(line)", .optional, "what is fresh is reused in spite of \(line)",
                origin: .fresh("Cache-Control: \(line)"), steps: .get(.fetched), .get(.hit))
        }
    }
}
