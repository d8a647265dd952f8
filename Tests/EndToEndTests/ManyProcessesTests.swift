import CacheStore
import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Many processes on one cache: one fetch of a thing, no quarrel, no failure that another could have prevented.
@Suite(.timeLimit(.minutes(5))) struct ManyProcessesTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    /// Pages that are fresh for an hour.
    private static func script(_ origin: TestOrigin, _ count: Int) -> [String] {
        for number in 0..<count {
            let body = GeneratedBody.bytes(from: Int64(number) * 997, count: 2_000 + number)
            origin.script(
                "/\(number)",
                ScriptedResponse(fields: ["Content-Type": "text/html", "Cache-Control": "max-age=3600"], body: .bytes(body)))
        }
        return (0..<count).map { origin.url("/\($0)") }
    }

    private func expectPeaceful(_ reports: [CrawlReport], _ urls: Int) {
        for report in reports {
            #expect(report.status == 0)
            #expect(report.errors == "")
            #expect(report.results.count == urls)
            #expect(report.results.allSatisfy { ["hit", "miss"].contains($0["cache"].string) })
        }
    }

    // MARK: - Crawls

    @Test func theSameListInAnyOrderIsFetchedOnce() async throws {
        try await withOrigin { origin in
            let urls = Self.script(origin, 300)
            var random = SplitMix64(seed: 4)
            let lists = (0..<8).map { _ in urls.shuffled(using: &random) }
            // From an empty directory: all of them make the database.
            let reports = try await larder.crawlTogether(lists, "--max-per-host", "16")
            expectPeaceful(reports, urls.count)
            #expect(origin.requestCount == urls.count)
            for number in 0..<urls.count where origin.count(target: "/\(number)") != 1 {
                Issue.record("/\(number) was asked for \(origin.count(target: "/\(number)")) times")
            }
            #expect(reports.reduce(0) { $0 + ($1.outcomes["miss"] ?? 0) } == urls.count)
            #expect(try await expectClean(larder.cache).entries == urls.count)
        }
    }

    @Test func listsOfTheirOwnAreAllStored() async throws {
        try await withOrigin { origin in
            let urls = Self.script(origin, 400)
            let lists = (0..<8).map { part in urls.enumerated().filter { $0.offset % 8 == part }.map(\.element) }
            expectPeaceful(try await larder.crawlTogether(lists, "--max-per-host", "16"), 50)
            #expect(origin.requestCount == urls.count)
            #expect(try await expectClean(larder.cache).entries == urls.count)
        }
    }

    // MARK: - Who waits takes over

    /// The first request is never answered; later ones are.
    private static func scriptStalling(_ origin: TestOrigin) -> String {
        origin.script("/slow", .silence(.stall), .text("here it is", fields: ["Cache-Control": "max-age=600"]))
        return origin.url("/slow")
    }

    @Test(arguments: ["get", "crawl"])
    func whoWaitsTakesOverWhenTheFetcherIsKilled(command: String) async throws {
        try await withOrigin { origin in
            let url = Self.scriptStalling(origin)
            let holder = try larder.start("get", url)
            #expect(try await waitUntil { origin.count(target: "/slow") == 1 })
            let follower = try larder.start(command, "-q", url)
            #expect(try await follower.hasOpened("/leases/"))
            #expect(origin.count(target: "/slow") == 1)
            holder.signal(SIGKILL)
            #expect(await holder.wait().status == 137)
            let result = await follower.wait()
            #expect(result.status == 0)
            #expect(result.errors == "")
            #expect(origin.count(target: "/slow") == 2)
            #expect(try await larder.cat(url) == Array("here it is".utf8))
        }
    }

    @Test func whoWaitsTakesOverWhenTheFetchFails() async throws {
        try await withOrigin { origin in
            let url = Self.scriptStalling(origin)
            let holder = try larder.start("get", "--timeout", "1s", url)
            #expect(try await waitUntil { origin.count(target: "/slow") == 1 })
            let follower = try larder.start("get", url)
            #expect(await holder.wait().status == 4)
            let result = await follower.wait()
            #expect(result.status == 0)
            #expect(result.errors == "")
            #expect(result.text == "here it is")
            #expect(origin.count(target: "/slow") == 2)
        }
    }

    @Test func whoWaitsTakesOverWhenTheBodyBreaksOff() async throws {
        try await withOrigin { origin in
            // Held open for half a second in the middle of the body, then cut.
            let half = ScriptedResponse(
                fields: ["Content-Length": "20", "Cache-Control": "max-age=600"], body: .pieces([Array("half of".utf8)]),
                ending: .cut, pause: .milliseconds(500))
            origin.script("/slow", half, .text("here it is", fields: ["Cache-Control": "max-age=600"]))
            let url = origin.url("/slow")
            let holder = try larder.startCrawl([url], ["--retry", "0"])
            #expect(try await waitUntil { origin.count(target: "/slow") == 1 })
            let follower = try larder.start("get", url)
            #expect(try CrawlReport(await holder.wait()).status != 0)
            let result = await follower.wait()
            #expect(result.status == 0 && result.text == "here it is" && result.errors == "")
            try await expectClean(larder.cache)
        }
    }

    @Test(arguments: ["get", "crawl"])
    func waitingHasALimit(command: String) async throws {
        try await withOrigin { origin in
            let url = Self.scriptStalling(origin)
            let holder = try larder.start("get", "--timeout", "10m", url)
            #expect(try await waitUntil { origin.count(target: "/slow") == 1 })
            let result = try await larder.run(command, "--json", "--lock-timeout", "300ms", url)
            #expect(result.status == 21, "\(result.errors)")
            #expect(result.errors.contains("--lock-timeout"))
            let lines = try JSONValue.lines(result)
            #expect(lines.contains { $0["error"]["code"] == "lock_timeout" }, "\(result.text)")
            #expect(origin.count(target: "/slow") == 1)
            holder.signal(SIGKILL)
            _ = await holder.wait()
        }
    }

    @Test func whatLiesInTheCacheIsServedWhileAnotherFetchStalls() async throws {
        try await withOrigin { origin in
            let stalling = Self.scriptStalling(origin)
            let urls = Self.script(origin, 3)
            #expect(try await larder.crawl(urls).status == 0)
            let holder = try larder.start("get", stalling)
            #expect(try await waitUntil { origin.count(target: "/slow") == 1 })
            let report = try await larder.crawl(urls, "--lock-timeout", "300ms")
            #expect(report.outcomes == ["hit": 3])
            holder.signal(SIGKILL)
            _ = await holder.wait()
        }
    }
}
