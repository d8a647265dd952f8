import HTTPSemantics
import LinkExtraction
import Testing

@Suite("Feeds: RSS 2.0, RSS 1.0, Atom (RFC 4287)")
struct FeedTests {
    @Test("RSS 2.0: links, enclosures and comments of items, with their dates")
    func rss() {
        let read = SitemapReading(
            """
            <?xml version="1.0"?>
            <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
              <title>News</title><link>http://a/</link><description>&lt;a href="http://no/"></description>
              <atom:link href="http://a/feed" rel="self" type="application/rss+xml"/>
              <atom:link href="http://a/feed?page=2" rel="next"/><atom:link rel="hub" href="http://hub/"/>
              <image><url>http://a/logo.png</url><title>News</title><link>http://a/</link></image>
              <item><title>One</title><link>http://a/1</link><guid>http://a/?p=1</guid><pubDate>Fri, 02 Jan 1970 00:00:01 GMT</pubDate>
                <comments>http://a/1#comments</comments><enclosure url="http://a/1.mp3" length="1" type="audio/mpeg"/>
                <media:group><media:content url="http://a/1.jpg"/><media:thumbnail url="http://a/1s.jpg"/></media:group></item>
              <item><guid>http://a/2</guid></item>
              <item><guid isPermaLink="false">http://no/3</guid><link><![CDATA[ http://a/3?x&y ]]></link></item>
              <item><guid isPermaLink="false">http://no/5</guid><title>No link</title></item>
              <item><guid>urn:uuid:4</guid><title>No link</title></item>
            </channel></rss>
            """)
        #expect(read.summary.format == .rss)
        #expect(
            read.links == [
                "link http://a/", "link http://a/feed?page=2", "image http://a/logo.png", "feedItem http://a/1", "link http://a/1",
                "feedItem http://a/1.mp3", "media http://a/1.jpg", "image http://a/1s.jpg", "feedItem http://a/2",
                "feedItem http://a/3?x&y",
            ])
        #expect(read.entries[3].lastModified == UnixTime(seconds: 86_401))
        #expect(read.summary.entries == 3 && read.summary.faults == 0 && read.summary.refused == 0)
    }

    @Test("RSS 1.0: items stand beside the channel")
    func rdf() {
        let read = SitemapReading(
            """
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
              <channel rdf:about="http://a/feed"><link>http://a/</link><items><rdf:Seq><rdf:li resource="http://a/1"/></rdf:Seq></items>
                <image rdf:resource="http://a/logo.png"/></channel>
              <image><url>http://a/logo.png</url></image>
              <item rdf:about="http://a/1"><link>http://a/1</link><dc:date>1970-01-02T00:00:00Z</dc:date></item>
            </rdf:RDF>
            """)
        #expect(read.summary.format == .rdf)
        #expect(read.links == ["link http://a/", "image http://a/logo.png", "feedItem http://a/1"])
        #expect(read.entries.last?.lastModified == UnixTime(seconds: 86_400))
    }

    @Test("RFC 4287 section 4.2.7: the rel of a link decides what it is")
    func atom() {
        let read = SitemapReading(
            """
            <feed xmlns="http://www.w3.org/2005/Atom">
              <link href="http://a/"/><link rel="self" href="http://a/feed"/><logo>http://a/logo.png</logo><icon>/icon.png</icon>
              <entry>
                <link rel="edit" href="http://no/"/><link rel="via" href="http://b/1"/><link href="http://a/1"/>
                <link rel="alternate" href="http://a/1.txt"/><link rel="enclosure" href="http://a/1.mp3"/>
                <id>http://no/1</id><published>1970-01-02T00:00:00Z</published><updated>1970-01-03T01:00:00.5+01:00</updated>
                <source><link href="http://no/"/><updated>2000-01-01T00:00:00Z</updated></source>
                <summary type="xhtml"><div><a href="http://no/">x</a></div></summary>
                <content type="text/html" src="http://a/1.html"/>
              </entry>
            </feed>
            """)
        #expect(read.summary.format == .atom)
        #expect(
            read.links == [
                "link http://a/", "image http://a/logo.png", "image https://example.com/icon.png", "feedItem http://a/1",
                "link http://b/1", "feedItem http://a/1.txt", "feedItem http://a/1.mp3", "feedItem http://a/1.html",
            ])
        #expect(read.entries[3].lastModified == UnixTime(milliseconds: 2 * 86_400_000 + 500))
    }

    @Test("RFC 4287 section 2: xml:base is in force inside of its element")
    func bases() {
        let read = SitemapReading(
            """
            <feed xml:base="http://a/blog/">
              <entry xml:base="2024/"><link href="1"/><content xml:base="/raw/" src="1.html"/></entry>
              <entry><link href="2"/></entry>
              <entry xml:base="https://b/"><link xml:base="x/" href="3"/></entry>
            </feed>
            """)
        #expect(
            read.links == [
                "feedItem http://a/blog/2024/1", "feedItem http://a/raw/1.html", "feedItem http://a/blog/2",
                "feedItem https://b/x/3",
            ])
    }

    @Test("Without a base, the document's own URL is one; without that, relative links are refused")
    func documentURL() {
        let feed = Array("<rss><channel><item><link>../1</link></item></channel></rss>".utf8)
        #expect(SitemapReading(feed).links == ["feedItem https://example.com/1"])
        let lost = SitemapReading(feed, from: nil)
        #expect(lost.entries.isEmpty && lost.summary.refused == 1)
    }

    @Test("A base means nothing in a sitemap")
    func sitemapBase() {
        let read = SitemapReading("<urlset xml:base='http://a/'><url xml:base='http://a/'><loc>x</loc></url></urlset>")
        #expect(read.entries.isEmpty && read.summary.refused == 1)
    }
}
