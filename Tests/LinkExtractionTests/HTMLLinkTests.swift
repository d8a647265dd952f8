import HTTPSemantics
import LinkExtraction
import Testing

/// Which attributes of which elements are links, and what for.
@Suite struct HTMLLinkTests {
    @Test(arguments: [
        ("<a href=x>", ["anchor x"]),
        ("<area href=x>", ["anchor x"]),
        ("<a href=x rel='noopener NoFollow'>", ["anchor x nofollow"]),
        ("<a href=x rel='ugc sponsored nofollowed'>", ["anchor x"]),
        ("<link rel=stylesheet href=x>", ["stylesheet x"]),
        ("<link rel='alternate StyleSheet' href=x>", ["stylesheet x"]),
        ("<link rel='preload stylesheet' href=x><link rel='stylesheet preload' href=y>", ["stylesheet x", "stylesheet y"]),
        ("<link rel='shortcut icon' href=x>", ["resource x"]),
        ("<link rel=apple-touch-icon-precomposed href=x>", ["resource x"]),
        ("<link rel=manifest href=x><link rel=modulepreload href=y>", ["resource x", "resource y"]),
        ("<link rel=preload as=image href=x imagesrcset='y 1x, z 2x'>", ["resource x", "resource y", "resource z"]),
        ("<link rel=next href=x><link rel=canonical href=y><link rel='prefetch' href=z>", ["link x", "link y", "link z"]),
        ("<link rel='alternate nofollow' href=x>", ["link x nofollow"]),
        ("<link rel=dns-prefetch href=//a><link rel=preconnect href=//b><link href=c><link rel='' href=d>", []),
        ("<img src=x srcset='y 2x' longdesc=z>", ["image x", "image y", "link z"]),
        ("<image src=x>", ["image x"]),
        ("<picture><source srcset='x 1x, y 2x'><img src=z></picture>", ["image x", "image y", "image z"]),
        ("<video src=x poster=y><source src=z><track src=t></video>", ["media x", "image y", "media z", "media t"]),
        ("<audio src=x>", ["media x"]),
        ("<script src=x></script>", ["script x"]),
        ("<iframe src=x></iframe><frame src=y><embed src=z><object data=o>", ["frame x", "frame y", "frame z", "frame o"]),
        ("<input type=image src=x><input type=IMAGE src=y><input src=z><input type=text src=z>", ["image x", "image y"]),
        (
            "<body background=x><table background=y><tr><td background=z><th background=t>",
            ["image x", "image y", "image z", "image t"]
        ),
        ("<blockquote cite=x><q cite=y><ins cite=z><del cite=t>", ["link x", "link y", "link z", "link t"]),
        ("<p style='background:url(x)'><p style='color:red'>", ["styleResource x"]),
        ("<p style=\"background:url(&quot;x?a&amp;b&quot;)\">", ["styleResource x?a&b"]),
        ("<style>@import 'x'; a{background:url(y)}</style>", ["stylesheet x", "styleResource y"]),
        ("<style>a{b:url(x</sty", ["styleResource x%3C/sty"]),
        ("<style>a{b:url(x<", ["styleResource x%3C"]),
        ("<style>a{b:url(x</", ["styleResource x%3C/"]),
        ("<iframe srcdoc='<style>a{b:url(x</'>", ["styleResource x%3C/"]),
        ("<style>a{b:url('x</sty</STy</')}</style>", ["styleResource x%3C/sty%3C/STy%3C/"]),
        ("<style type=text/less>@import 'x';</style><style type=TEXT/CSS>@import 'y'</style>", ["stylesheet y"]),
        ("<html manifest=x><applet code=x><param value=x><form action=x><button formaction=x><div src=x href=x>", []),
        ("<meta http-equiv=Refresh content='0; url=x'>", ["refresh x"]),
        ("<meta name=refresh content='0; url=x'>", []),
    ])
    func elements(document: String, links: [String]) {
        #expect(Extracted.html(document).links == links, "\(document)")
    }

    @Test(
        "references that are no links, and what is made of the others",
        arguments: [
            ("#top", nil), ("", nil), (" \n", nil), ("\n#x", nil), ("javascript:void(0)", nil), ("JavaScript:x", nil),
            ("java\nscript:x", nil), ("data:text/html,x", nil), ("mailto:a@b", nil), ("tel:1", nil), ("ftp://h/", nil),
            ("x-y.z+1:a", nil), ("http://", nil), ("http://a b/", nil), ("page#part", "page"), (" page ", "page"),
            ("page #x", "page%20"), ("pa\nge", "page"), ("HTTP://EXAMPLE.com/dir/x", "x"), ("http:x", "x"),
            ("//example.com/dir/x", "x"), ("?q", "page.html?q"), (".", ""), ("\\dir\\x", "x"), ("a b", "a%20b"),
            ("é", "%C3%A9"), ("?é", "page.html?%C3%A9"), ("1:x", "1:x"), ("x/../y:z", "y:z"),
        ] as [(String, String?)])
    func references(reference: String, target: String?) {
        let document = "<a href=\"\(reference)\"><a href=\"\(reference)\">"
        let link = target.map { "anchor \($0)" }
        // Twice: the second time from what is remembered.
        #expect(Extracted.html(document).links == [link, link].compactMap { $0 }, "\(reference)")
    }

