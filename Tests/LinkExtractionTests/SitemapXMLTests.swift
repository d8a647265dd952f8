import HTTPSemantics
import LinkExtraction
import Testing

@Suite("XML 1.0, as far as sitemaps need it")
struct SitemapXMLTests {
    private func location(_ text: String) -> SitemapReading {
        SitemapReading("<urlset><url><loc>\(text)</loc></url></urlset>")
    }

    @Test(
        "4.1, 4.6: numeric references and the five predefined entities",
        arguments: [
            ("http://a/?&amp;&lt;&gt;&quot;&apos;", "http://a/?&%3C%3E%22%27"),
            ("http://a/&#233;&#xE9;&#xe9;", "http://a/%C3%A9%C3%A9%C3%A9"),
            ("&#104;ttp://a/&#x1F600;", "http://a/%F0%9F%98%80"), ("http://a/&#00000097;", "http://a/a"),
        ])
    func references(text: String, url: String) {
        let read = location(text)
        #expect(read.links == ["sitemapPage \(url)"] && read.summary.faults == 0)
    }

    @Test(
        "4.1: what is no reference stays as it stands, and is counted",
        arguments: [
            ("http://a/?x&y=1", "http://a/?x&y=1"), ("http://a/?x&", "http://a/?x&"), ("http://a/?&&amp;", "http://a/?&&"),
            ("http://a/?&nbsp;", "http://a/?&nbsp;"), ("http://a/?&copy=1;", "http://a/?&copy=1;"),
            ("http://a/?&#;", "http://a/?&#;"),
            ("http://a/?&#xD800;", "http://a/?&#xD800;"), ("http://a/?&#0;", "http://a/?&#0;"),
            ("http://a/?&#x110000;", "http://a/?&#x110000;"),
            ("http://a/?&abcdefghijklmnopqrstuvwxyz;", "http://a/?&abcdefghijklmnopqrstuvwxyz;"),
            ("http://a/?&#-1;", "http://a/?&#-1;"),
        ])
    func badReferences(text: String, url: String) throws {
        let read = location(text)
        // A number sign begins a fragment, which no link has.
        let expected = try #require(WebURL(url)).withoutFragment().serialized
        #expect(read.links == ["sitemapPage \(expected)"])
        #expect(read.summary.faults == 1 && read.summary.firstFault?.kind == .badReference)
    }

    @Test("2.7: CDATA is character data as it stands")
    func cdata() {
        #expect(location("<![CDATA[http://a/?x&y]]>").links == ["sitemapPage http://a/?x&y"])
        #expect(location("http://<![CDATA[a/]]>b<![CDATA[]]>").links == ["sitemapPage http://a/b"])
        #expect(location("<![CDATA[http://a/]]]]><![CDATA[>]>]]]]]>").links == ["sitemapPage http://a/]]%3E]%3E]]]"])
        #expect(location("<![CDATA[http://a/</loc>]]>").links == ["sitemapPage http://a/%3C/loc%3E"])
        #expect(location("<![CDATA[http://a/]]x]y]]>").links == ["sitemapPage http://a/]]x]y"])
        #expect(location("<![cdata[http://a/]]>").entries.isEmpty)
    }

    @Test("2.5, 2.6: comments and processing instructions are passed over")
    func comments() {
        #expect(location("http://<!-- -> <loc> -- x --->a/<?x > ?? <loc>?>b").links == ["sitemapPage http://a/b"])
        let read = SitemapReading("<!-- <urlset><url><loc>http://no/</loc></url> --><urlset><!----><?x?></urlset><!-- x --><?y?>\n")
        #expect(read.entries.isEmpty && read.summary.format == .sitemap && read.summary.faults == 0)
    }

    @Test("2.8: a document type is passed over, and defines nothing")
    func documentType() {
        let read = SitemapReading(
            """
            <?xml version="1.0"?>
            <!DOCTYPE urlset PUBLIC "x>" 'y]>' [
              <!ENTITY a "<urlset><url><loc>http://no/</loc></url></urlset>"> <!-- ' ]> -->
              <!ENTITY b '&a;&a;"'> <?x ]> ?> <!ELEMENT urlset (url)*> %p;
              <!ENTITY c SYSTEM "file:///etc/passwd">
            ] >
            <urlset><url><loc>http://a/?&c;&a;</loc></url></urlset>
            """)
        #expect(read.links == ["sitemapPage http://a/?&c;&a;"])
        #expect(read.summary.faults == 2)
        #expect(SitemapReading("<!DOCTYPE urlset><urlset><url><loc>http://a/</loc></url></urlset>").entries.count == 1)
        #expect(SitemapReading("<!><urlset><url><loc>http://a/</loc></url></urlset>").entries.count == 1)
    }

