import HTTPSemantics
import LinkExtraction
import Testing

/// The `Link` field (RFC 8288), `Refresh` and `X-Robots-Tag`.
@Suite struct FieldLinkTests {
    private func links(_ fields: FieldSection) throws -> [String] {
        Extracted(outlinks: FieldLinks.links(in: fields, url: try #require(WebURL(Extracted.page)))).links
    }

    @Test(
        "RFC 8288 section 3 and appendix B.2",
        arguments: [
            ("<x>; rel=next", ["link x"]), ("<x>;rel=\"next\"", ["link x"]), ("<x> ; REL = \"next prev\"", ["link x"]),
            ("<x>; rel=stylesheet, <y>; rel=\"shortcut icon\"", ["stylesheet x", "resource y"]),
            ("<x>; rel=preload; as=font,<y>;rel=alternate", ["resource x", "link y"]),
            ("<x>; rel=next nofollow", ["link x nofollow"]), ("<x>; title=\"a,b;<c>\\\"\"; rel=next", ["link x"]),
            ("<x,y;z>; rel=next", ["link x,y;z"]), ("<x>; rel=prev; rel=stylesheet", ["link x"]), ("<x>", []), ("<x>; rel", []),
            ("<x>; rel=\"\"", []), ("<x>; rel=preconnect", []), ("<x>; title=rel", []), ("<#y>; rel=next", []),
            ("<>; rel=next", []),
            ("<x>; rel=next; anchor=\"#a\"", ["link x"]), ("<x>; rel=next; anchor=\"\"", ["link x"]),
            ("<x>; rel=next; anchor=\"/other\"", []), ("<x>; rel=next; anchor=\"http://a b/\"", []),
            ("<x>; rel=next; anchor=\"page.html\"", ["link x"]), (",, <x>; rel=next ,, <y>; rel=next,", ["link x", "link y"]),
            ("x; rel=next, <y>; rel=next", []), ("<x; rel=next", []), ("<x>; rel=\"next", ["link x"]), ("", []),
            ("<x>; rel=next rubbish=; ; , <y>; rel=next", ["link x", "link y"]),
            ("<x> rubbish; rel=next, <y>; rel=next", ["link y"]),
            ("<mailto:x>; rel=author", []),
        ])
    func linkField(value: String, expected: [String]) throws {
        #expect(try links(["Link": value]) == expected, "\(value)")
    }

    @Test func severalFieldLinesAndNoOthers() throws {
        let fields: FieldSection = [
            "Link": "<x>; rel=next", "Location": "no", "Content-Location": "no", "link": "<y>; rel=prev", "Refresh": "0;url=z",
        ]
        #expect(try links(fields) == ["link x", "link y", "refresh z"])
    }

    @Test(
        "shared declarative refresh steps, HTML standard section 4.2.5.3",
        arguments: [
            ("0; url=x", "x"), ("0;url=x", "x"), ("5,x", "x"), ("5 x", "x"), ("5 ; , x", ", x"), ("  5  ;  URL  =  x", "x"),
            ("5.5; url=x", "x"), (".5; url=x", "x"), ("5...; url=x", "x"), ("0; url='x'y", "x"), ("0; url=\"x", "x"),
            ("0; 'x'", "x"),
            ("0; url='x\"", "x\""), ("0; ux", "ux"), ("0; ur=x", "ur=x"), ("0; url x", "url x"), ("0; url", "url"),
            ("0; u'x'", "u'x'"),
            ("0", nil), ("0;", nil), ("0; url=", nil), ("", nil), ("url=x", nil), ("; url=x", nil), ("-1; url=x", nil), ("5x", nil),
            ("5url=x", nil), ("0; url=#x", nil), ("0; url=javascript:x", nil),
        ] as [(String, String?)])
    func refresh(value: String, target: String?) throws {
        let page = try #require(WebURL(Extracted.page))
        let expected = target.flatMap { WebURL($0, base: page) }
        #expect((expected == nil) == (target == nil))
        let links = FieldLinks.links(in: ["Refresh": value], url: page)
        #expect(links.map(\.url) == [expected].compactMap { $0 }, "\(value)")
        let escaped = value.replacing("'", with: "&apos;")
        let found = Extracted.html("<meta http-equiv=refresh content='\(escaped)'>").outlinks
        #expect(found == links, "\(value)")
    }

    @Test(
        arguments: [
            (["noindex"], .noindex), (["NoFollow , NOARCHIVE"], [.nofollow, .noarchive]), (["none"], [.noindex, .nofollow]),
            (["larder: noindex"], .noindex), (["otherbot: noindex, nofollow"], []),
            (["noarchive, otherbot: noindex, nofollow"], .noarchive),
            (["otherbot: noindex, Larder: nofollow"], .nofollow), (["otherbot: noindex", "nofollow"], .nofollow),
            (["unavailable_after: 25 Jun 2030 15:00:00 PST, noindex"], .noindex), (["max-snippet:20, nofollow"], .nofollow),
            (["all", "follow", "index", "", ",", ":", "larder:"], []), (["larder: max-snippet:3, none"], [.noindex, .nofollow]),
        ] as [([String], RobotsDirectives)])
    func robotsTag(values: [String], directives: RobotsDirectives) {
        #expect(RobotsDirectives(xRobotsTag: values) == directives, "\(values)")
    }
}
