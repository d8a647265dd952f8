import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Strong validators, RFC 9110 section 8.8")
struct StrongValidatorTests {
    private func validator(_ fields: FieldSection) -> StrongValidator? {
        StrongValidator(ResponseHead(status: 200, fields: fields))
    }

    @Test(
        "8.8.1: an entity tag that is not weak, else a date that is strong",
        arguments: [
            (["ETag": "\"1\""], "\"1\""), (["ETag": "\"\""], "\"\""), (["ETag": "W/\"1\""], nil), (["ETag": "1"], nil), ([:], nil),
            (["ETag": "\"1\"", "Last-Modified": CacheFixtures.date(-60), "Date": CacheFixtures.date(0)], "\"1\""),
            // Next to a tag that is not strong the date is not used.
            (["ETag": "W/\"1\"", "Last-Modified": CacheFixtures.date(-60), "Date": CacheFixtures.date(0)], nil),
        ] as [(FieldSection, String?)])
    func entityTag(fields: FieldSection, text: String?) {
        #expect(validator(fields)?.text == text)
    }

    @Test(
        "8.8.2.2: Last-Modified is strong a minute before Date",
        arguments: [
            (CacheFixtures.date(-60), CacheFixtures.date(0), true), (CacheFixtures.date(-59), CacheFixtures.date(0), false),
            (CacheFixtures.date(0), CacheFixtures.date(0), false), (CacheFixtures.date(60), CacheFixtures.date(0), false),
            (CacheFixtures.date(-60), nil, false), (CacheFixtures.date(-60), "yesterday", false),
            ("0", CacheFixtures.date(0), false),
            ("Sunday, 06-Nov-94 08:48:37 GMT", CacheFixtures.date(0), true),
            // The year 26 next to 2026 is not 1926.
            ("Sunday, 22-Nov-26 18:00:00 GMT", "Sun, 22 Nov 2026 18:00:01 GMT", false),
            ("Sunday, 22-Nov-26 18:00:00 GMT", "Sun, 22 Nov 2026 18:01:00 GMT", true),
            ("Sunday, 22-Nov-26 18:00:00 GMT", "Sunday, 22-Nov-26 18:00:01 GMT", false),
            ("Sun, 22 Nov 2026 17:00:00 GMT", "Sunday, 22-Nov-26 18:00:00 GMT", false),
        ] as [(String, String?, Bool)])
    func lastModified(modified: String, date: String?, isStrong: Bool) {
        var fields: FieldSection = ["Last-Modified": modified]
        if let date { fields.append("Date", date) }
        #expect(validator(fields)?.text == (isStrong ? modified : nil))
    }

    @Test("8.8.3.2: strong comparison; dates are compared as times, and never with tags")
    func matches() throws {
        let tag = try #require(validator(["ETag": "\"1\""]))
        let otherTag = try #require(validator(["ETag": "\"2\""]))
        let date = try #require(validator(["Last-Modified": CacheFixtures.date(0), "Date": CacheFixtures.date(60)]))
        let sameDate = try #require(validator(["Last-Modified": "Sunday, 06-Nov-94 08:49:37 GMT", "Date": CacheFixtures.date(99)]))
        let otherDate = try #require(validator(["Last-Modified": CacheFixtures.date(1), "Date": CacheFixtures.date(99)]))
        #expect(tag.matches(tag) && !tag.matches(otherTag) && !tag.matches(date) && !date.matches(tag))
        #expect(date.matches(sameDate) && sameDate.matches(date) && !date.matches(otherDate))
    }
}
