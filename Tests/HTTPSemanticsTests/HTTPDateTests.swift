import HTTPSemantics
import Testing

@Suite("HTTP-date, RFC 9110 section 5.6.7")
struct HTTPDateTests {
    /// 2024-06-01T00:00:00Z
    let now = UnixTime(seconds: 1_717_200_000)

    @Test(
        "5.6.7: the three formats name the same instant",
        arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func threeFormats(text: String) {
        #expect(HTTPDate.parse(text, now: now) == UnixTime(seconds: 784_111_777))
    }

    @Test(
        "RFC 9111 section 4.2: case does not matter",
        arguments: ["sun, 06 nov 1994 08:49:37 gmt", "SUNDAY, 06-NOV-94 08:49:37 GMT"])
    func anyCase(text: String) {
        #expect(HTTPDate.parse(text, now: now) == UnixTime(seconds: 784_111_777))
    }

    @Test(
        "What is none of the formats is no date",
        arguments: [
            "", "0", "-1", "now", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun,06 Nov 1994 08:49:37 GMT", "Sun, 06  Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun Nov 6 08:49:37 1994", "Sun, 29 Feb 2023 00:00:00 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        ])
    func noDate(text: String) {
        #expect(HTTPDate.parse(text, now: now) == nil)
    }

    @Test("A leap day exists in 2000 and 2024, not in 1900")
    func leapDays() {
        #expect(HTTPDate.parse("Tue, 29 Feb 2000 00:00:00 GMT", now: now) == UnixTime(seconds: 951_782_400))
        #expect(HTTPDate.parse("Thu, 29 Feb 2024 00:00:00 GMT", now: now) == UnixTime(seconds: 1_709_164_800))
        #expect(HTTPDate.parse("Thu, 29 Feb 1900 00:00:00 GMT", now: now) == nil)
    }

    @Test(
        "5.6.7: a year of two digits lies at most 50 years ahead of now",
        arguments: [
            ("Saturday, 01-Jun-74 00:00:00 GMT", 2074), ("Saturday, 02-Jun-74 00:00:00 GMT", 1974),
            ("Saturday, 01-Jan-75 00:00:00 GMT", 1975), ("Saturday, 01-Jan-99 00:00:00 GMT", 1999),
            ("Saturday, 01-Jan-00 00:00:00 GMT", 2000), ("Saturday, 01-Jan-24 00:00:00 GMT", 2024),
            ("Saturday, 01-Jan-30 00:00:00 GMT", 2030),
        ])
    func shortYears(text: String, year: Int) throws {
        let time = try #require(HTTPDate.parse(text, now: now))
        #expect(HTTPDate.format(time).contains(" \(year) "))
    }

    @Test("A leap second is the second after 59")
    func leapSecond() {
        #expect(HTTPDate.parse("Sat, 31 Dec 2016 23:59:60 GMT", now: now) == UnixTime(seconds: 1_483_228_800))
    }

    @Test(
        "IMF-fixdate is written with all its digits and the right weekday",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
            (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT"), (Int64.min, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ] as [(Int64, String)])
    func format(seconds: Int64, text: String) {
        #expect(HTTPDate.format(UnixTime(seconds: seconds)) == text)
    }

    @Test("What is written is read back, over all of 0000 to 9999")
    func roundTrip() {
        for seconds in stride(from: Int64(-62_167_219_200), through: 253_402_300_799, by: 86_399 * 997) {
            let time = UnixTime(seconds: seconds)
            #expect(HTTPDate.parse(HTTPDate.format(time), now: now) == time)
        }
    }
}
