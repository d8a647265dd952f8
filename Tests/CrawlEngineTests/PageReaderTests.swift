import ContentCoding
import HTTPCaching
import HTTPSemantics
import LinkExtraction
import TestSupport
import Testing

@testable import CachingClient
@testable import CrawlEngine

/// What is read of an answer, as it comes.
@Suite struct PageReaderTests {
    private static let url = "http://a.example/dir/page.html"

    /// Reads an answer whose content comes in parts.
    private func read(
        _ body: [UInt8], _ fields: FieldSection = ["Content-Type": "text/html"], status: Int = 200, maximumLinks: Int = 100,
        isSitemap: Bool = false, partSize: Int = .max
    ) async throws -> PageContents {
        let reader = PageReader(try #require(WebURL(Self.url)), maximumLinks: maximumLinks, isSitemap: isSitemap)
        try await feed(reader, body, ResponseHead(status: status, fields: fields), partSize)
        return reader.contents()
    }

    private func feed(_ reader: PageReader, _ body: [UInt8], _ head: ResponseHead, _ partSize: Int = .max) async throws {
        try await reader.consume(
            .head(AnswerPreamble(head: head, outcome: .miss, reason: "miss", status: CacheStatus(detail: "test"))))
        for start in stride(from: 0, to: body.count, by: min(partSize, max(1, body.count))) {
            try await reader.consume(.bytes(Array(body[start..<min(body.count, start &+ min(partSize, body.count))])))
        }
        try await reader.consume(.end([:]))
    }

    private func read(_ text: String, _ fields: FieldSection = ["Content-Type": "text/html"]) async throws -> PageContents {
        try await read(Array(text.utf8), fields)
    }

    /// Where the links lead, without the server.
    private func targets(_ contents: PageContents) -> [String] {
        contents.links.map { String($0.url.serialized.dropFirst("http://a.example".count)) }
    }

    private static let page = "<!DOCTYPE html><title>T</title><a href=x>one two three four five six</a>"
    private static let sheet = "@import 'x'; p { background: url(i.png) }"
    private static let sitemap = "<?xml version='1.0'?><urlset><url><loc>http://a.example/x</loc></url></urlset>"
    private static let feed = "<rss><channel><item><link>http://a.example/x</link></item></channel></rss>"

    // MARK: - Kinds

    @Test(
        arguments: [
            ("text/html", .html), ("TEXT/HTML; charset=x", .html), ("application/xhtml+xml", .html), ("text/css", .styleSheet),
            ("application/rss+xml", .sitemap), ("application/atom+xml;x=y", .sitemap), ("text/xml", .sitemap),
            ("application/xml", .sitemap), ("application/rdf+xml", .sitemap), (nil, .unknown), ("", .unknown),
            ("nonsense", .unknown),
            ("text/plain", nil), ("image/png", nil), ("application/gzip", nil), ("application/octet-stream", nil),
            ("text/htmlx", nil),
        ] as [(String?, PageFormat?)])
    func theTypeSaysWhatIsRead(type: String?, format: PageFormat?) {
        let head = ResponseHead(status: 200, fields: type.map { ["Content-Type": $0] } ?? [:])
        #expect(PageFormat(head, isSitemap: false) == format)
    }

    @Test(
        arguments: [
            ("application/gzip", .sitemap), ("application/x-gzip", .sitemap),
            ("application/octet-stream", .sitemap), ("text/html", .html), ("text/plain", .sitemap), (nil, .sitemap),
            ("image/png", .sitemap),
        ] as [(String?, PageFormat)])
    func whatIsNamedAsASitemapIsReadAsOne(type: String?, format: PageFormat) {
        let head = ResponseHead(status: 200, fields: type.map { ["Content-Type": $0] } ?? [:])
        #expect(PageFormat(head, isSitemap: true) == format)
    }

    @Test func onlyASuccessIsRead() async throws {
        let reader = PageReader(try #require(WebURL(Self.url)), maximumLinks: 1, isSitemap: false)
        for (status, type, wanted) in [
            (200, "text/html", true), (204, "text/html", true), (404, "text/html", false), (200, "image/png", false),
        ] {
            #expect(try reader.wants(answer(status, ["Content-Type": type])) == wanted)
        }
        var nothing = try answer(200)
        nothing.head = nil
        #expect(!reader.wants(nothing))
        for status in [302, 404, 500] {
            let contents = try await read(
                Array(Self.page.utf8), ["Content-Type": "text/html", "Link": "</y>; rel=next"], status: status)
            #expect(contents.links.isEmpty && !contents.isText)
        }
    }

    @Test func eachKindHasItsLinks() async throws {
        let html = try await read(Self.page)
        #expect(targets(html) == ["/dir/x"] && html.isText && !html.sketch.isEmpty)
        let css = try await read(Self.sheet, ["Content-Type": "text/css"])
        #expect(targets(css) == ["/dir/x", "/dir/i.png"] && !css.isText && css.sketch.isEmpty)
        #expect(css.links.map(\.relation) == [.stylesheet, .styleResource])
        let sitemap = try await read(Self.sitemap, ["Content-Type": "application/xml"])
        #expect(targets(sitemap) == ["/x"] && sitemap.links[0].relation == .sitemapPage && !sitemap.isText)
        #expect(try await read(Self.feed, ["Content-Type": "application/rss+xml"]).links.map(\.relation) == [.feedItem])
        #expect(try await read(Self.page, ["Content-Type": "text/plain"]).links.isEmpty)
    }

    @Test func whatNobodyNamesIsHTMLIfItBeginsWithATag() async throws {
        for beginning in ["", " \n\t ", "\u{FEFF}"] {
            for size in [1, 2, 1000] {
                let contents = try await read(Array((beginning + Self.page).utf8), [:], partSize: size)
                #expect(targets(contents) == ["/dir/x"] && contents.isText)
            }
        }
        for text in ["x" + Self.page, "PNG <a href=x>", "{\"a\": \"<a href=x>\"}"] {
            let contents = try await read(text, [:])
            #expect(contents.links.isEmpty && !contents.isText)
        }
    }

    @Test func fieldsHaveLinksWhateverTheContentIs() async throws {
        let fields: FieldSection = ["Content-Type": "image/png", "Link": "<next>; rel=next, </n>; rel=\"prev nofollow\""]
        let contents = try await read([0x89, 0x50], fields)
        #expect(targets(contents) == ["/dir/next", "/n"])
        #expect(contents.links.map(\.isNoFollow) == [false, true])
    }

    // MARK: - Directives

    @Test(
        arguments: [
            ("nofollow", true), ("none", true), ("NOINDEX, NoFollow", true), ("noindex", false), ("noarchive", false),
            ("all", false), ("", false),
        ])
    func aPageMayAskNotToFollowItsLinks(content: String, asks: Bool) async throws {
        // It counts for the links before it too, and for those of the fields.
        let html = "<a href=x></a><meta name=robots content='\(content)'><a href=y></a>"
        let fields: FieldSection = ["Content-Type": "text/html", "Link": "<z>; rel=next"]
        let contents = try await read(html, fields)
        #expect(contents.links.count == 3 && contents.links.allSatisfy { $0.isNoFollow == asks })
        let named = try await read(html.replacing("robots", with: "larder"), fields)
        #expect(named.links.allSatisfy { $0.isNoFollow == asks })
        let other = try await read(html.replacing("robots", with: "otherbot"), fields)
        #expect(other.links.allSatisfy { !$0.isNoFollow })
        var tagged = fields
        tagged.append("X-Robots-Tag", content)
        #expect(try await read(Self.page, tagged).links.allSatisfy { $0.isNoFollow == asks })
    }

    @Test func theTagOfAnAnswerMaySpeakToOthers() async throws {
        for (value, asks) in [("otherbot: nofollow", false), ("larder: nofollow", true), ("otherbot: all, larder: none", true)] {
            let contents = try await read(Self.page, ["Content-Type": "text/html", "X-Robots-Tag": value])
            #expect(contents.links.allSatisfy { $0.isNoFollow == asks }, "\(value)")
        }
    }

    @Test func aLinkMayAskAlone() async throws {
        let contents = try await read("<a href=x rel='noopener nofollow'></a><a href=y></a>")
        #expect(contents.links.map(\.isNoFollow) == [true, false])
    }

    // MARK: - Encodings

    /// A byte order mark before the Content-Type before what the document says.
    @Test func theEncodingIsThatOfTheMarkTheFieldOrTheDocument() async throws {
        let link = Array("<meta charset=windows-1251><a href='".utf8) + [0xE4] + Array("'>".utf8)
        #expect(try await targets(read(link)) == ["/dir/%D0%B4"])
        #expect(try await targets(read(link, ["Content-Type": "text/html; charset=\"ISO-8859-1\""])) == ["/dir/%C3%A4"])
        let marked = [0xEF, 0xBB, 0xBF] + Array("<meta charset=windows-1251><a href='ä'>".utf8)
        #expect(try await targets(read(marked, ["Content-Type": "text/html; charset=koi8-r"])) == ["/dir/%C3%A4"])
        #expect(try await targets(read(marked, [:])) == ["/dir/%C3%A4"])
        let sheet = Array("@charset \"windows-1251\"; @import '".utf8) + [0xE4] + Array("';".utf8)
        #expect(try await targets(read(sheet, ["Content-Type": "text/css"])) == ["/dir/%D0%B4"])
        #expect(try await targets(read(sheet, ["Content-Type": "text/css; charset=iso-8859-1"])) == ["/dir/%C3%A4"])
    }

    // MARK: - Content codings

    private func gzip(_ text: String) throws -> [UInt8] {
        var deflater = try Deflater()
        return try deflater.compress(Array(text.utf8)) + deflater.finish()
    }

    @Test func contentCodingsAreUndone() async throws {
        let fields: FieldSection = ["Content-Type": "text/html", "Content-Encoding": "gzip"]
        for size in [1, 7, 10_000] {
            #expect(try await targets(read(gzip(Self.page), fields, partSize: size)) == ["/dir/x"])
        }
        let identity = try await read(Self.page, ["Content-Type": "text/html", "Content-Encoding": "identity"])
        #expect(targets(identity) == ["/dir/x"])
    }

    @Test func aCodingThatIsUnknownIsNotRead() async throws {
        let fields: FieldSection = ["Content-Type": "text/html", "Content-Encoding": "br", "Link": "<y>; rel=next"]
        let contents = try await read(Self.page, fields)
        #expect(targets(contents) == ["/dir/y"] && !contents.isText)
    }

    @Test func brokenGzipKeepsWhatCameBefore() async throws {
        let fields: FieldSection = ["Content-Type": "text/html", "Content-Encoding": "gzip"]
        var text = "<a href=first></a>"
        var generator = SplitMix64(seed: 1)
        while text.utf8.count < 200_000 { text += "\(generator.next()) " }
        text += "<a href=last></a>"
        let whole = try gzip(text)
        #expect(try await targets(read(whole, fields)) == ["/dir/first", "/dir/last"])
        #expect(try await targets(read(Array(whole.prefix(whole.count / 2)), fields)) == ["/dir/first"])
        var broken = whole
        for index in whole.count / 2..<whole.count / 2 + 64 { broken[index] ^= 0xFF }
        let contents = try await read(broken, fields, partSize: 1000)
        #expect(targets(contents).first == "/dir/first" && !targets(contents).contains("/dir/last"))
        #expect(try await read(Array("no gzip".utf8), fields).links.isEmpty)
    }

    @Test func aSitemapMayBeAGzipFile() async throws {
        for type in ["application/gzip", "application/x-gzip", "application/octet-stream"] {
            let contents = try await read(gzip(Self.sitemap), ["Content-Type": type], isSitemap: true, partSize: 9)
            #expect(targets(contents) == ["/x"])
        }
        // Compressed on its way too.
        let twice = try gzip(Self.sitemap)
        var deflater = try Deflater()
        let coded = try deflater.compress(twice) + deflater.finish()
        let fields: FieldSection = ["Content-Type": "application/gzip", "Content-Encoding": "gzip"]
        #expect(try await targets(read(coded, fields, isSitemap: true)) == ["/x"])
        let broken = try await read(Array(gzip(Self.sitemap).dropLast(20)), ["Content-Type": "application/gzip"], isSitemap: true)
        #expect(broken.links.count <= 1)
        #expect(try await read(Array("no gzip".utf8), ["Content-Type": "application/gzip"], isSitemap: true).links.isEmpty)
    }

    // MARK: - Bounds

    @Test func linksHaveABoundAndTheRestIsCounted() async throws {
        let links = (0..<10).map { "<a href=\($0)></a>" }.joined()
        for size in [1, 1000] {
            let contents = try await read(Array(links.utf8), maximumLinks: 4, partSize: size)
            #expect(targets(contents) == ["/dir/0", "/dir/1", "/dir/2", "/dir/3"] && contents.cutLinks == 6)
        }
        // Links of the fields count too.
        let fields: FieldSection = ["Content-Type": "text/html", "Link": "<a>; rel=next, <b>; rel=prev, <c>; rel=help"]
        let both = try await read(Array(links.utf8), fields, maximumLinks: 4)
        #expect(targets(both) == ["/dir/a", "/dir/b", "/dir/c", "/dir/0"] && both.cutLinks == 9)
        let none = try await read(Array(links.utf8), maximumLinks: 0)
        #expect(none.links.isEmpty && none.cutLinks == 10)
        let sheet = (0..<10).map { "@import '\($0)';" }.joined()
        let css = try await read(Array(sheet.utf8), ["Content-Type": "text/css"], maximumLinks: 3)
        #expect(css.links.count == 3 && css.cutLinks == 7)
        let entries = (0..<10).map { "<url><loc>http://a.example/\($0)</loc></url>" }.joined()
        for size in [1, 100_000] {
            let sitemap = try await read(
                Array("<urlset>\(entries)</urlset>".utf8), ["Content-Type": "text/xml"], maximumLinks: 3, partSize: size)
            #expect(targets(sitemap) == ["/0", "/1", "/2"] && sitemap.cutLinks == 7)
        }
    }

    /// What inflates beyond the bound is no page for people; what was read before it counts.
    @Test func contentHasABound() async throws {
        var deflater = try Deflater(level: 1)
        var body = try deflater.compress(Array("<a href=first></a>".utf8))
        let blank = [UInt8](repeating: 0x20, count: 1 << 20)
        for _ in 0..<(PageReader.maximumBytes >> 20) + 1 { body += try deflater.compress(blank) }
        body += try deflater.compress(Array("<a href=last></a>".utf8)) + deflater.finish()
        let contents = try await read(body, ["Content-Type": "text/html", "Content-Encoding": "gzip"])
        #expect(targets(contents) == ["/dir/first"])
    }

    @Test func nothingIsNothing() async throws {
        for type in ["text/html", "text/css", "application/xml", "image/png"] {
            let contents = try await read([], ["Content-Type": type])
            #expect(contents.links.isEmpty && contents.cutLinks == 0 && contents.sketch.isEmpty)
        }
        #expect(try await read([], ["Content-Type": "text/html", "Content-Encoding": "gzip"]).links.isEmpty)
        // Not even a head came.
        let reader = PageReader(try #require(WebURL(Self.url)), maximumLinks: 1, isSitemap: false)
        #expect(reader.contents().links.isEmpty)
    }

    /// A fetch that is tried again begins anew.
    @Test func aSecondHeadForgetsTheFirstAnswer() async throws {
        let reader = PageReader(try #require(WebURL(Self.url)), maximumLinks: 10, isSitemap: false)
        let head = ResponseHead(status: 200, fields: ["Content-Type": "text/html"])
        try await feed(reader, Array("<meta name=robots content=nofollow><a href=old>".utf8), head)
        try await feed(reader, Array("<a href=new>".utf8), head)
        let contents = reader.contents()
        #expect(targets(contents) == ["/dir/new"] && !contents.links[0].isNoFollow)
        let failing = PageReader(try #require(WebURL(Self.url)), maximumLinks: 10, isSitemap: false)
        try await feed(failing, Array("<a href=old>".utf8), head)
        try await feed(failing, Array("<a href=error>".utf8), ResponseHead(status: 503, fields: ["Content-Type": "text/html"]))
        let nothing = failing.contents()
        #expect(nothing.links.isEmpty && !nothing.isText)
    }

    @Test func anyBytesAreReadToTheirEnd() async throws {
        var generator = SplitMix64(seed: 4)
        let types = ["text/html", "text/html; charset=shift_jis", "text/html; charset=gb18030", "text/css", "application/xml", "x"]
        for round in 0..<200 {
            let signs = Array("<a href='?&#;>/\"=!-\u{1B}$(B".utf8)
            let body = (0..<300).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator) : signs.randomElement(using: &generator) ?? 0
            }
            for size in [1, 16, 1000] {
                let contents = try await read(body, ["Content-Type": types[round % types.count]], partSize: size)
                #expect(contents.links.count <= 100)
            }
        }
    }
}
