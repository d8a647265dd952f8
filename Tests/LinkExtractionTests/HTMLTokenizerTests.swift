import LinkExtraction
import Testing

/// HTML standard section 13.2.5. A link that is found says that a tag was seen; each case is a document and its links.
@Suite struct HTMLTokenizerTests {
    @Test(
        "attributes, sections 13.2.5.32 to 13.2.5.40",
        arguments: [
            (#"<a href="x">"#, ["x"]),
            ("<a href='x'>", ["x"]),
            ("<a href=x>", ["x"]),
            ("<a href=x/>", ["x/"]),
            (#"<a href="x"/>"#, ["x"]),
            ("<a\thref\n=\r\n 'x'\u{0C}>", ["x"]),
            ("<A HREF=X>", ["X"]),
            ("<a/href=x>", ["x"]),
            (#"<a title="1"href="x">"#, ["x"]),
            (#"<a title=">" href=x>"#, ["x"]),
            (#"<a =href=y href=x>"#, ["x"]),
            (#"<a href=y href=x>"#, ["y"]),
            (#"<a href href=x>"#, []),
            (#"<a href = >x"#, []),
            (#"<a href="x'>"y">"#, ["x'%3E"]),
            (#"<a href=a"b'c<d`e>"#, ["a%22b'c%3Cd%60e"]),
            ("<a nohref=x hrefx=y>", []),
            ("<a h\u{0}ref=x>", []),
            ("<a href\u{0}=x>", []),
            ("<a href=x\u{0}y>", ["x%EF%BF%BDy"]),
            ("<ab href=x><a1 href=y>", []),
            ("<a attributenamewithmorethansixteenbytes=1 href=x>", ["x"]),
        ])
    func attributes(document: String, links: [String]) {
        #expect(Extracted.html(document).links == links.map { "anchor \($0)" }, "\(document)")
    }

    @Test(
        "what is no tag",
        arguments: [
            "<a href=x", "<a href='x", "<a href='x'", "< a href=x>", "</a href=x>", "<1a href=x>", "<>a href=x>", "<?a href=x>",
            "<!a href=x>", "<!DOCTYPE html PUBLIC \"<a href=x\">", "<!--<a href=x>-->", "<!--<a href=x>--!>", "<!--<a href=x>",
            "<!-- --!<a href=x> -->", "<!--- <a href=x> --->", "<!---!> <a href=x> -->", "<![CDATA[<a href=x]]>",
        ])
    func noTags(document: String) {
        #expect(Extracted.html(document).links == [])
    }

    @Test(
        "where comments end, sections 13.2.5.43 to 13.2.5.52",
        arguments: [
            "<!-->", "<!--->", "<!---->", "<!--x-->", "<!--x--->", "<!--x--!>", "<!--x--!--!>", "<!--x--!x-->", "<!--x-y--z-->",
            "<!--<!-->", "<!--<!-- -->", "<!->", "<!>", "</>", "</1>", "<?x?>", "<!doctype html>", "<![CDATA[x]]>", "<![CDAT>",
            "<!--\u{0}-->",
        ])
    func commentEnds(comment: String) {
        #expect(Extracted.html(comment + "<a href=x>").links == ["anchor x"], "\(comment)")
    }

    @Test(
        "elements whose content is text, sections 13.2.5.2, 13.2.5.3 and 13.2.5.9 to 13.2.5.14",
        arguments: ["title", "textarea", "style", "xmp", "iframe", "noembed", "noframes", "script"])
    func textElements(name: String) {
        let inside = "<a href=no></a></\(name.dropLast())></\(name)x></ \(name)>"
        for end in ["</\(name)>", "</\(name.uppercased())\n>", "</\(name)/>", "</\(name) a='>'>"] {
            let document = "<\(name)>\(inside)\(end)<a href=x>"
            #expect(Extracted.html(document).links == ["anchor x"], "\(document)")
        }
        #expect(Extracted.html("<\(name)>\(inside)").links == [])
    }

    @Test func plaintextNeverEnds() {
        #expect(Extracted.html("<a href=x><plaintext></plaintext><a href=y>").links == ["anchor x"])
    }

    @Test func scriptingIsOff() {
        #expect(Extracted.html("<noscript><a href=x></noscript>").links == ["anchor x"])
    }

    @Test(
        "scripts with comments, sections 13.2.5.15 to 13.2.5.31",
        arguments: [
            ("<!--</script>", true),
            ("<!--<script></script>", false),
            ("<!--<script></script></script>", true),
            ("<!--<script></script>--></script>", true),
            ("<!--<script>--></script>", true),
            ("<!--<script -->  </script>", true),
            ("<!--<scriptx></script>", true),
            ("<!--<SCRIPT/></script>", false),
            ("<!--<script ></scriptx></script>", false),
            ("<!-->\n<script></script>", true),
            ("<!--->\n<script></script>", true),
            ("<!- -<script></script>", true),
            ("<!--<script>-- ></script>", false),
            ("<!--<s-<script></script>", false),
            ("if (a<!b) </script>", true),
        ])
    func scripts(content: String, ends: Bool) {
        #expect(Extracted.html("<script>\(content)<a href=x>").links == (ends ? ["anchor x"] : []), "\(content)")
    }

    @Test(
        "character references, sections 13.2.5.72 to 13.2.5.80",
        arguments: [
            ("a?b&amp;c", "a?b&c"),
            ("a?b&ampc", "a?b&ampc"),
            ("a?b&amp=c", "a?b&amp=c"),
            ("a?b&amp", "a?b&"),
            ("a?b&amp-c", "a?b&-c"),
            ("a?b&notit;", "a?b&notit;"),
            ("a?b&notin;", "a?b%E2%88%89"),
            ("a?b&not", "a?b%C2%AC"),
            ("a?b&copy=1", "a?b&copy=1"),
            ("a?b&bogus;c", "a?b&bogus;c"),
            ("a?b&&amp;", "a?b&&"),
            ("a&NotEqualTilde;b", "a%E2%89%82%CC%B8b"),
            ("a&nGt;b", "a%E2%89%AB%E2%83%92b"),
            ("a&CounterClockwiseContourIntegral;b", "a%E2%88%B3b"),
            ("&#97;&#x62;&#X63", "abc"),
            ("a&#128;b", "a%E2%82%ACb"),
            ("a&#129;b", "a%C2%81b"),
            ("a&#0;b", "a%EF%BF%BDb"),
            ("a&#xD800;b", "a%EF%BF%BDb"),
            ("a&#x110000;b", "a%EF%BF%BDb"),
            ("a&#99999999999999999999;b", "a%EF%BF%BDb"),
            ("a?&#;&#x;", "a?&"),
            ("a?b&#38;c", "a?b&c"),
        ])
    func characterReferences(value: String, target: String) {
        #expect(Extracted.html("<a href=\"\(value)\">").links == ["anchor \(target)"], "\(value)")
    }
}