    @Test("3.1: attributes in either quotation marks, with white space around the sign")
    func attributes() {
        let read = SitemapReading(
            "<feed><entry><link\n rel = 'alternate'\t href\n=\n\"http://a/'1'?a&#38;b>c\"/><link a=''href='http://a/2' href='http://no/'/></entry></feed>"
        )
        #expect(read.links == ["feedItem http://a/'1'?a&b%3Ec", "feedItem http://a/2"])
        #expect(read.summary.faults == 0)
    }

    @Test("3.1: attributes that are not well-formed do not take others with them")
    func badAttributes() {
        let read = SitemapReading(
            "<feed><entry><link checked href=http://a/1 rel=alternate></link><link = \"\" href='http://a/2'/></entry></feed>")
        #expect(read.links == ["feedItem http://a/1", "feedItem http://a/2"])
        #expect(read.summary.firstFault == XMLFault(kind: .badAttribute, offset: 27))
        // Where a quotation mark is missing, the tag is lost and the next entry is not.
        let open = SitemapReading(
            "<feed><entry><link href=\"http://a/1></entry><entry><link rel='x' href='http://a/2'/></entry></feed>")
        #expect(open.links == ["link http://a/2"] && open.summary.faults > 0)
    }

    @Test("Broken nesting is mended at the nearest place, and said")
    func nesting() {
        let read = SitemapReading(
            "<urlset><url><loc>http://a/1</loc></x></url><url><loc>http://a/2</loc><b></url><url><loc>http://a/3</loc><url><loc>http://a/4</loc></url></urlset>"
        )
        #expect(read.links == (1...4).map { "sitemapPage http://a/\($0)" })
        #expect(read.summary.firstFault == XMLFault(kind: .badNesting, offset: 38))
        #expect(read.summary.faults == 3)
        // However many end tags are missing, entries do not lie deeper and deeper in each other.
        let open = SitemapReading("<urlset>" + String(repeating: "<url><loc>http://a/</loc>", count: 500) + "</urlset>")
        #expect(open.entries.count == 500 && open.summary.firstFault?.kind == .badNesting)
        let lost = SitemapReading("<urlset><url><loc>http://a/1</url><url><loc>http://a/2</loc></url></urlset>")
        #expect(lost.links == ["sitemapPage http://a/2"] && lost.summary.faults == 1)
    }

    @Test("A document that breaks off gives what was complete")
    func unexpectedEnd() {
        let whole = "<urlset><url><loc>http://a/1</loc></url><url><loc>http://a/2</loc><lastmod>1970-01-02</lastmod></url></urlset>"
        let bytes = Array(whole.utf8)
        for length in 8..<bytes.count {
            let read = SitemapReading(Array(bytes[..<length]))
            #expect(read.summary.firstFault?.kind == .unexpectedEnd)
            #expect(read.entries.count == (length < 34 ? 0 : length < 66 ? 1 : 2), "\(length)")
            #expect((read.entries.last?.lastModified != nil) == (length >= 95), "\(length)")
        }
        #expect(SitemapReading(bytes).summary.faults == 0)
    }

    @Test("2.1: nothing counts behind the root")
    func afterRoot() {
        let read = SitemapReading(
            "<urlset><url><loc>http://a/</loc></url></urlset>\n<urlset><url><loc>http://no/</loc></url></urlset>")
        #expect(read.entries.count == 1)
        #expect(read.summary.firstFault?.kind == .contentAfterRoot)
        #expect(SitemapReading("<urlset/><urlset><url><loc>http://no/</loc></url></urlset>").entries.isEmpty)
    }

    @Test("Elements too deep are passed over with all in them, and what follows is read")
    func depth() {
        let deep = String(repeating: "<x>", count: 500) + "<url><loc>http://no/</loc></url>" + String(repeating: "</x>", count: 500)
        let read = SitemapReading("<urlset>\(deep)<url><loc>http://a/</loc></url></urlset>")
        #expect(read.links == ["sitemapPage http://a/"])
        #expect(read.summary.faults == 1 && read.summary.firstFault?.kind == .tooDeep)
    }

    @Test("A stray < is text")
    func strayLessThan() {
        let read = location("http://a/?1<2")
        #expect(read.links == ["sitemapPage http://a/?1%3C2"] && read.summary.firstFault?.kind == .strayLessThan)
    }

    @Test("Text of inner elements is not that of the outer one")
    func innerElements() {
        #expect(location("<x>http://no/</x>http://no/").entries.isEmpty)
        #expect(location("<loc>http://no/</loc>").entries.isEmpty)
    }
}
