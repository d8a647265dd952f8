import CacheStore
import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

@testable import CrawlEngine

/// Several crawls on one cache. Each store has locks of its own, so several of them in one process stand for several processes.
@Suite struct SharedCrawlTests {
    private func key(_ bench: Bench, _ target: String) throws -> CacheKey {
        CacheKey(try #require(WebURL(bench.origin.url(target))))
    }

    private func take(_ store: CacheStore, _ key: CacheKey) throws -> Lease {
        guard case .taken(let lease) = store.tryLease(key) else { throw Held() }
        return lease
    }

    private struct Held: Error {}

    /// Runs a test with another user of the bench's cache.
    private func withOther(_ body: (Bench, CacheStore) async throws -> Void) async throws {
        try await withBench { bench in
            let other = try CacheStore.open(directory: bench.store.directory)
            let result: Result<Void, any Error>
            do { result = .success(try await body(bench, other)) } catch { result = .failure(error) }
            await other.close()
            try result.get()
        }
    }

    private func script(_ bench: Bench, _ count: Int) -> [String] {
        for number in 0..<count {
            bench.origin.script("/\(number)", .text("page \(number)", fields: ["Cache-Control": "max-age=600"]))
        }
        return (0..<count).map { "/\($0)" }
    }

    @Test func crawlsOfTheSameListFetchEachOfItOnce() async throws {
        try await withBench { bench in
            let targets = script(bench, 300)
            let count = 4
            let reports = try await withThrowingTaskGroup(of: Report.self) { group in
                for number in 0..<count {
                    group.addTask {
                        var random = SplitMix64(seed: UInt64(number))
                        let store = try CacheStore.open(directory: bench.store.directory)
                        let other = Bench(
                            directory: bench.directory, origin: bench.origin, store: store, transport: bench.transport)
                        let report = try await other.crawl(targets.shuffled(using: &random))
                        await store.close()
                        return report
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(bench.origin.requestCount == 300)
            #expect(reports.allSatisfy { $0.summary.total == 300 && $0.summary.failureClasses.isEmpty })
            #expect(reports.reduce(0) { $0 + ($1.summary.outcomes[.miss] ?? 0) } == 300)
            #expect(reports.reduce(0) { $0 + ($1.summary.outcomes[.hit] ?? 0) } == 300 * (count - 1))
        }
    }

    @Test func whatAnotherFetchesHoldsNobodyUp() async throws {
        try await withOther { bench, other in
            let targets = script(bench, 3)
            let lease = try take(other, key(bench, "/0"))
            let collector = Collector()
            let crawl = Task {
                try await bench.crawler(quick(jobs: 1)).run([bench.urls(targets)], report: collector.report)
            }
            try await eventually { collector.results.count == 2 }
            #expect(Set(collector.results.map(\.url)) == Set(["/1", "/2"].map(bench.origin.url)))
            #expect(bench.origin.count(target: "/0") == 0)
            lease.release(hasChanged: false)
            #expect(try await crawl.value.outcomes == [.miss: 3])
        }
    }

    @Test func waitingForAnotherHasALimitThatEndsNoCrawl() async throws {
        try await withOther { bench, other in
            let targets = script(bench, 3)
            let lease = try take(other, key(bench, "/0"))
            let client = bench.client(ClientConfiguration(lockTimeout: .milliseconds(30)))
            let report = try await bench.crawl(targets, client: client)
            #expect(report.summary.outcomes == [.miss: 2, .error: 1])
            #expect(try report.result("/0").error?.code == .lockTimeout)
            #expect(report.summary.failureClasses == [.lockTimeout])
            lease.release(hasChanged: false)
        }
    }

    @Test func aCrawlThatIsStoppedWaitsForNobody() async throws {
        try await withOther { bench, other in
            let lease = try take(other, key(bench, "/0"))
            let crawler = bench.crawler()
            let crawl = Task { try await crawler.run([bench.urls(["/0"])]) { _ in } }
            try await eventually { crawler.progress.known == 1 }
            crawler.stop()
            #expect(try await crawl.value.interrupted)
            lease.release(hasChanged: false)
        }
    }

    @Test func theSilenceAfterAnothersRequestIsNoWishOfTheHost() async throws {
        try await withOther { bench, other in
            let targets = script(bench, 1)
            let time = CacheStore.systemTime()
            let patient = PolitenessPolicy(waitMilliseconds: 1000)
            guard case .granted(let turn) = try other.takeTurn(at: key(bench, "/0").url.authority, policy: patient, now: time)
            else { throw Held() }
            turn.finish(holdUntil: nil, now: time)
            // A host that wished anything would be put aside.
            let client = bench.client(ClientConfiguration(politeness: PolitenessPolicy()))
            let report = try await bench.crawl(targets, quick(jobs: 1, hold: 0), client: client)
            #expect(report.summary.outcomes == [.miss: 1])
        }
    }

    @Test func turnsAreCountedOverAllCrawls() async throws {
        try await withBench { bench in
            for number in 0..<24 {
                bench.origin.script("/\(number)", ScriptedResponse(body: .bytes([1]), delay: .milliseconds(20)))
            }
            let politeness = PolitenessPolicy(maximumConcurrent: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<3 {
                    group.addTask {
                        let store = try CacheStore.open(directory: bench.store.directory)
                        let client = CachingClient(
                            store: store, transport: bench.transport, configuration: ClientConfiguration(politeness: politeness),
                            now: CacheStore.systemTime)
                        var configuration = quick(jobs: 8)
                        configuration.politeness = politeness
                        let report = try await bench.crawl(
                            (part * 8..<part * 8 + 8).map { "/\($0)" }, configuration, client: client)
                        #expect(report.summary.outcomes[.error] == nil && report.summary.total == 8)
                        await store.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(bench.origin.requestCount == 24)
            #expect(bench.origin.maximumOpenConnections <= 2)
        }
    }

    @Test func aTurnThatNeverEndsHoldsNobodyUpForEver() async throws {
        try await withOther { bench, other in
            _ = script(bench, 1)
            let politeness = PolitenessPolicy(maximumConcurrent: 1)
            let authority = try #require(WebURL(bench.origin.url("/0"))).authority
            guard case .granted(let turn) = other.takeTurn(at: authority, policy: politeness, now: CacheStore.systemTime()) else {
                throw Held()
            }
            let client = bench.client(ClientConfiguration(politeness: politeness, lockTimeout: .milliseconds(50)))
            let report = try await bench.crawl(["/0"], client: client)
            #expect(try report.result("/0").error?.code == .hostBusy)
            #expect(report.summary.failureClasses == [.lockTimeout])
            turn.finish(holdUntil: nil, now: CacheStore.systemTime())
            #expect(try await bench.crawl(["/0"], client: client).summary.outcomes == [.miss: 1])
        }
    }
}
