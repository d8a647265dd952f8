import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Synchronization
import TestOrigin
import TestSupport
import Testing

@testable import CacheStore
@testable import CrawlEngine

@Suite struct CrawlerTests {
    private let fresh: FieldSection = ["Cache-Control": "max-age=600"]

    @Test func everyURLOnce() async throws {
        try await withBench(site: GeneratedSite(pageCount: 300, pageBytes: 500)) { bench in
            let targets = (0..<300).map { "/pages/\($0).html" }
            let report = try await bench.crawl(targets, quick(jobs: 16, window: 32))
            #expect(Set(report.results.map(\.url)).count == 300 && report.results.count == 300)
            #expect(report.summary.total == 300 && report.summary.outcomes == [.miss: 300] && !report.summary.interrupted)
            #expect(report.summary.networkBytes == report.results.reduce(0) { $0 + $1.networkBytes })
            #expect(targets.allSatisfy { bench.origin.count(target: $0) == 1 })

            bench.origin.clearLog()
            let second = try await bench.crawl(targets, quick(jobs: 16))
            #expect(second.summary.networkBytes == 0 && second.summary.outcomes[.miss] == nil)
            let hits = try #require(second.summary.outcomes[.hit])
            #expect(hits > 0 && hits + (second.summary.outcomes[.revalidated] ?? 0) == 300)
            #expect(second.summary.savedRequests == hits && bench.origin.requestCount == 300 - hits)
            #expect(second.summary.savedBytes == report.summary.networkBytes)
        }
    }

