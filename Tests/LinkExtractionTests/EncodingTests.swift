import HTTPSemantics
import LinkExtraction
import Testing

/// Which encoding a document is in (HTML standard section 13.2.3.2), and what its references are then.
@Suite struct EncodingTests {
    /// A link to the byte 0xE4 and, in its query, to the same.
    private static let link = Array("<a href='".utf8) + [0xE4] + Array("?".utf8) + [0xE4] + Array("'>".utf8)

    private func target(_ head: String, charset: String? = nil) -> [String] {
        Extracted.html(Array(head.utf8) + Self.link, charset: charset).links
    }

    private static let latin = ["anchor %C3%A4?%E4"]
    private static let cyrillic = ["anchor %D0%B4?%E4"]

    @Test(
        "the prescan for a meta element",
        arguments: [
            "<meta charset=windows-1251>", "<META CHARSET = 'WINDOWS-1251'>", "<meta/charset=\"cp1251\"/>",
            "<meta http-equiv=content-type content='text/html; charset=windows-1251'>",
            "<meta content='charset = \"windows-1251\"' http-equiv=Content-Type>",
            "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>", "<!--><meta charset=windows-1251>",
            "<p title='<meta charset=koi8-r>'><meta charset=windows-1251>", "</p x><meta charset=windows-1251>",
            "<?x <meta charset=koi8-r?><meta charset=windows-1251>", "<meta charset=bogus><meta charset=windows-1251>",
            "<meta name=x content='charset=koi8-r'><meta charset=windows-1251>", "< ><meta charset=windows-1251>",
            "<meta charset=windows-1251 charset=koi8-r>", "<?xml version='1.0' encoding='windows-1251'?>",
            "<meta http-equiv=content-type content='charset charset=windows-1251;x'>",
        ])
    func prescan(head: String) {
        #expect(target(head) == Self.cyrillic, "\(head)")
        // What stands before the element is read in its encoding too.
        if !head.hasPrefix("<?xml") {
            #expect(Extracted.html(Self.link + Array(head.utf8), charset: nil).links == Self.cyrillic, "\(head)")
        }
        #expect(target(head, charset: "windows-1252") == Self.latin, "\(head)")
        #expect(target(head, charset: "bogus") == Self.cyrillic, "\(head)")
    }

    @Test func withoutANameItIsUTF8IfValidElseWindows1252() {
        #expect(target("") == Self.latin)
        #expect(Extracted.html(Array("<a href='ä?ä'>".utf8), charset: nil).links == ["anchor %C3%A4?%C3%A4"])
        #expect(Extracted.html(Array("<a href=x>".utf8), charset: nil).summary?.encoding == nil)
    }

    @Test func aMetaBeyondThePrescanCountsFromItsPlaceOn() {
        let padding = "<!--" + String(repeating: "x", count: 1_100) + "-->"
        #expect(target(padding + "<meta charset=windows-1251>") == Self.cyrillic)
        #expect(target(padding + "<meta http-equiv=content-type content='a; charset=windows-1251'>") == Self.cyrillic)
        #expect(target(padding + "<meta charset=windows-1251>", charset: "windows-1252") == Self.latin)
    }

