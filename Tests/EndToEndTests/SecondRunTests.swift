import CacheStore
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// The same list twice through one cache: the second run transfers nothing that is known.
@Suite struct SecondRunTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test func theFirstRunMissesAndTheSecondTransfersNoBody() async throws {
        let site = GeneratedSite(pageCount: 120, pageBytes: 8_000)
        try await withOrigin(site: site) { origin in
            let urls = origin.pages(site, 120)
            let first = try await larder.crawl(urls)
            #expect(first.status == 0)
            #expect(first.outcomes == ["miss": 120])
            #expect(origin.countsByStatus == [200: 120])

            origin.clearLog()
            let second = try await larder.crawl(urls)
            #expect(second.status == 0)
            #expect(second.results.count == 120)
            #expect(second.results.allSatisfy { ["hit", "revalidated"].contains($0["cache"].string) })
            #expect(Set(origin.countsByStatus.keys) == [304])
            #expect(second.summary["network_bytes"] == 0)
            // Of four pages, one is fresh for an hour and is not asked for, and two must be asked for.
            for (number, url) in urls.enumerated() {
                switch GeneratedSite.freshness(ofPage: number) {
                case .hour:
                    #expect(second[url]["cache"] == "hit")
                    #expect(origin.count(target: "/pages/\(number).html") == 0)
                case .revalidate:
                    #expect(second[url]["cache"] == "revalidated")
                    #expect(origin.count(target: "/pages/\(number).html") == 1)
                case .silent, .never: break
                }
            }
        }
    }

    @Test func theSecondRunAddsNoSecondCopy() async throws {
        let site = GeneratedSite(pageCount: 200, pageBytes: 12_000)
        try await withOrigin(site: site) { origin in
            let urls = origin.pages(site, 200)
            _ = try await larder.crawl(urls)
            let before = try await larder.stats()
            // Once with validators, once as if nothing were fresh.
            _ = try await larder.crawl(urls)
            let third = try await larder.crawl(urls, "--refresh")
            #expect(third.outcomes == ["revalidated": 200])
            let after = try await larder.stats()
            for name in ["entries", "hosts", "bodies", "body_bytes", "stored_bytes"] {
                #expect(after[name] == before[name], "\(name)")
            }
            #expect(before["entries"] == 200)
            #expect(before["bodies"] == 200)
            // A second copy would be as large as the stored bodies; what was written is fields and times.
            let grown = (after["database_bytes"].integer ?? .max) - (before["database_bytes"].integer ?? 0)
            #expect(grown < (before["stored_bytes"].integer ?? 0) / 4)
            try await expectClean(larder.cache)
        }
    }

    @Test func aChangedPageIsFetchedAndTakesTheOldOnesPlace() async throws {
        let site = GeneratedSite(pageCount: 8)
        try await withOrigin(site: site) { origin in
            let urls = origin.pages(site, 8)
            _ = try await larder.crawl(urls)
            let old = try await larder.cat(urls[1])
            site.revise(page: 1)
            let second = try await larder.crawl(urls)
            #expect(second[urls[1]]["cache"] == "miss")
            #expect(try await larder.cat(urls[1]) != old)
            let stats = try await larder.stats()
            #expect(stats["entries"] == 8)
            #expect(stats["bodies"] == 8)
        }
    }

    @Test func whatIsFreshAsksTheOriginNothing() async throws {
        try await withOrigin { origin in
            let urls = (0..<20).map { origin.url("/fresh/\($0)") }
            for number in 0..<20 {
                origin.script("/fresh/\(number)", .text("page \(number)", fields: ["Cache-Control": "max-age=600"]))
            }
            _ = try await larder.crawl(urls)
            let (requests, connections) = (origin.requestCount, origin.acceptedConnections)
            let second = try await larder.crawl(urls)
            #expect(second.outcomes == ["hit": 20])
            #expect(second.results.allSatisfy { $0["attempts"] == 0 })
            #expect(second.summary["saved_requests"] == 20)
            #expect(origin.requestCount == requests)
            #expect(origin.acceptedConnections == connections)
        }
    }

    @Test func equalBodiesAreStoredOnce() async throws {
        try await withOrigin { origin in
            let text = String(repeating: "the same text under many names\n", count: 300)
            for number in 0..<30 {
                origin.script("/copy/\(number)", .text(text, fields: ["Cache-Control": "max-age=600"]))
            }
            let report = try await larder.crawl((0..<30).map { origin.url("/copy/\($0)") })
            #expect(report.outcomes == ["miss": 30])
            let stats = try await larder.stats()
            #expect(stats["entries"] == 30)
            #expect(stats["bodies"] == 1)
        }
    }
}
