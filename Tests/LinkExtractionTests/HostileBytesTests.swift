import HTTPSemantics
import LinkExtraction
import TestSupport
import Testing

/// Whatever a server sends: no trap, the same links wherever the bytes are cut, linear time. Seeds name the failing case.
@Suite struct HostileBytesTests {
    /// What parsers care about.
    private static let pieces: [[UInt8]] =
        [
            "<", ">", "</", "/>", "\"", "'", "=", " ", "\n", "\r\n", "\t", "&", ";", "#", "!", "--", "-", "<!--", "-->", "--!>",
            "<!", "<?",
            "<![CDATA[", "]]>", "]", "<a href=", "<A HREF='x'", "<a\nhref=\"y\">", " href=x", " rel=nofollow", "<base href=sub/>",
            "<base href=//other/>", "<img src=i srcset='a 1x, b 2x'>", "<link rel=stylesheet href=s>", "<iframe srcdoc='",
            "<iframe src=f>",
            "</iframe>", "<style>", "</style>", "</STYLE ", "@import 'c';", "url(u)", "url(", "url('", "\\", "/*", "*/", "\\72",
            "image-set('",
            ")", "(", "<script>", "</script>", "</script", "<script", "<svg>", "</svg>", "<math>", "<mi>", "<foreignObject>",
            "<title>",
            "</title>", "<template>", "</template>", "<textarea>", "</textarea>", "<plaintext>", "<noscript>",
            "<p style='a:url(p)'>",
            "<meta http-equiv=refresh content='0;url=r'>", "<meta name=robots content=none>", "<meta charset=windows-1251>",
            "<svg><a xlink:href=x>", "<svg><style>", "<font color=x>", "&amp;", "&amp", "&#x41;", "&#", "&notin;", "&nGt;", "text",
            "12",
            "http://h/", "javascript:", "\u{0}", "é", "x",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0x80], [0xED, 0xA0, 0x80], [0x1B, 0x24, 0x42], [0x1B]]

    private static let charsets: [String?] = ["utf-8", nil, "windows-1251", "utf-16le", "utf-16be", "iso-2022-jp", "gb18030"]

    private static func noise(_ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...120, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
    }

    private static func check(_ document: [UInt8], charset: String?, random: inout SplitMix64) {
        var options = LinkExtractionOptions(sketchesText: true)
        options.maximumLinks = 50
        options.maximumValueLength = 200
        let whole = Extracted.html(document, charset: charset, options: options)
        let sheet = Extracted.css(document, charset: charset)
        for size in [1, Int.random(in: 2...40, using: &random)] {
            let parts = Extracted.html(document, charset: charset, options: options, partSize: size)
            #expect(parts.outlinks == whole.outlinks && parts.summary == whole.summary, "parts of \(size) bytes")
            let sheetParts = Extracted.css(document, charset: charset, partSize: size)
            #expect(sheetParts.outlinks == sheet.outlinks && sheetParts.summary == sheet.summary, "parts of \(size) bytes")
        }
        for link in whole.outlinks + sheet.outlinks {
            #expect(link.url.isHTTP && link.url.fragment == nil)
        }
    }

    @Test(arguments: 0..<64)
    func anyPieces(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<60 {
            Self.check(Self.noise(&random), charset: Self.charsets.randomElement(using: &random) ?? nil, random: &random)
        }
    }

    @Test(arguments: 0..<16)
    func anyBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<40 {
            let document = (0..<Int.random(in: 0...2_000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            Self.check(document, charset: Self.charsets.randomElement(using: &random) ?? nil, random: &random)
        }
    }

    /// A page with a few bytes changed, taken out or doubled.
    @Test(arguments: 0..<32)
    func mutatedPages(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            var document = Array(Self.page.utf8)
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = Int.random(in: 0..<document.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: document[place] = UInt8.random(in: 0...255, using: &random)
                case 1: document.removeSubrange(place..<min(place + Int.random(in: 1...30, using: &random), document.count))
                case 2: document.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
                default: document.insert(contentsOf: document[place..<min(place + 40, document.count)], at: place)
                }
                if document.isEmpty { break }
            }
            Self.check(document, charset: Bool.random(using: &random) ? nil : "utf-8", random: &random)
        }
    }

    private static let page = """
        <!DOCTYPE html><html lang=en><head><meta charset="utf-8"><title>A page &amp; more</title><base href="/dir/">
        <link rel="stylesheet" href="style.css?v=1&amp;w=2"><style>@import url("a.css"); body { background: url(b.png) } /* c */</style>
        <script>if (a < b && c) document.write("<a href='no'></a><!-- <script> </" + "script> -->");</script></head>
        <body style='background: url("&quot;)'><!-- a <a href=no> comment --><p>Text with <a href="one.html#part" rel='x nofollow'>a link</a>, é,
        and <img src=image.png srcset="i1.png 1x, i2.png 2x" alt='a > b'>.</p><svg><title>x</title><a xlink:href='two'/><![CDATA[ <b> ]]></svg>
        <iframe srcdoc="&lt;a href='three'&gt; &lt;img src=four&gt;"></iframe><template><a href=no></template><textarea><a href=no></textarea>
        <table background=t.gif><tr><td><a href = 'five' title="&lt;"><noscript><img src=six></noscript></table></body></html>
        """

    // MARK: - Time

    private static let inputs: [(String, String)] = [
        ("<", ""), ("&", "<a href='"), ("&", "<a href="), ("<!--", ""), ("<!-", ""), ("-", "<!--"), ("--!", "<!--"), ("<a ", ""),
        ("<a/", ""),
        ("a=", "<a "), ("href ", "<a "), ("\"", "<a href="), ("x", "<a href=\""), ("'", "<a href=\"x\""), ("&#1", "<a href='"),
        ("&ampx", "<a href='"), ("</", "<title>"), ("</titl", "<title>"), ("</script", "<script><!--"),
        ("<script>", "<script><!--"),
        ("<script></script>", "<script><!--"), ("]", "<svg><![CDATA["), ("<svg>", ""), ("<math><mi>", ""), ("</g>", "<svg>"),
        ("<svg><desc>", ""), ("<template>", ""), ("<iframe srcdoc='", ""), ("<iframe srcdoc=<iframe>", ""),
        ("<iframe srcdoc=a>", ""),
        ("<a href=x>", ""), ("<a href=a:b>", ""), ("<a href=?&eacute;>", ""), (" 1x,", "<img srcset='a"), (",", "<img srcset='a"),
        ("(", "<img srcset='a "), ("url(", "<style>"), ("url('", "<style>"), ("\\", "<style>"), ("\\a", "<style>"),
        ("/*", "<style>"),
        ("@import", "<style>"), ("image-set(", "<style>"), ("<p style='url(x)'>", ""), ("<base href=x/>", ""),
        ("<meta charset=x>", ""),
        ("<meta content='charset", ""), ("charset", "<meta content='"), ("../", "<a href='"), ("%2e/", "<a href='"), ("\u{0}", ""),
    ]

    @Test(
        "a mebibyte of the same, which quadratic reading would take minutes for", arguments: inputs)
    func linearTime(unit: String, start: String) {
        let bytes = Array(start.utf8) + Array(String(repeating: unit, count: (1 << 20) / max(unit.utf8.count, 1)).utf8)
        var options = LinkExtractionOptions(sketchesText: true)
        options.maximumValueLength = 1 << 20
        let begin = ContinuousClock.now
        let extracted = Extracted.html(bytes, charset: "windows-1251", options: options, partSize: 4_096)
        #expect(extracted.outlinks.count <= options.maximumLinks)
        // In a debug build on a busy machine too; what is quadratic takes far longer.
        #expect(ContinuousClock.now - begin < .seconds(30), "\(start) \(unit)")
    }

    @Test func longFieldsTakeLinearTime() throws {
        let page = try #require(WebURL(Extracted.page))
        for unit in ["<x>;", "<", ",", ";", "\"", "<x>;rel=\"", "<x>;rel=next,", "\\", "<x>;a="] {
            let value = "<y>; rel=next" + String(repeating: unit, count: (1 << 18) / unit.utf8.count)
            let begin = ContinuousClock.now
            _ = FieldLinks.links(in: ["Link": value, "Refresh": value], url: page)
            _ = RobotsDirectives(xRobotsTag: [value])
            #expect(ContinuousClock.now - begin < .seconds(30), "\(unit)")
        }
    }
}