    @Test func byteOrderMarksCountMost() {
        let utf8 = [0xEF, 0xBB, 0xBF] + Array("<meta charset=windows-1251><a href='ä'>".utf8)
        #expect(Extracted.html(utf8, charset: "koi8-r").links == ["anchor %C3%A4"])
        let text = "<a href='ä?é€😀'>"
        let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] as [UInt8] }
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] as [UInt8] }
        let expected = ["anchor %C3%A4?%C3%A9%E2%82%AC%F0%9F%98%80"]
        for size in [1, 2, 3, 7, 1_000] {
            #expect(Extracted.html([0xFF, 0xFE] + little, charset: "utf-8", partSize: size).links == expected)
            #expect(Extracted.html([0xFE, 0xFF] + big, charset: nil, partSize: size).links == expected)
            #expect(Extracted.html(little, charset: "utf-16", partSize: size).links == expected)
            #expect(Extracted.html(big, charset: "utf-16be", partSize: size).links == expected)
        }
        #expect(Extracted.html(little + [0x3C], charset: "utf-16").links == expected)
        // Halves of a pair.
        let halves: [UInt8] = Array("<a href=".utf8).flatMap { [$0, 0] } + [0x3D, 0xD8, 0x3D, 0xD8, 0x41, 0, 0x3E, 0]
        #expect(Extracted.html(halves, charset: "utf-16le").links == ["anchor %EF%BF%BD%EF%BF%BDA"])
    }

    @Test("a meta cannot say UTF-16, section 13.2.3.2")
    func metaUTF16() {
        #expect(Extracted.html(Array("<meta charset=utf-16><a href='ä'>".utf8), charset: nil).links == ["anchor %C3%A4"])
        let xml = "<?xml version='1.0'?><a href='ä'>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] as [UInt8] }
        #expect(Extracted.html(xml, charset: nil).links == ["anchor %C3%A4"])
    }

    @Test("labels, Encoding standard section 4.2")
    func labels() {
        for encoding in CharacterEncoding.allCases {
            #expect(CharacterEncoding(label: encoding.rawValue) == encoding)
            #expect(CharacterEncoding(label: " \t\(encoding.rawValue.uppercased())\n") == encoding)
        }
        #expect(CharacterEncoding(label: "latin1") == .windows1252)
        #expect(CharacterEncoding(label: "ISO-8859-9") == .windows1254)
        #expect(CharacterEncoding(label: "iso_8859-2:1987") == .iso8859_2)
        #expect(CharacterEncoding(label: "sjis") == .shiftJIS)
        #expect(CharacterEncoding(label: "gb2312") == .gbk)
        #expect(CharacterEncoding(label: "x-user-defined") == .windows1252)
        for label in ["", "utf-7", "replacement", "iso-2022-kr", "utf 8", "ütf-8", String(repeating: "x", count: 100)] {
            #expect(CharacterEncoding(label: label) == nil)
        }
    }

    @Test(
        "single-byte encodings, Encoding standard section 9",
        arguments: [
            ("ibm866", 0x80, "А"), ("iso-8859-2", 0xA1, "Ą"), ("iso-8859-3", 0xFE, "ŝ"), ("iso-8859-4", 0xFF, "˙"),
            ("iso-8859-5", 0xF0, "№"), ("iso-8859-6", 0xC7, "ا"), ("iso-8859-7", 0xA4, "€"), ("iso-8859-8", 0xE0, "א"),
            ("iso-8859-8-i", 0xE0, "א"), ("iso-8859-10", 0xFF, "ĸ"), ("iso-8859-13", 0xFF, "’"), ("iso-8859-14", 0xA1, "Ḃ"),
            ("iso-8859-15", 0xA4, "€"), ("iso-8859-16", 0xA4, "€"), ("koi8-r", 0xC1, "а"), ("koi8-u", 0xAE, "ў"),
            ("koi8-u", 0xA4, "є"), ("macintosh", 0x80, "Ä"), ("windows-874", 0xA1, "ก"), ("windows-1250", 0x8A, "Š"),
            ("windows-1251", 0x80, "Ђ"), ("windows-1252", 0x80, "€"), ("windows-1252", 0x81, "\u{81}"), ("windows-1253", 0xC1, "Α"),
            ("windows-1254", 0xDD, "İ"), ("windows-1255", 0xE0, "א"), ("windows-1255", 0xCA, "\u{5BA}"),
            ("windows-1256", 0x81, "پ"),
            ("windows-1257", 0xC0, "Ą"), ("windows-1258", 0xFE, "₫"), ("x-mac-cyrillic", 0xFF, "€"),
            ("windows-1253", 0xD2, "\u{FFFD}"),
            ("iso-8859-6", 0xA1, "\u{FFFD}"), ("macintosh", 0xDB, "€"),
        ] as [(String, UInt8, String)])
    func singleByte(label: String, byte: UInt8, character: String) throws {
        let document = Array("<a href='x".utf8) + [byte] + Array("?y".utf8) + [byte] + Array("'>".utf8)
        let path = try #require(WebURL("http://example.com/dir/x\(character)"))
        let link = try #require(Extracted.html(document, charset: label).outlinks.first)
        #expect("http://example.com\(link.url.path)" == path.serialized, "\(label)")
        let query = character == "\u{FFFD}" ? "y%26%2365533%3B" : "y%" + String(byte, radix: 16, uppercase: true)
        #expect(link.url.query == query, "\(label)")
    }

    @Test("queries in a legacy encoding, URL standard section 4.4")
    func legacyQueries() {
        func links(_ value: String) -> [String] {
            Extracted.html(Array("<a href='\(value)'>".utf8), charset: "windows-1251").links
        }
        #expect(links("?&#x434;&amp;&#x20AC;&#x4E2D;") == ["anchor page.html?%E4&%88%26%2320013%3B"])
        #expect(links("&#x434;?a") == ["anchor %D0%B4?a"])
        #expect(links("x?&#x434;#&#x434;") == ["anchor x?%E4"])
        let refresh = Array("<meta http-equiv=refresh content='0;x?".utf8) + [0xE4] + Array("'>".utf8)
        #expect(Extracted.html(refresh, charset: "windows-1251").links == ["refresh x?%E4"])
    }

    @Test func theCharactersOfMultiByteEncodingsAreGiven() {
        let document = Array("<a href='".utf8) + [0x93, 0xFA, 0x5C] + Array("&amp;'>".utf8)
        let coders = FewCharacters.coders(.shiftJIS, [[0x93, 0xFA]: "日"])
        #expect(Extracted.html(document, charset: "shift_jis", coders: coders).links == ["anchor %E6%97%A5/&"])
        let undecoded = Extracted.html(document, charset: "shift_jis")
        #expect(undecoded.links == ["anchor %EF%BF%BD%EF%BF%BD/&"])
        #expect(Extracted.html(document, charset: "big5", coders: coders).links == undecoded.links)
    }

    @Test("queries in a multi-byte encoding, URL standard section 1.3")
    func multiByteQueries() {
        let coders = FewCharacters.coders(.shiftJIS, [[0x93, 0xFA]: "日", [0x95, 0x5C]: "表"])
        func links(_ value: String, charset: String = "shift_jis") -> [String] {
            Extracted.html(Array("<a href='\(value)'>".utf8), charset: charset, coders: coders).links
        }
        // Bytes of a character that need no percent-encoding have none.
        #expect(links("&#x65E5;?a=&#x65E5;&amp;b=&#x8868; x") == ["anchor %E6%97%A5?a=%93%FA&b=%95\\%20x"])
        #expect(links("?&#x4E2D;&#x65E5;#&#x65E5;") == ["anchor page.html?%26%2320013%3B%93%FA"])
        #expect(links("?&#xA5;") == ["anchor page.html?\\"])
        #expect(links("&#x65E5;") == ["anchor %E6%97%A5"])
        // Where nobody can write the encoding, it is UTF-8.
        #expect(links("?&#x65E5;", charset: "euc-kr") == ["anchor page.html?%E6%97%A5"])
        #expect(links("?&#x65E5;", charset: "utf-8") == ["anchor page.html?%E6%97%A5"])
    }

    @Test("ISO-2022-JP hides markup behind escape sequences, Encoding standard section 12.2")
    func iso2022JP() {
        // Kanji that look like `<a href=x>`, then a link in ASCII with kanji in it.
        let hidden: [UInt8] = [0x1B, 0x24, 0x42] + Array("<a href=x>".utf8) + [0x1B, 0x28, 0x42]
        let link = Array("<a href='".utf8) + [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x4A] + Array("y'>".utf8)
        let coders = FewCharacters.coders(.eucJP, [[0xC6, 0xFC]: "日", [0x8E, 0xB1]: "ｱ"])
        for size in [1, 2, 3, 1_000] {
            let extracted = Extracted.html(hidden + link, charset: "iso-2022-jp", coders: coders, partSize: size)
            #expect(extracted.links == ["anchor %E6%97%A5y"])
        }
        let katakana: [UInt8] = Array("<a href='".utf8) + [0x1B, 0x28, 0x49, 0x31, 0x1B, 0x1B, 0x28, 0x42] + Array("y'>".utf8)
        #expect(Extracted.html(katakana, charset: "iso-2022-jp", coders: coders).links == ["anchor %EF%BD%B1y"])
    }

    @Test(
        "queries in ISO-2022-JP, Encoding standard section 12.2.2",
        arguments: [
            ("a日b日", "a%1B$BF|%1B(Bb%1B$BF|%1B(B"), ("日日", "%1B$BF|F|%1B(B"), ("ｱ", "%1B$B%%22%1B(B"),
            ("日中", "%1B$BF|%1B(B%26%2320013%3B"),
            ("¥a~", "%1B(J\\a%1B(B~"), ("¥中¥", "%1B(J\\%26%2320013%3B\\%1B(B"), ("¥日", "%1B(J\\%1B$BF|%1B(B"),
            ("中a", "%26%2320013%3Ba"),
            ("日\u{E}", "%1B$BF|%1B(B%26%2365533%3B"), ("#", nil), ("亜", "%1B$B0!%1B(B"),
        ] as [(String, String?)])
    func iso2022JPQueries(query: String, written: String?) {
        let coders = FewCharacters.coders(.eucJP, [[0xC6, 0xFC]: "日", [0xA5, 0xA2]: "ア", [0xB0, 0xA1]: "亜"])
        let references = query.unicodeScalars.map { $0.isASCII ? String($0) : "&#\($0.value);" }.joined()
        let links = Extracted.html(Array("<a href='x?\(references)'>".utf8), charset: "iso-2022-jp", coders: coders).links
        #expect(links == ["anchor x?\(written ?? "")"])
    }
}
