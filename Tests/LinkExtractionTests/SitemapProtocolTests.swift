import HTTPSemantics
import LinkExtraction
import Testing

@Suite("The sitemap protocol, sitemaps.org")
struct SitemapProtocolTests {
    private func urlset(_ content: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\(content)</urlset>"
    }

    @Test("urlset: each url gives its page with what is said about it")
    func pages() throws {
        let read = SitemapReading(
            urlset(
                """
                <url>
                  <loc>
                    http://www.example.com/catalog?item=12&amp;desc=vacation_hawaii#part
                  </loc>
                  <lastmod>2005-01-01</lastmod><changefreq>monthly</changefreq><priority>0.8</priority>
                </url>
                <url><loc>http://www.example.com/b</loc></url>
                """))
        #expect(read.summary.format == .sitemap)
        #expect(read.summary.entries == 2)
        #expect(read.summary.faults == 0)
        let first = try #require(read.entries.first)
        #expect(first.link.url.serialized == "http://www.example.com/catalog?item=12&desc=vacation_hawaii")
        #expect(first.link.relation == .sitemapPage)
        #expect(first.lastModified == UnixTime(seconds: 1_104_537_600))
        #expect(first.changeFrequency == .monthly)
        #expect(first.priority == 0.8)
        let second = try #require(read.entries.last)
        #expect(second.link.url.serialized == "http://www.example.com/b")
        #expect(second.lastModified == nil && second.changeFrequency == nil && second.priority == nil)
    }

