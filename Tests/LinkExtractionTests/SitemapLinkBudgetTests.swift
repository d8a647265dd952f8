import HTTPSemantics
import LinkExtraction
import Testing

@Suite("Sitemaps and feeds: the bytes of the URLs that a document names are bounded")
struct SitemapLinkBudgetTests {
    private func bytes(_ read: SitemapReading) -> Int {
        read.entries.reduce(0) { $0 + $1.link.url.serialized.utf8.count }
    }

    private func base(_ length: Int) -> String {
        "http://a/" + String(repeating: "x", count: length - 10) + "/"
    }

    /// A feed of items with a link and an enclosure each.
    private func feed(base: String, items: Int) -> String {
        let item = "<item><link>a</link><enclosure url='b'/></item>"
        return "<rss xml:base='\(base)'><channel>" + String(repeating: item, count: items) + "</channel></rss>"
    }

    @Test("Short links to a long base make no gigabytes")
    func longBase() {
        let read = SitemapReading(feed(base: base(8 << 10), items: 50_000))
        #expect((32 << 20..<32 << 20 + 8 << 10).contains(bytes(read) + 8 << 10))
        #expect(read.entries.count + read.summary.cutLinks == 100_000)
    }

    @Test("URLs that are too long are resolved no longer than the bytes last, though none is kept")
    func longestBase() {
        let read = SitemapReading(feed(base: base(65_000), items: 50_000))
        #expect(read.entries.isEmpty && read.summary.cutLinks == 100_000 && read.summary.entries == 0)
    }

    @Test("Bases count, each where it is given")
    func manyBases() {
        let limits = SitemapLimits(maximumLinkBytes: 10 * 2_000)
        let items = String(repeating: "<item xml:base='c/'><link>/a</link></item>", count: 50)
        let read = SitemapReading("<rss xml:base='\(base(2_000))'><channel>" + items + "</channel></rss>", limits: limits)
        #expect((8...9).contains(read.entries.count) && read.entries.count + read.summary.cutLinks == 50)
        #expect(read.links.allSatisfy { $0 == "feedItem http://a/a" })
    }

    @Test("A URL that is too long is left out, and what stands beside it is not")
    func longURL() {
        let long = "http://a/" + String(repeating: "x", count: 16 << 10)
        let map = SitemapReading(
            "<urlset><url><loc>\(long)</loc></url><url><loc>http://a/1</loc><image><loc>\(long)</loc></image></url>"
                + "<url><loc>http://a/2#\(long)</loc></url></urlset>")
        #expect(map.links == ["sitemapPage http://a/1", "sitemapPage http://a/2"])
        #expect(map.summary.cutLinks == 2 && map.summary.entries == 2)
        let feed = SitemapReading(
            "<rss xml:base='\(long)'><channel><item><guid>\(long)</guid></item><item><link>?q</link></item>"
                + "<item><link>/1</link><guid>\(long)</guid></item></channel></rss>")
        #expect(feed.links == ["feedItem http://a/1"])
        #expect(feed.summary.cutLinks == 2 && feed.summary.entries == 1)
        let lines = SitemapReading("http://a/1\n\(long)\nhttp://a/2\n")
        #expect(lines.links == ["sitemapPage http://a/1", "sitemapPage http://a/2"] && lines.summary.cutLinks == 1)
    }

    @Test("An identifier counts only where it is the link of its item")
    func identifiers() {
        let limits = SitemapLimits(maximumLinkBytes: 3 * 10)
        let both = String(repeating: "<item><link>http://a/1</link><guid>http://a/1</guid></item>", count: 4)
        let read = SitemapReading("<rss><channel>\(both)</channel></rss>", limits: limits)
        // Of the fourth item the link, and the identifier in its place.
        #expect(read.entries.count == 3 && read.summary.cutLinks == 2)
        let alone = SitemapReading(
            "<rss><channel>" + String(repeating: "<item><guid>http://a/1</guid></item>", count: 5) + "</channel></rss>",
            limits: limits)
        #expect(alone.entries.count == 3 && alone.summary.cutLinks == 2 && alone.summary.entries == 3)
    }

    @Test("Pages and lines of text count as well")
    func pages() {
        let limits = SitemapLimits(maximumLinkBytes: 25)
        let map = SitemapReading(
            "<urlset>" + String(repeating: "<url><loc>http://a/1</loc></url>", count: 5) + "</urlset>", limits: limits)
        #expect(map.entries.count == 3 && map.summary.cutLinks == 2)
        let lines = SitemapReading(String(repeating: "http://a/1\n", count: 5), limits: limits)
        #expect(lines.entries.count == 3 && lines.summary.cutLinks == 2)
    }
}
