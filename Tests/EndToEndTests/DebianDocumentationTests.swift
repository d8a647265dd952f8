import CacheStore
import CachingClient
import ContentCoding
import Foundation
import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

/// Real pages from a real server: what comes out of the cache is what lies on the server's disk, byte for byte.
@Suite struct DebianDocumentationTests {
    private struct Page {
        var url: String
        var file: String
    }

    /// Python's documentation and that of whichever PostgreSQL the distribution has.
    private static let collections: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/share/doc")) ?? []
        return ["python3-doc", names.filter { $0.hasPrefix("postgresql-doc-") }.max() ?? "postgresql-doc-15"]
    }()

    @Test(arguments: [false, true])
    func everyStoredBodyEqualsTheFile(gzipped: Bool) async throws {
        let larder = try Larder()
        let server = try await Nginx.start(
            Self.collections.map { "location /\($0)/ { alias /usr/share/doc/\($0)/html/; }" }.joined(separator: "\n")
                + (gzipped ? "\ngzip on; gzip_vary on; gzip_types text/css;" : ""))
        let pages = try Self.collections.flatMap { try Self.pages(of: $0, baseURL: server.baseURL) }
        try #require(pages.count > 1500, "install python3-doc and postgresql-doc-15, or a later one")

        let report = try await larder.crawl(pages.map(\.url), "-j", "32", "--max-per-host", "32")
        #expect(report.status == 0)
        #expect(report.outcomes == ["miss": pages.count])
        let again = try await larder.crawl(pages.map(\.url), "--refresh", "-j", "32", "--max-per-host", "32")
        #expect(again.outcomes == ["revalidated": pages.count])
        #expect(again.summary["network_bytes"] == 0)
        await server.stop()

        try await expectEqualFiles(pages, in: larder.cache, gzipped: gzipped)
        for page in pages.enumerated().filter({ $0.offset % (pages.count / 20) == 0 }).prefix(20).map(\.element) {
            let printed = try await larder.cat(page.url)
            #expect(printed == Self.content(page.file), "\(page.url)")
        }
        let stats = try await larder.stats()
        let fileBytes = pages.reduce(0) { $0 + Self.content($1.file).count }
        #expect(stats["entries"].integer == Int64(pages.count))
        #expect((stats["stored_bytes"].integer ?? .max) < Int64(fileBytes) / 3)
        if !gzipped { #expect((stats["body_bytes"].integer ?? 0) + (stats["shared_bytes"].integer ?? 0) == Int64(fileBytes)) }
        try await expectClean(larder.cache)
    }

    /// Decodes each stored body as any reader of the cache does, and compares it with the file.
    private func expectEqualFiles(_ pages: [Page], in cache: String, gzipped: Bool) async throws {
        let store = try CacheStore.openExisting(directory: cache)
        var compressedByServer = 0
        for start in stride(from: 0, to: pages.count, by: 200) {
            let batch = pages[start..<min(start + 200, pages.count)]
            let keys = try batch.map { CacheKey(try #require(WebURL($0.url))) }
            for (page, variants) in zip(batch, try await store.lookup(keys)) {
                let entry = try #require(variants.first, "\(page.url)")
                #expect(variants.count == 1)
                let coding = entry.response.head.fields.combined("Content-Encoding")
                if coding != nil { compressedByServer += 1 }
                let reader = try WireBodyReader(entry.body, in: store)
                var decoder = try ContentDecoder(contentEncoding: coding, maximumOutput: nil)
                var content: [UInt8] = []
                while let bytes = try await reader.next() {
                    decoder.append(bytes)
                    while let piece = try decoder.next() { content += piece }
                }
                try decoder.finish()
                #expect(content == Self.content(page.file), "\(page.url)")
            }
        }
        #expect(compressedByServer == (gzipped ? pages.count : 0))
        await store.close()
    }

    private static func content(_ file: String) -> [UInt8] {
        (try? Data(contentsOf: URL(fileURLWithPath: file))).map(Array.init) ?? []
    }

    /// The HTML files below a documentation directory, which may be reached through symbolic links.
    private static func pages(of collection: String, baseURL: String) throws -> [Page] {
        let root = URL(fileURLWithPath: "/usr/share/doc/\(collection)/html").resolvingSymlinksInPath().path
        let names = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".html") }.sorted()
        return names.map { Page(url: "\(baseURL)/\(collection)/\($0)", file: "\(root)/\($0)") }
    }
}
