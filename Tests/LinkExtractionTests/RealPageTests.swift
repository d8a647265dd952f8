import Foundation
import HTTPSemantics
import LinkExtraction
import TestSupport
import Testing

/// Pages that others wrote: the documentation of Python and of PostgreSQL.
@Suite struct RealPageTests {
    private static let files: [String] = {
        let root = "/usr/share/doc"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let postgresql = names.filter { $0.hasPrefix("postgresql-doc-") }.max() ?? "postgresql-doc-15"
        return ["\(root)/python3-doc/html", "\(root)/\(postgresql)/html"].flatMap { folder in
            // The folder of python3-doc is a link.
            let folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return paths.filter { $0.hasSuffix(".html") }.sorted().map { "\(folder)/\($0)" }
        }
    }()

    private static func content(_ file: String) -> [UInt8] {
        FileManager.default.contents(atPath: file).map(Array.init) ?? []
    }

    private static func require() throws {
        try #require(files.count > 1500, "install python3-doc and postgresql-doc-15, or a later one")
    }

    @Test(arguments: 0..<8)
    func cutsAndChangedBytes(seed: UInt64) throws {
        try Self.require()
        var random = SplitMix64(seed: seed)
        let options = LinkExtractionOptions(sketchesText: true)
        for _ in 0..<6 {
            let file = try #require(Self.files.randomElement(using: &random))
            var document = Array(Self.content(file).prefix(100_000))
            try #require(document.count > 100, "\(file)")
            for round in 0..<4 {
                let whole = Extracted.html(document, charset: nil, options: options)
                #expect(round > 0 || !whole.links.isEmpty)
                for size in [1, Int.random(in: 2...200, using: &random)] {
                    let parts = Extracted.html(document, charset: nil, options: options, partSize: size)
                    #expect(parts.outlinks == whole.outlinks && parts.summary == whole.summary, "\(file), round \(round), \(size)")
                }
                for _ in 0..<20 {
                    let place = Int.random(in: 0..<document.count, using: &random)
                    document[place] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : UInt8(ascii: "<")
                }
            }
        }
    }

    private static let hasHTML5Lib = FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/html5lib")

    /// Needs python3-html5lib; `scripts/check-links-with-html5lib.py` says how it finds links.
    @Test(.enabled(if: hasHTML5Lib, "install python3-html5lib"))
    func linksAreThoseThatHTML5LibFinds() async throws {
        try Self.require()
        let pages = Self.files.enumerated().filter { $0.offset % 8 == 0 }.map { ("http://example.com\($0.element)", $0.element) }
        let list = pages.map { "\($0.0)\t\($0.1)\n" }.joined()
        let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let script = tests.appendingPathComponent("../../scripts/check-links-with-html5lib.py").standardized.path
        let result = try await Program.run(script, ["--files"], input: Data(list.utf8))
        #expect(result.status == 0, "\(result.errors)")
        var found: [String] = []
        for (address, file) in pages {
            var links: [Outlink] = []
            var extractor = HTMLLinkExtractor(url: try #require(WebURL(address)))
            Self.content(file).withUnsafeBufferPointer { extractor.append($0, to: &links) }
            _ = extractor.finish(to: &links)
            found += links.map { link in
                let fields = [address, link.url.serialized, link.relation.rawValue] + (link.isNoFollow ? ["nofollow"] : [])
                return fields.joined(separator: "\t")
            }
        }
        #expect(found.count > 10_000)
        let expected = result.lines
        #expect(found.count == expected.count)
        let difference = zip(found, expected).first { $0 != $1 }
        #expect(difference == nil)
    }
}
