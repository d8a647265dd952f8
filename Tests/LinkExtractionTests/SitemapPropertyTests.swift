import HTTPSemantics
import LinkExtraction
import TestSupport
import Testing

@Suite("Properties of reading sitemaps and feeds")
struct SitemapPropertyTests {
    private static let documents = [
        """
        <?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE urlset [<!ENTITY a "x>"> <!-- ' --> <?p ]?>]>
        <urlset xmlns:image="i"><!-- c -- --><url><loc> http://a/é?x&amp;y&z&#233; </loc><lastmod>2024-01-01T00:00:00Z</lastmod>
        <priority>0.7</priority><image:image><image:loc><![CDATA[http://a/]]]>]]></image:loc></image:image>
        <xhtml:link rel="alternate" href='http://a/&quot;b&quot;' checked/></url><url><loc>http://b/</x></loc></url></urlset>
        """,
        """
        <rss><channel><link>http://a/</link><item><link>/1</link><guid isPermaLink="true">http://a/g</guid><pubDate>Fri, 02 Jan 1970
        00:00:00 GMT</pubDate><enclosure url="1.mp3"/></item><item><description><![CDATA[<a href="x">]]></description></item></channel></rss>
        """,
        """
        <feed xml:base="http://a/b/"><entry xml:base="c/"><link href="1"/><link rel="edit" href="2"/><updated>1970-01-02</updated></entry>
        <entry><link href="3" rel="via"/></entry></feed>
        """,
        "\u{FEFF}http://a/1\r\n\r\nno\rhttp://a/2#x\n http://a/é \n",
    ]

    @Test("Results do not depend on where a document is cut", arguments: 0..<documents.count)
    func cuts(index: Int) {
        let bytes = Array(Self.documents[index].utf8)
        let whole = SitemapReading(bytes)
        #expect(!whole.entries.isEmpty)
        for length in 1...9 { #expect(SitemapReading(bytes, pieces: [length]) == whole) }
        for cut in 1..<bytes.count { #expect(SitemapReading(bytes, pieces: [cut, bytes.count]) == whole) }
    }

    @Test("Any bytes are read to their end, the same in any pieces", arguments: 0..<4)
    func mutations(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tokens = [
            "<", ">", "</", "/>", "&", ";", "\"", "'", "=", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!DOCTYPE ", "[", "]",
            "&#", "&amp;", "\0", "é", "<url>", "<loc>", "</loc>", "http://a/", " ", "\n",
        ]
        let limits = SitemapLimits(
            maximumBytes: 2000, maximumEntries: 3, maximumLinksPerEntry: 2, maximumDepth: 5, maximumValueBytes: 40,
            maximumURLBytes: 32, maximumLinkBytes: 120)
        for round in 0..<1500 {
            var bytes = Array((Self.documents.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where !bytes.isEmpty: bytes[place % bytes.count] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...20, using: &random)))
                default: bytes = Array(bytes[min(place, bytes.count)...]) + bytes[..<min(place, bytes.count)]
                }
            }
            let chosen = round % 2 == 0 ? limits : SitemapLimits()
            let whole = SitemapReading(bytes, limits: chosen)
            let pieces = (0..<5).map { _ in Int.random(in: 1...30, using: &random) }
            #expect(SitemapReading(bytes, limits: chosen, pieces: pieces) == whole)
            if round % 2 == 0 { #expect(whole.entries.count <= 3 * 3 + 2000 / 8 && whole.summary.entries <= 3) }
        }
    }

    @Test("Documents made to be slow are read in time linear in their size")
    func hostile() {
        let count = 1 << 20
        func filled(_ head: String, _ piece: String) -> [UInt8] {
            Array(head.utf8) + Array(String(repeating: piece, count: count / piece.utf8.count).utf8)
        }
        let page = "<urlset><url><loc>"
        let documents = [
            filled("", "<"), filled(page, "&"), filled("", "<!--"), filled("", "<!DOCTYPE ["), filled("<urlset>", "<a>"),
            filled("<urlset>" + String(repeating: "<a>", count: 90), "</b>"), filled(page, "<![CDATA["),
            filled(page + "<![CDATA[", "]"),
            filled("<urlset ", "a="), filled("<urlset ", "a='"), filled("<urlset a='", "x"), filled("<", "a"), filled(page, "x"),
            filled(page, "&#"),
            filled("<?xml ", "encoding="), filled("http://", "a"), filled("", "http://a/\n"), filled("<feed>", "<a xml:base='b/'>"),
            filled("<feed><entry>", "<link href='a'/>"), filled("<urlset>", "<url>"), filled("<!DOCTYPE a [", "<!-- '"),
        ]
        let clock = ContinuousClock()
        for (index, bytes) in documents.enumerated() {
            let elapsed = clock.measure { _ = SitemapReading(bytes, pieces: [4096]) }
            // A tenth of a second where it is linear, even in a debug version; what must not be are minutes.
            #expect(elapsed < .seconds(20), "document \(index)")
        }
    }
}
