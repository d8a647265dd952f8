import HTTPSemantics
import Testing

@testable import LinkExtraction

@Suite("Dates of sitemaps and feeds")
struct SitemapDateTests {
    @Test(
        "W3C date and time formats, RFC 3339",
        arguments: [
            ("1970", 0), ("1970-02", 2_678_400), ("1970-01-02", 86_400), ("1970-01-01T00:01Z", 60), ("1970-01-01T00:00:01Z", 1),
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T19:00:00-05:00", 0), ("1970-01-01T00:00:01.999Z", 1),
            ("1970-01-01t00:00:01z", 1),
            ("1970-01-01 00:00:01", 1), ("1970-01-01T00:00:01", 1), ("1970-01-01T01:00:00+0100", 0), ("1970-01-01T01:00:00+01", 0),
            ("  1970-01-02\n", 86_400), ("2024-02-29", 1_709_164_800), ("1970-01-01 00:00:01 UTC", 1),
            ("1970-01-01T00:00:01.123456789Z", 1),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
        ])
    func iso(text: String, seconds: Int64) {
        #expect(SitemapDate.parse(Array(text.utf8))?.seconds == seconds)
    }

    @Test(
        "RFC 822 with four-digit years, as RSS has it",
        arguments: [
            ("Fri, 02 Jan 1970 00:00:01 GMT", 86_401), ("02 Jan 1970 00:00:01 GMT", 86_401), ("2 jan 1970 00:00 ut", 86_400),
            ("Fri, 02 Jan 1970 01:00:00 +0100", 86_400), ("Thu, 01 Jan 1970 19:00:00 EST", 86_400),
            ("Thu, 01 Jan 1970 17:00:00 PDT", 86_400),
            ("Fri, 02 Jan 70 00:00:00 GMT", 86_400), ("Fri 02 January 1970", 86_400),
            ("Sat, 07 Sep 2002 00:00:01 -0000", 1_031_356_801),
            ("Friday, 02-Jan-70 00:00:00 GMT", 86_400), ("Mon, 01 Jan 24 00:00:00 Z", 1_704_067_200),
        ])
    func mail(text: String, seconds: Int64) {
        #expect(SitemapDate.parse(Array(text.utf8))?.seconds == seconds)
    }

    @Test(
        "What is none of these is no date",
        arguments: [
            "", "today", "0000-01-01", "1970-13-01", "1970-00-01", "1970-01-32", "1970-02-29", "1970-1-1", "19700101",
            "1970-01-01T", "1970-01-01T24:00Z",
            "1970-01-01T00:60Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:01.Z", "1970-01-01T00:00Zx", "1970-01-01T00:00+25:00",
            "1970-01-01x",
            "Fri, 32 Jan 1970 00:00 GMT", "Fri, 02 Foo 1970 00:00 GMT", "02 Jan", "Fri, 02 Jan 1970 00:00 XYZ", "02 Jan 1970 0",
            "99999-01-01", "-1970-01-01",
        ])
    func none(text: String) {
        #expect(SitemapDate.parse(Array(text.utf8)) == nil)
    }

    @Test("Fractions of a second are kept to the millisecond")
    func fractions() {
        #expect(SitemapDate.parse(Array("1970-01-01T00:00:01.0459Z".utf8)) == UnixTime(milliseconds: 1045))
        #expect(SitemapDate.parse(Array("1969-12-31T23:59:59.5Z".utf8)) == UnixTime(milliseconds: -500))
    }

    @Test("Of the dates of an entry, that of its change counts before that of its publication")
    func precedence() {
        let read = SitemapReading(
            "<feed><entry><link href='http://a/'/><updated>1970-01-03</updated><published>1970-01-02</published></entry><entry><link href='http://a/'/><published>1970-01-02</published><updated>soon</updated></entry></feed>"
        )
        #expect(read.entries.map(\.lastModified) == [UnixTime(seconds: 2 * 86_400), UnixTime(seconds: 86_400)])
    }
}