    @Test("sitemapindex: each sitemap gives its URL and date")
    func index() {
        let read = SitemapReading(
            """
            <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
              <sitemap><loc>http://www.example.com/sitemap1.xml.gz</loc><lastmod>2004-10-01T18:23:17+00:00</lastmod></sitemap>
              <sitemap><loc>http://www.example.com/sitemap2.xml.gz</loc></sitemap>
            </sitemapindex>
            """)
        #expect(read.summary.format == .sitemapIndex)
        #expect(
            read.links == ["sitemap http://www.example.com/sitemap1.xml.gz", "sitemap http://www.example.com/sitemap2.xml.gz"])
        #expect(read.entries.map(\.lastModified) == [UnixTime(seconds: 1_096_654_997), nil])
    }

    @Test("loc: a URL is absolute; one of another host is given as it is")
    func absolute() {
        let read = SitemapReading(
            urlset(
                "<url><loc>/relative</loc></url><url><loc>//example.com/x</loc></url><url><loc>https://other.org/</loc></url>"
                    + "<url><loc>mailto:a@example.com</loc></url><url><loc></loc></url><url></url><url/>"))
        #expect(read.links == ["sitemapPage https://other.org/"])
        #expect(read.summary.refused == 4)
        #expect(read.summary.entries == 1)
    }

    @Test(
        "priority is between 0 and 1",
        arguments: [
            ("0.0", 0.0), ("1.0", 1.0), ("0.5", 0.5), (".25", 0.25), (" 1 ", 1.0), ("7", 1.0), ("0,5", 0.5), ("-1", nil), ("", nil),
            ("high", nil), ("1e-9", nil), ("0.99999999999999999999", 0.999999), ("9999999999999999999999999999", 1.0),
        ])
    func priorities(text: String, priority: Double?) throws {
        let read = SitemapReading(urlset("<url><loc>http://a/</loc><priority>\(text)</priority></url>"))
        let found = try #require(read.entries.first).priority
        if let priority {
            #expect(abs((found ?? -1) - priority) < 0.000_001)
        } else {
            #expect(found == nil)
        }
    }

    @Test("changefreq is one of seven words")
    func frequencies() {
        let read = SitemapReading(
            urlset(
                ["always", "hourly", "daily", "weekly", "monthly", "yearly", "never", " Daily\n", "often", ""]
                    .map { "<url><loc>http://a/</loc><changefreq>\($0)</changefreq></url>" }.joined()))
        #expect(
            read.entries.map(\.changeFrequency) == [
                .always, .hourly, .daily, .weekly, .monthly, .yearly, .never, .daily, nil, nil,
            ])
    }

    @Test("Prefixes do not count, and elements of others are passed over")
    func namespaces() {
        let read = SitemapReading(
            """
            <sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="x">
              <sm:url><news:news><news:loc>http://no/</news:loc></news:news><sm:loc>http://a/</sm:loc></sm:url>
              <other><url><loc>http://no/</loc></url></other><loc>http://no/</loc>
            </sm:urlset>
            """)
        #expect(read.links == ["sitemapPage http://a/"])
    }

    @Test("Images, videos and other languages of a page are links of it")
    func extensions() {
        let read = SitemapReading(
            urlset(
                """
                <url>
                  <image:image><image:loc>http://a/1.png</image:loc><image:license>http://no/</image:license></image:image>
                  <loc>http://a/en</loc>
                  <image:image><image:loc>http://a/2.png</image:loc></image:image>
                  <xhtml:link rel="alternate" hreflang="de" href="http://a/de?x=1&amp;y=2"/>
                  <xhtml:link rel='alternate' hreflang='fr' href='http://a/fr'></xhtml:link>
                  <video:video>
                    <video:thumbnail_loc>http://a/t.jpg</video:thumbnail_loc><video:title>x</video:title>
                    <video:content_loc>http://a/v.mp4</video:content_loc>
                    <video:player_loc allow_embed="yes">http://a/player</video:player_loc>
                  </video:video>
                  <lastmod>1970-01-02</lastmod>
                </url>
                """))
        #expect(
            read.links == [
                "sitemapPage http://a/en", "image http://a/1.png", "image http://a/2.png", "link http://a/de?x=1&y=2",
                "link http://a/fr",
                "image http://a/t.jpg", "media http://a/v.mp4", "frame http://a/player",
            ])
        #expect(read.entries.first?.lastModified == UnixTime(seconds: 86_400))
        #expect(read.summary.entries == 1)
    }

    @Test("Text file: one URL a line, whatever the line ends")
    func text() {
        let read = SitemapReading(
            "\u{FEFF}\r\nhttp://a/1\r\n  http://a/2#x \n\nhttp://a/3\rno URL\n/relative\nftp://a/\nhttp://a/4")
        #expect(read.summary.format == .text)
        #expect(read.links == (1...4).map { "sitemapPage http://a/\($0)" })
        #expect(read.summary.refused == 3)
        #expect(read.summary.entries == 4)
    }

    @Test(
        "What a document is, its content says and not its media type",
        arguments: ["text/plain", "text/html", "application/octet-stream", "application/rss+xml; charset=utf-8", "image/png"])
    func mediaTypes(type: String) {
        let xml = SitemapReading(Array("\n \t<urlset><url><loc>http://a/</loc></url></urlset>".utf8), as: type)
        #expect(xml.summary.format == .sitemap && xml.entries.count == 1)
        let text = SitemapReading(Array("http://a/".utf8), as: type)
        #expect(text.summary.format == .text && text.entries.count == 1)
    }

    @Test("XML with another root has no links")
    func otherRoots() {
        let page = SitemapReading("<!DOCTYPE html><html><body><url><loc>http://a/</loc></url></body></html>")
        #expect(page.summary.format == .otherXML && page.entries.isEmpty)
        #expect(SitemapReading("<!-- nothing -->").summary.format == .otherXML)
        #expect(SitemapReading(" \n").summary.format == .empty)
        #expect(SitemapReading("").summary.format == .empty)
    }

    @Test("Limits cut and count: entries, links of an entry, bytes, lengths of values")
    func limits() {
        let pages = urlset((1...9).map { "<url><loc>http://a/\($0)</loc><image><loc>http://a/i\($0)</loc></image></url>" }.joined())
        let few = SitemapReading(pages, limits: SitemapLimits(maximumEntries: 2))
        #expect(few.links == ["sitemapPage http://a/1", "image http://a/i1", "sitemapPage http://a/2", "image http://a/i2"])
        #expect(few.summary.entries == 2 && few.summary.cutEntries == 7)
        let bare = SitemapReading(pages, limits: SitemapLimits(maximumLinksPerEntry: 0))
        #expect(bare.entries.count == 9 && bare.summary.cutLinks == 9)
        let start = SitemapReading(pages, limits: SitemapLimits(maximumBytes: 300))
        #expect(start.summary.isCut && start.entries.count < 9 && !start.entries.isEmpty)
        #expect(start.summary.firstFault?.kind == .unexpectedEnd)
        #expect(!SitemapReading(pages, limits: SitemapLimits(maximumBytes: pages.utf8.count)).summary.isCut)
        let long = "http://a/" + String(repeating: "x", count: 100)
        let limits = SitemapLimits(maximumValueBytes: 64)
        let cut = SitemapReading(
            urlset("<url><loc>\(long)</loc><link href='\(long)'/></url><url><loc>http://b/</loc></url>"), limits: limits)
        #expect(cut.links == ["sitemapPage http://b/"] && cut.summary.oversized == 2)
        let line = SitemapReading("\(long)\nhttp://b/", limits: limits)
        #expect(line.links == ["sitemapPage http://b/"] && line.summary.oversized == 1)
        let lines = SitemapReading("http://a/\nhttp://b/", limits: SitemapLimits(maximumEntries: 1))
        #expect(lines.entries.count == 1 && lines.summary.cutEntries == 1)
    }
}
