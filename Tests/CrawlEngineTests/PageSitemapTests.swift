import CachingClient
import ContentCoding
import HTTPSemantics
import LinkExtraction
import TestOrigin
import Testing

@testable import CrawlEngine

/// Sitemaps as files in gzip: their first bytes tell, for servers give them any type, and their types to other files.
@Suite struct PageSitemapTests {
    private static let map = Array(
        "<?xml version=\"1.0\"?><urlset><url><loc>http://a/1</loc></url><url><loc>http://a/2</loc></url></urlset>".utf8)
    private static let links = ["http://a/1", "http://a/2"]
    private static let types = [
        "application/gzip", "application/x-gzip", "application/octet-stream", "binary/octet-stream", "application/xml", "text/xml",
        "text/plain",
    ]

    /// The links that are found in an answer of these pieces.
    private func links(_ pieces: [[UInt8]], _ fields: FieldSection, isSitemap: Bool = true) async throws -> [String] {
        let reader = PageReader(try #require(WebURL("http://a/map")), maximumLinks: 100, isSitemap: isSitemap)
        try await withBench { bench in
            bench.origin.script("/map", ScriptedResponse(fields: fields, body: .pieces(pieces), pause: .milliseconds(5)))
            let request = RequestHead(method: .get, url: try #require(WebURL(bench.origin.url("/map"))), fields: [:])
            _ = try await bench.client().fetch(request, deliver: reader.consume)
        }
        return reader.contents().links.map(\.url.serialized)
    }

    @Test(arguments: types) func aFileInGzipIsInflatedWhateverItsType(type: String) async throws {
        let file = try Deflater.deflated(Self.map)
        #expect(try await links([file], ["Content-Type": type]) == Self.links)
    }

    @Test(arguments: types) func plainXMLIsReadWhateverItsType(type: String) async throws {
        #expect(try await links([Self.map], ["Content-Type": type]) == Self.links)
    }

    @Test func aTypeThatNobodyTellsIsNoObstacle() async throws {
        #expect(try await links([Self.map], [:]) == Self.links)
        #expect(try await links([try Deflater.deflated(Self.map)], [:]) == Self.links)
    }

    @Test func aFileInGzipThatAlsoCountsAsACodingIsInflatedOnce() async throws {
        let file = try Deflater.deflated(Self.map)
        let fields: FieldSection = ["Content-Type": "application/gzip", "Content-Encoding": "gzip"]
        #expect(try await links([file], fields) == Self.links)
    }

    @Test func aFileInGzipUnderACodingIsInflatedTwice() async throws {
        let file = try Deflater.deflated(try Deflater.deflated(Self.map))
        let fields: FieldSection = ["Content-Type": "application/gzip", "Content-Encoding": "gzip"]
        #expect(try await links([file], fields) == Self.links)
    }

    @Test func theFirstBytesMayComeOneByOne() async throws {
        let file = try Deflater.deflated(Self.map)
        let pieces = [[file[0]], [file[1]], [file[2]], Array(file[3...])]
        #expect(try await links(pieces, ["Content-Type": "text/xml"]) == Self.links)
        #expect(try await links([[Self.map[0]], Array(Self.map[1...])], ["Content-Type": "application/gzip"]) == Self.links)
    }

    @Test func aFeedThatNobodyNamedMayBeInGzipToo() async throws {
        let feed = Array("<rss><channel><item><link>http://a/1</link></item></channel></rss>".utf8)
        let file = try Deflater.deflated(feed)
        #expect(try await links([file], ["Content-Type": "application/rss+xml"], isSitemap: false) == ["http://a/1"])
        #expect(try await links([file], ["Content-Type": "application/gzip"], isSitemap: false) == [])
    }

    @Test func whatOnlyBeginsLikeGzipHasNoLinks() async throws {
        #expect(try await links([[0x1F, 0x8B] + Self.map], ["Content-Type": "text/xml"]) == [])
        #expect(try await links([[0x1F]], ["Content-Type": "text/xml"]) == [])
        #expect(try await links([], ["Content-Type": "text/xml", "Content-Length": "0"]) == [])
    }

    @Test func whatStoodBeforeAFileBreaksOffIsRead() async throws {
        let file = try Deflater.deflated(Self.map)
        #expect(try await links([Array(file.dropLast(8))], ["Content-Type": "application/gzip"]) == Self.links)
    }
}