    @Test(.timeLimit(.minutes(1))) func hitsOfWhichNothingIsToldAreCountedAllTheSame() async throws {
        try await withBench { bench in
            let targets = (0..<40).map { "/\($0)" } + ["/gone", "/moved", "/0"]
            for target in targets { bench.origin.script(target, .text("page \(target)", fields: fresh)) }
            bench.origin.script("/gone", .text("gone", status: 404, fields: fresh))
            bench.origin.script("/moved", .text("", status: 301, fields: ["Location": "/1", "Cache-Control": "max-age=600"]))
            var configuration = quick(jobs: 2, window: 8)
            configuration.tellsHits = false
            // What was asked for is told, also where it ends with a hit.
            let first = try await bench.crawl(targets, configuration)
            #expect(Set(first.results.map(\.url)).count == 42 && first.summary.total == 43)
            let told = try await bench.crawl(targets, quick(jobs: 2, window: 8))
            let untold = try await bench.crawl(targets, configuration)
            #expect(told.results.count == 43 && told.summary.outcomes == [.hit: 43])
            #expect(untold.results.map(\.url) == [bench.origin.url("/gone")])
            for report in [told, untold] {
                let summary = report.summary
                #expect(summary.total == 43 && summary.outcomes == told.summary.outcomes && summary.savedRequests == 43)
                #expect(summary.savedBytes == told.summary.savedBytes && summary.networkBytes == 0 && summary.errors.isEmpty)
                #expect(summary.httpFailures == 1 && summary.failureClasses == [.httpStatus])
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func hitsOfWhichNothingIsToldAreThoseThatTheRequestSelects() async throws {
        try await withBench { bench in
            let targets = (0..<60).map { "/\($0)" }
            for (number, target) in targets.enumerated() {
                var fields = fresh
                if number % 3 > 0 { fields.append("Vary", number % 3 == 1 ? "Accept-Encoding" : "Accept-Language") }
                bench.origin.script(target, .text("page \(target)", fields: fields))
            }
            var configuration = quick(jobs: 2, window: 8)
            configuration.tellsHits = false
            configuration.fields = ["Accept-Language": "de"]
            _ = try await bench.crawl(targets, configuration)
            bench.origin.clearLog()
            #expect(try await bench.crawl(targets, configuration).summary.outcomes == [.hit: 60])
            #expect(bench.origin.requestCount == 0)
            configuration.fields = ["Accept-Language": "fr"]
            #expect(try await bench.crawl(targets, configuration).summary.outcomes == [.hit: 40, .miss: 20])
            #expect(bench.origin.requestCount == 20)
            // Of two variants the entries themselves tell which one answers; some lists are half new.
            let more = (0..<80).map { "/\($0)" }
            for target in more.dropFirst(60) { bench.origin.script(target, .text("new", fields: fresh)) }
            #expect(try await bench.crawl(more.reversed(), configuration).summary.outcomes == [.hit: 60, .miss: 20])
            #expect(try await bench.crawl(more, configuration).summary.outcomes == [.hit: 80])
        }
    }

    @Test func equalURLsAreFetchedOnce() async throws {
        try await withBench { bench in
            var page = ScriptedResponse.text("page", fields: fresh)
            page.delay = .milliseconds(10)
            bench.origin.script("/", page)
            let report = try await bench.crawl((0..<50).map { "/#\($0)" }, quick(jobs: 16))
            #expect(report.results.count == 50 && bench.origin.requestCount == 1)
            #expect(report.summary.outcomes == [.miss: 1, .hit: 49])
        }
    }

    @Test func theTimeForAURLIsNotMultipliedByRetriesAndRedirects() async throws {
        try await withBench { bench in
            bench.origin.script("/stall", .silence(.stall))
            bench.origin.script("/moved", .redirect(to: "/stall"))
            let client = bench.client(ClientConfiguration(maximumTime: .milliseconds(300)))
            let report = try await bench.crawl(["/stall", "/moved"], quick(retries: 5), client: client)
            #expect(report.results.allSatisfy { $0.error?.code == .maximumTime })
            #expect(try report.result("/stall").attempts == 1 && report.result("/moved").attempts == 2)
        }
    }

    @Test func aRedirectToAURLOfTheListIsFetchedOnce() async throws {
        try await withBench { bench in
            for number in 0..<10 {
                bench.origin.script(
                    "/from/\(number)", .text("", status: 301, fields: ["Location": "/to", "Cache-Control": "max-age=60"]))
            }
            bench.origin.script("/to", .text("here", fields: fresh))
            let report = try await bench.crawl(["/to"] + (0..<10).map { "/from/\($0)" } + ["/to"], quick(jobs: 8))
            #expect(bench.origin.count(target: "/to") == 1 && bench.origin.requestCount == 11)
            #expect(report.results.count == 12)
            #expect(report.results.allSatisfy { $0.answer?.url.serialized == bench.origin.url("/to") && $0.status == 200 })
            #expect(try await bench.isStored("/from/3"))
        }
    }

    @Test func whatTheStoreAnswersInPartIsToldAsThePartThatItIs() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("0123456789", fields: fresh))
            _ = try await bench.crawl(["/"])
            func again(_ fields: FieldSection = [:], method: HTTPMethod = .get) async throws -> CrawlResult {
                var configuration = quick(method: method)
                configuration.fields = fields
                return try await bench.crawl(["/"], configuration).result("/")
            }
            let whole = try await again()
            #expect(whole.outcome == .hit && whole.answer?.bodyBytes == 10)
            let range = try await again(["Range": "bytes=2-4"])
            #expect(range.outcome == .hit && range.status == 206 && range.answer?.bodyBytes == 3)
            let ranges = try await again(["Range": "bytes=0-1,5-6"])
            #expect(ranges.outcome == .hit && ranges.status == 206)
            #expect(ranges.answer?.fields.first(.contentType)?.hasPrefix("multipart/byteranges") == true)
            let none = try await again(["Range": "bytes=20-"])
            #expect(none.outcome == .hit && none.status == 416 && none.answer?.bodyBytes == 0)
            let head = try await again(method: .head)
            #expect(head.outcome == .hit && head.status == 200 && head.answer?.bodyBytes == 0)
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func redirectsThatLeadNowhere() async throws {
        try await withBench { bench in
            bench.origin.script("/a", .redirect(to: "/b"))
            bench.origin.script("/b", .redirect(to: "/a"))
            bench.origin.script("/n") { request in
                .redirect(to: "/n?\((Int(request.target.split(separator: "?").last ?? "") ?? 0) + 1)")
            }
            let report = try await bench.crawl(["/a", "/b", "/n"], quick(redirects: 5))
            #expect(report.summary.errors == ["redirect_loop": 2, "too_many_redirects": 1])
            #expect(report.summary.failureClasses == [.protocol])
            #expect(try report.result("/n").attempts == 6)
        }
    }

    @Test func failuresAreTriedAgain() async throws {
        try await withBench { bench in
            bench.origin.script("/status", .text("", status: 503), .text("", status: 500), .text("good", fields: fresh))
            // Cut within the content: what is closed before its first byte, the transport may send again by itself.
            bench.origin.script(
                "/reset", ScriptedResponse(fields: ["Content-Length": "9"], body: .bytes([1]), ending: .close),
                .text("good", fields: fresh))
            bench.origin.script("/never", .silence(.close))
            bench.origin.script("/permanent", .text("", status: 404))
            let report = try await bench.crawl(["/status", "/reset", "/never", "/permanent"])
            #expect(try report.result("/status").attempts == 3 && report.result("/status").status == 200)
            #expect(try report.result("/reset").attempts == 2 && report.result("/reset").status == 200)
            #expect(try report.result("/never").attempts == 3 && report.result("/never").error?.failureClass == .network)
            #expect(try report.result("/permanent").attempts == 1 && report.result("/permanent").status == 404)
            #expect(report.summary.outcomes[.error] == 1 && report.summary.httpFailures == 1 && report.summary.total == 4)
            #expect(report.summary.failureClasses == [.network, .httpStatus])
        }
    }

    @Test func aHostThatAsksForALongPauseIsPutAside() async throws {
        try await withBench { bench in
            bench.origin.script("/busy", .text("", status: 503, fields: ["Retry-After": "3600"]))
            let targets = ["/busy"] + (0..<20).map { "/echo?\($0)" }
            let report = try await bench.crawl(targets, quick(jobs: 1))
            #expect(report.results.count == 21 && bench.origin.requestCount == 1)
            #expect(report.summary.outcomes[.skipped] == 20 && report.summary.errors == ["host_put_aside": 20])
            #expect(try report.result("/busy").status == 503)
        }
    }

    /// What waits for a retry of its own on a host that is then put aside must not keep the crawl for an hour.
    @Test func retriesOfAHostThatIsPutAsideAreGivenUp() async throws {
        try await withBench { bench in
            bench.origin.script("/first", .text("", status: 500))
            bench.origin.script("/second", .text("", status: 503, fields: ["Retry-After": "3600"]))
            var configuration = quick(jobs: 1)
            configuration.retry = RetryPolicy(retries: 2, baseMilliseconds: 5_000)
            let report = try await bench.crawl(["/first", "/second"], configuration)
            #expect(try report.result("/first").error?.code == .hostPutAside)
            #expect(try report.result("/second").status == 503)
        }
    }

    @Test func aShortRetryAfterIsWaitedFor() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("", status: 429, fields: ["Retry-After": "1"]), .text("good", fields: fresh))
            let report = try await bench.crawl(["/"])
            #expect(try report.result("/").status == 200)
            #expect(report.summary.elapsedMilliseconds >= 900)
            let times = bench.origin.requests.map(\.time)
            #expect(times.count == 2 && times[1].milliseconds(since: times[0]) >= 900)
        }
    }

    @Test func maximumPages() async throws {
        try await withBench { bench in
            let report = try await bench.crawl(["no url"] + (0..<600).map { "/echo?\($0)" }, quick(pages: 300))
            #expect(report.summary.total == 300 && bench.origin.requestCount == 300 && report.summary.invalidSeeds == 1)
        }
    }

    @Test func linesThatAreNoURL() async throws {
        try await withBench { bench in
            let list = try bench.directory.write("\(bench.origin.url("/echo"))\nnonsense\nftp://a/\n#x\n", to: "list")
            let collector = Collector()
            let summary = try await bench.crawler().run([.file(list)], report: collector.report)
            #expect(summary.total == 1 && summary.invalidSeeds == 2)
            #expect(collector.invalid.map(\.line) == [2, 3] && collector.invalid.allSatisfy { $0.source == list })
        }
    }

    @Test func anEmptyListEnds() async throws {
        try await withBench { bench in
            let report = try await bench.crawl([])
            #expect(report.summary.total == 0 && !report.summary.interrupted)
        }
    }

    @Test func aMissingListIsAnError() async throws {
        try await withBench { bench in
            let path = bench.directory.file("missing")
            let error = await crawlError { try await bench.crawler().run([.file(path)]) { _ in } }
            guard case .unreadableInput(path: path, reason: _) = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
        }
    }

    @Test func offlineMissesAreToldAndCounted() async throws {
        try await withBench { bench in
            let offline = bench.client(ClientConfiguration(reuse: ReuseOptions(mode: .offline)))
            let report = try await bench.crawl(["/echo"], client: offline)
            #expect(report.summary.outcomes == [.offlineMiss: 1] && report.summary.failureClasses == [.offlineMiss])
            #expect(bench.origin.requestCount == 0)
        }
    }

    @Test func whatIsToldIsStored() async throws {
        try await withBench(site: GeneratedSite(pageCount: 200, pageBytes: 200)) { bench in
            let told = Mutex((urls: Set<String>(), missing: 0))
            let path = bench.store.directory + "/cache.db"
            _ = try await bench.crawler(quick(jobs: 8)).run([bench.urls((0..<200).map { "/pages/\($0).html" })]) { event in
                guard case .finished(let result) = event else { return }
                // Seen through another connection: committed.
                let isCommitted = (try? Self.count(result.url, in: path)) == 1
                told.withLock { told in
                    told.urls.insert(result.url)
                    if !isCommitted { told.missing += 1 }
                }
            }
            #expect(told.withLock { $0.urls.count } == 200 && told.withLock { $0.missing } == 0)
        }
    }

    private static func count(_ url: String, in path: String) throws -> Int64 {
        try SQLiteConnection(path: path, mode: .readOnly).integer("SELECT count(*) FROM entry WHERE url = '\(url)'")
    }

    @Test func theWindowIsNotExceeded() async throws {
        try await withBench { bench in
            let crawler = bench.crawler(quick(jobs: 2, window: 10))
            let most = Mutex(0)
            bench.origin.script("/echo") { _ in
                let progress = crawler.progress
                most.withLock { $0 = max($0, progress.known - progress.done) }
                return .text("x", fields: ["Cache-Control": "no-store"])
            }
            let summary = try await crawler.run([bench.urls((0..<500).map { "/echo?\($0)" })]) { _ in }
            #expect(summary.total == 500)
            #expect(most.withLock { $0 } <= 10 && most.withLock { $0 } >= 5)
        }
    }

    @Test func slowTellingHoldsBackTheInput() async throws {
        try await withBench { bench in
            let known = Mutex(0)
            let crawler = bench.crawler(quick(jobs: 1))
            // Lines that are no URL cost nothing else: nothing but the telling slows them.
            let list = try bench.directory.write(String(repeating: "nonsense\n", count: 60_000), to: "list")
            let gate = AnswerBox()
            let run = Task {
                let told = Mutex(0)
                return try await crawler.run([.file(list)]) { _ in
                    if told.withLock({
                        $0 += 1; return $0
                    }) == 1 {
                        _ = gate.wait()
                    }
                }
            }
            try await eventually { crawler.progress.summary.invalidSeeds > CrawlJournal.room }
            for _ in 0..<20 {
                try await Task.sleep(for: .milliseconds(2))
                known.withLock { $0 = crawler.progress.summary.invalidSeeds }
            }
            #expect(known.withLock { $0 } <= 2 * (CrawlJournal.room + 2 * SeedReader.batchLines))
            gate.set(true)
            #expect(try await run.value.invalidSeeds == 60_000)
        }
    }

    @Test func progressTellsTheTime() async throws {
        try await withBench { bench in
            var slow = ScriptedResponse.text("x", fields: ["Cache-Control": "no-store"])
            slow.delay = .milliseconds(30)
            bench.origin.script("/slow", slow)
            let crawler = bench.crawler()
            #expect(crawler.progress.summary.elapsedMilliseconds == 0)
            _ = try await crawler.run([bench.urls(["/slow"])]) { _ in }
            #expect(crawler.progress.summary.elapsedMilliseconds >= 20 && crawler.progress.done == 1)
            #expect(crawler.progress.isInputRead && crawler.progress.inFlight == 0 && crawler.progress.known == 1)
        }
    }
}
