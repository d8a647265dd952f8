import LinkExtraction
import Testing

/// CSS Syntax section 4.
@Suite struct CSSLinkTests {
    @Test(
        "URLs by their tokens",
        arguments: [
            ("a{b:url(x)}", ["x"]), ("a{b:url( x )}", ["x"]), (#"a{b:url("x")}"#, ["x"]), ("a{b:url( 'x' )}", ["x"]),
            ("a{b:URL(x)}", ["x"]), (#"a{b:u\72l(x)}"#, ["x"]), (#"a{b:\75 rl(x)}"#, ["x"]), (#"a{b:\000075rl(x)}"#, ["x"]),
            ("a{b:url(x)url(y),url(z)}", ["x", "y", "z"]), ("url(x", ["x"]), ("url('x", ["x"]), ("url(  ", []), ("url()", []),
            (#"url(a\)b)"#, ["a)b"]), (#"url(a\29 b)"#, ["a)b"]), (#"url("a\"b")"#, ["a%22b"]), ("url('a\\\nb')", ["ab"]),
            ("url('a\\\r\nb')", ["ab"]), (#"url("\65\78")"#, ["ex"]), (#"url(\110000x)"#, ["%EF%BF%BDx"]),
            ("url(#x)", []), ("url(x#y)", ["x"]), ("url(data:x)", []), ("url(é)", ["%C3%A9"]),
            // No URLs.
            ("/* url(x) */", []), ("/* * / url(x) **/url(y)", ["y"]), ("'url(x)'", []), (#""\"url(x)""#, []), ("#url(x)", []),
            ("@url(x)", []), ("1url(x)", []), ("-1url(x)", []), (".5url(x)", []), ("-url(x)", []), ("--url(x)", []),
            ("xurl(x)", []), ("url (x)", []), ("url-prefix(x)", []), ("<!--url(x)-->url(y)", ["x", "y"]),
            // Bad URLs.
            ("url(a b)url(x)", ["x"]), ("url(a'b)url(x)", ["x"]), ("url(a\"b)url(x)", ["x"]), ("url(a(b)url(x)", ["x"]),
            ("url(a\u{1}b)url(x)", ["x"]), ("url(a\\\nb)url(x)", ["x"]), (#"url(a b\)c)url(x)"#, ["x"]),
            ("url('a\nb)url(x)", ["x"]), ("url('a\nb')url(x)", []), ("url(/**/'a')url(x)", ["x"]), ("'a\nurl(x)'", ["x"]),
        ])
    func resources(sheet: String, targets: [String]) {
        #expect(Extracted.css(sheet).links == targets.map { "styleResource \($0)" }, "\(sheet)")
    }

    @Test(arguments: [
        ("@import 'x';", ["stylesheet x"]), (#"@import"x""#, ["stylesheet x"]), ("@IMPORT url(x) screen;", ["stylesheet x"]),
        ("@import url('x');url(y)", ["stylesheet x", "styleResource y"]), ("@import/**/'x'", ["stylesheet x"]),
        (#"@\69mport 'x'"#, ["stylesheet x"]), ("@import 'x' 'y';", ["stylesheet x"]), ("@import x 'y';", []),
        ("@import; 'y'", []), ("@import-x 'y'", []), ("@-import 'y'", []), ("@import 'x", ["stylesheet x"]),
        ("@import 'x\n';", []), ("@import 'x' layer(y) supports(z:url(u));", ["stylesheet x", "styleResource u"]),
        ("@namespace 'x'; @namespace y url(z); a{b:url(u)}", ["styleResource u"]), ("@charset 'x';", []),
        ("@namespace x; y:url(z)", ["styleResource z"]),
        ("a{b:image-set('x' 1x, url(y) 2x)}'z'", ["styleResource x", "styleResource y"]),
        ("a{b:-webkit-image-set('x' 1x)}", ["styleResource x"]), (#"a{b:i\00006Dage-set('x')}"#, ["styleResource x"]),
        ("a{b:image-set('x' type('image/avif'), 'y' type('z'))}", ["styleResource x", "styleResource y"]),
        ("a{b:x('y')image-set(('z'))-image-set('t')}", []),
    ])
    func importsAndImageSets(sheet: String, links: [String]) {
        #expect(Extracted.css(sheet).links == links, "\(sheet)")
    }

    @Test("encodings of style sheets, CSS Syntax section 3.2")
    func encodings() {
        let e = Array("@charset \"windows-1251\";url(".utf8) + [0xFF] + Array(")".utf8)
        #expect(Extracted.css(e).links == ["styleResource %D1%8F"])
        #expect(Extracted.css(e, charset: "windows-1252").links == ["styleResource %C3%BF"])
        #expect(Extracted.css(Array(" ".utf8) + e).links == ["styleResource %EF%BF%BD"])
        #expect(
            Extracted.css([0xEF, 0xBB, 0xBF] + Array("url(é)".utf8), charset: "windows-1252").links == ["styleResource %C3%A9"])
        let wide: [UInt8] = [0xFF, 0xFE] + "url(é)".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] as [UInt8] }
        #expect(Extracted.css(wide).links == ["styleResource %C3%A9"])
        #expect(Extracted.css(wide).summary?.encoding == .utf16LE)
        let declared = Array("@charset \"utf-16\";url(é)".utf8)
        #expect(Extracted.css(declared).links == ["styleResource %C3%A9"])
    }

    @Test func queriesAreInUTF8WhateverTheSheetIsIn() {
        let sheet = Array("url(?".utf8) + [0xFF] + Array(")".utf8)
        #expect(Extracted.css(sheet, charset: "windows-1251").links == ["styleResource page.html?%D1%8F"])
    }
}