    @Test func theFirstBaseWithAReferenceCountsFromItsPlaceOn() {
        let document = "<a href=x><base target=t><base href=sub/#f><a href=x><base href=no/><a href='#f'><a href=y>"
        let extracted = Extracted.html(document)
        #expect(extracted.links == ["anchor x", "anchor sub/x", "anchor sub/y"])
        #expect(extracted.summary?.base.serialized == Extracted.folder + "sub/")
    }

    @Test(
        "bases that cannot be: the document's own URL stays (section 4.2.3)",
        arguments: ["http://a b/", "data:x,y", "javascript:x"])
    func uselessBases(base: String) {
        #expect(Extracted.html("<base href='\(base)'><base href=no/><a href=x>").links == ["anchor x"])
    }

    @Test func baseOfAnotherSchemeLeavesNoLinks() {
        #expect(Extracted.html("<base href='file:///a/'><a href=x><a href=http://example.com/dir/y>").links == ["anchor y"])
    }

    @Test("templates, section 4.12.3")
    func templates() {
        let document =
            "<template><a href=1><base href=no/><template></template><a href=2></template><a href=3></template><a href=4>"
        #expect(Extracted.html(document).links == ["anchor 3", "anchor 4"])
        let shadow = "<template shadowrootmode=open><a href=1><template><a href=2></template></template><a href=3>"
        #expect(Extracted.html(shadow).links == ["anchor 1", "anchor 3"])
        let both = "<template><template shadowrootmode=open></template><a href=1></template><a href=2>"
        #expect(Extracted.html(both).links == ["anchor 2"])
        let text = "<template><style>@import 'x'</style><script></template></script><a href=1></template><a href=2>"
        #expect(Extracted.html(text).links == ["anchor 2"])
    }

    @Test("documents in srcdoc, section 4.8.5")
    func nestedDocuments() {
        let document =
            "<base href=sub/><iframe src=no srcdoc=\"<a href='1?a&amp;amp;b'><base href='//other/'><img src=2>\"></iframe><a href=3>"
        #expect(Extracted.html(document).links == ["anchor sub/1?a&b", "image http://other/2", "anchor sub/3"])
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String {
            var document = "<a href=x>"
            for _ in 0..<depth {
                let escaped = document.map { $0 == "&" ? "&amp;" : $0 == "\"" ? "&quot;" : String($0) }.joined()
                document = "<iframe srcdoc=\"\(escaped)\"></iframe>"
            }
            return document
        }
        var options = LinkExtractionOptions()
        options.maximumNesting = 2
        #expect(Extracted.html(nested(2), options: options).links == ["anchor x"])
        #expect(Extracted.html(nested(3), options: options).links == [])
        options.maximumNesting = 0
        #expect(Extracted.html(nested(1), options: options).links == [])
    }

    @Test func linksBeyondTheLimitAreCounted() {
        var options = LinkExtractionOptions()
        options.maximumLinks = 2
        let document = "<a href=1><a href=#2><img src=2><iframe srcdoc='<a href=3>'></iframe><a href=4>"
        let extracted = Extracted.html(document, options: options)
        #expect(extracted.links == ["anchor 1", "image 2"])
        #expect(extracted.summary?.cutCount == 2)
    }

    /// A long base makes much of little: many short references would fill the memory.
    @Test func linksBeyondTheLimitOfTheirLengthAreCounted() {
        var options = LinkExtractionOptions()
        options.maximumLinkBytes = 100
        let links = (10..<20).map { "<a href=\($0)>" }.joined()
        let extracted = Extracted.html("<base href='http://h/\(String(repeating: "x", count: 29))/'>\(links)", options: options)
        #expect(extracted.outlinks.map(\.url.serialized.utf8.count) == [41, 41, 41])
        #expect(extracted.summary?.cutCount == 7)
    }

    @Test func valuesBeyondTheLimitCountAsAbsent() {
        var options = LinkExtractionOptions()
        options.maximumValueLength = 4
        let document = "<a href=abcd><a href=abcde><a href=abcde href=x><img src=abcde srcset=b>"
        #expect(Extracted.html(document, options: options).links == ["anchor abcd", "image b"])
    }

    @Test func robotsElementsAddUp() {
        #expect(Extracted.html("<meta name=robots content='NoIndex, follow'>").summary?.directives == .noindex)
        #expect(Extracted.html("<meta name=ROBOTS content=none>").summary?.directives == [.noindex, .nofollow])
        let both = "<meta name=robots content=noindex><meta name=larder content='nofollow noarchive'>"
        #expect(Extracted.html(both).summary?.directives == [.noindex, .nofollow, .noarchive])
        #expect(Extracted.html("<meta name=otherbot content=noindex><meta content=noindex>").summary?.directives == [])
        #expect(Extracted.html("<template><meta name=robots content=none></template>").summary?.directives == [])
    }
}
