import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Processes of their own share a job and are killed: `CacheStoreTestCrawler` stands beside this program.
@Suite struct FrontierSharingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func crawler(_ count: Int, _ mode: String...) throws -> LineProgram {
        try LineProgram("CacheStoreTestCrawler", [directory.cache, "job", String(count)] + mode)
    }

    @Test func eachURLIsHandedOutOnce() async throws {
        let crawlers = try (0..<3).map { _ in try crawler(3000) }
        var numbers: [[String]] = []
        for crawler in crawlers {
            numbers.append(crawler.lines())
            #expect(await crawler.wait() == 0)
        }
        let all = numbers.flatMap { $0 }
        #expect(all.count == 3000 && Set(all).count == 3000)
        #expect(try directory.jobInteger("SELECT new_count FROM progress") == 3000)
        try directory.checkJob()
    }

    @Test func whatADeadProcessHadComesBack() async throws {
        let store = try directory.openJob()
        let held = try crawler(3000, "hold")
        #expect(held.line() == "0" && held.line() == "held")
        // It lives: nobody else gets it.
        #expect(try await store.take(10).isEmpty)
        #expect(try await store.counts().inflight == 1)
        await held.kill()
        let back = try await poll { () async throws -> [LeasedURL]? in
            let urls = try await store.take(10)
            return urls.isEmpty ? nil : urls
        }
        #expect(back?.map(\.url) == ["http://h0.example/0"])
        try directory.checkJob()
        await store.close()
    }

    @Test func whatADeadProcessHadComesBackThoughThereIsOtherWork() async throws {
        let store = try directory.openJob()
        let held = try crawler(3000, "hold")
        #expect(held.line() == "0" && held.line() == "held")
        await held.kill()
        try await store.addAll((10..<100).map { makeURL($0) })
        let all = try await poll { () async throws -> Bool? in
            let urls = try await store.take(2)
            try await store.giveBack(urls).value
            return try await store.counts().inflight == 0 ? true : nil
        }
        #expect(all == true)
        try directory.checkJob()
        await store.close()
    }

    /// Three crawlers at a time, one of which is killed in the middle and replaced. Each page has one link that leads to it: were one
    /// lost, all behind it would be missing at the end.
    @Test func killedAtAnyMomentNothingIsLost() async throws {
        let count = 20_000
        var crawlers = try (0..<2).map { _ in try crawler(count) }
        for round in 0..<12 {
            for _ in 0..<(150 + round * 37) { if crawlers[round % 2].line() == nil { break } }
            await crawlers[round % 2].kill()
            try directory.checkJob()
            crawlers[round % 2] = try crawler(count)
        }
        for crawler in crawlers {
            _ = crawler.lines()
            #expect(await crawler.wait() == 0)
        }
        try directory.checkJob()
        #expect(try directory.jobInteger("SELECT count(DISTINCT path) FROM page") == count)
        #expect(try directory.jobInteger("SELECT count(*) FROM page") == count)
        // Each page tells the one that links to it.
        let wrong = """
            SELECT count(*) FROM page p JOIN page r ON r.page_id = p.referrer_id
            WHERE (CAST(substr(p.path, 2) AS INTEGER) - 1) / 2 <> CAST(substr(r.path, 2) AS INTEGER)
            """
        #expect(try directory.jobInteger(wrong) == 0)
        #expect(try directory.jobInteger("SELECT count(*) FROM page WHERE referrer_id IS NULL") == 1)
    }
}
