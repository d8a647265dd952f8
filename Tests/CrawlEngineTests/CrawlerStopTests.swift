import CachingClient
import CrawlPolicy
import HTTPSemantics
import Synchronization
import TestOrigin
import Testing

@testable import CacheStore
@testable import CrawlEngine

@Suite struct CrawlerStopTests {
    private let fresh: FieldSection = ["Cache-Control": "max-age=600"]

    @Test func stoppedInTheMiddleNothingIsLost() async throws {
        try await withBench(site: GeneratedSite(pageCount: 500, pageBytes: 200)) { bench in
            let targets = (0..<500).map { "/pages/\($0).html" }
            let collector = Collector()
            let crawler = bench.crawler(quick(jobs: 8, window: 64))
            let told = Mutex(0)
            let summary = try await crawler.run([bench.urls(targets)]) { event in
                collector.report(event)
                if told.withLock({
                    $0 += 1; return $0
                }) == 50 {
                    crawler.stop()
                }
            }
            #expect(summary.interrupted && summary.total == collector.results.count)
            #expect(summary.total >= 50 && summary.total < 500)
            #expect(collector.results.allSatisfy { $0.outcome == .miss && $0.error == nil })
            // What was told is in the store, and the next run fetches the rest alone.
            bench.origin.clearLog()
            let second = try await bench.crawl(targets, quick(jobs: 8))
            #expect(second.summary.total == 500 && !second.summary.interrupted)
            #expect((second.summary.outcomes[.miss] ?? 0) <= 500 - summary.total)
            #expect(try await bench.store.verify().isClean)
        }
    }

    @Test func whatDoesNotEndIsAbandoned() async throws {
        try await withBench { bench in
            bench.origin.script("/stall", .silence(.stall))
            let crawler = bench.crawler(quick(stopMilliseconds: 100))
            let collector = Collector()
            let run = Task { try await crawler.run([bench.urls(["/stall"])], report: collector.report) }
            try await eventually { bench.origin.requestCount == 1 }
            crawler.stop()
            crawler.stop()
            // Were it not abandoned, it would end with the time-out of the transport, as a result with an error.
            let summary = try await run.value
            #expect(summary.interrupted && summary.total == 0 && collector.results.isEmpty)
        }
    }

    @Test func whatEndsInTimeIsFinished() async throws {
        try await withBench { bench in
            var slow = ScriptedResponse.text("x", fields: fresh)
            slow.delay = .milliseconds(150)
            bench.origin.script("/slow", slow)
            let crawler = bench.crawler()
            let run = Task { try await crawler.run([bench.urls(["/slow"])]) { _ in } }
            try await eventually { bench.origin.requestCount == 1 }
            crawler.stop()
            let summary = try await run.value
            #expect(summary.interrupted && summary.total == 1)
            #expect(try await bench.isStored("/slow"))
        }
    }

    @Test func stoppedBeforeItBegins() async throws {
        try await withBench { bench in
            let crawler = bench.crawler()
            crawler.stop()
            let summary = try await crawler.run([bench.urls(["/echo"])]) { _ in }
            #expect(summary.interrupted && summary.total == 0 && bench.origin.requestCount == 0)
        }
    }

    @Test func stoppedWhileARetryWaits() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("", status: 500))
            var configuration = quick()
            configuration.retry = RetryPolicy(retries: 2, baseMilliseconds: 60_000)
            let crawler = bench.crawler(configuration)
            let run = Task { try await crawler.run([bench.urls(["/"])]) { _ in } }
            try await eventually { bench.origin.countsByStatus[500] == 1 && crawler.progress.inFlight == 0 }
            crawler.stop()
            #expect(try await run.value.interrupted)
        }
    }

    @Test func cancellingTheTaskIsStopping() async throws {
        try await withBench { bench in
            bench.origin.script("/stall", .silence(.stall))
            let crawler = bench.crawler()
            let run = Task {
                try await crawler.run([bench.urls(["/stall", "/stall#again", "/echo"] + (0..<2000).map { "/stall?\($0)" })]) { _ in
                }
            }
            try await eventually { bench.origin.requestCount >= 4 }
            run.cancel()
            #expect(try await run.value.interrupted)
            #expect(bench.origin.requestCount < 100)
        }
    }

    @Test(arguments: [1_000, 3_000_000])
    func aFullDiskEndsTheCrawl(_ size: Int) async throws {
        var options = CacheStore.Options()
        options.maximumPages = 128
        try await withBench(options: options) { bench in
            bench.origin.script("/page") { request in
                var text = request.target
                // Incompressible enough, and different for each URL.
                var state = UInt64(truncatingIfNeeded: request.target.hashValue) | 1
                while text.utf8.count < size {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    text += String(state, radix: 36)
                }
                return .text(text, fields: ["Cache-Control": "max-age=60", "Content-Type": "application/zip"])
            }
            let error = await crawlError {
                try await bench.crawler(quick(jobs: 2, window: 16)).run([bench.urls((0..<3000).map { "/page?\($0)" })]) { _ in }
            }
            #expect(error?.failureClass == .diskReserve)
            #expect(bench.origin.requestCount < 3000)
        }
    }

    @Test func aClosedCacheEndsTheCrawl() async throws {
        try await withBench { bench in
            await bench.store.close()
            let error = await crawlError {
                try await bench.crawler().run([bench.urls((0..<1000).map { "/echo?\($0)" })]) { _ in }
            }
            #expect(error != nil)
            #expect(bench.origin.requestCount == 0)
        }
    }
}
