import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// One polite client for a host, however many processes use the cache.
@Suite(.timeLimit(.minutes(5))) struct ManyProcessesPolitenessTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private static func script(_ origin: TestOrigin, _ count: Int, delay: Duration = .zero) -> [String] {
        for number in 0..<count {
            origin.script(
                "/\(number)",
                ScriptedResponse(fields: ["Cache-Control": "max-age=600"], body: .bytes(Array("\(number)".utf8)), delay: delay))
        }
        return (0..<count).map { origin.url("/\($0)") }
    }

    /// Milliseconds between the requests, in the order in which they came.
    private func gaps(_ origin: TestOrigin) -> [Int64] {
        let times = origin.requests.map(\.time)
        return zip(times, times.dropFirst()).map { $1.milliseconds(since: $0) }
    }

    /// The pause begins when a response has come, which is after the origin noted its request: no delay on the way can make two
    /// requests look closer than they were sent.
    @Test func twoCrawlsThatWaitKeepOnePauseBetweenThem() async throws {
        try await withOrigin { origin in
            let urls = Self.script(origin, 12)
            let reports = try await larder.crawlTogether([Array(urls[..<6]), Array(urls[6...])], "--wait", "0.2")
            for report in reports {
                #expect(report.status == 0 && report.errors == "")
                #expect(report.outcomes == ["miss": 6])
            }
            #expect(gaps(origin).count == 11)
            #expect(gaps(origin).allSatisfy { $0 >= 200 }, "\(gaps(origin))")
        }
    }

    @Test func aProxyKeepsThePauseOfACrawl() async throws {
        try await withOrigin { origin in
            let urls = Self.script(origin, 10)
            let serving = try await Serving(larder)
            let crawl = try larder.startCrawl(Array(urls[..<6]), ["--wait", "0.2"])
            #expect(try await waitUntil { origin.requestCount > 0 })
            for url in urls[6...] { #expect(try await serving.get(url).status == 200) }
            #expect(await crawl.wait().status == 0)
            #expect(await serving.stop().status == 0)
            #expect(gaps(origin).count == 9)
            // Two requests of the proxy may follow each other at once where the crawl has none between them.
            let requests = origin.requests
            for (before, after) in zip(requests, requests.dropFirst()) {
                let isOfCrawl = [before, after].contains { (Int($0.path.dropFirst()) ?? 0) < 6 }
                let gap = after.time.milliseconds(since: before.time)
                #expect(gap >= 200 || !isOfCrawl, "\(before.path) \(after.path) \(gap) ms")
            }
        }
    }

    /// Each response takes 150 ms: more than two requests within that time would be under way together.
    @Test func theBoundOfAHostHoldsForAllProcessesTogether() async throws {
        try await withOrigin { origin in
            let urls = Self.script(origin, 24, delay: .milliseconds(150))
            let lists = (0..<4).map { Array(urls[($0 * 6)..<($0 * 6 + 6)]) }
            for report in try await larder.crawlTogether(lists, "--max-per-host", "2") {
                #expect(report.status == 0 && report.errors == "")
                #expect(report.outcomes == ["miss": 6])
            }
            let times = origin.requests.map(\.time)
            #expect(times.count == 24)
            for (first, third) in zip(times, times.dropFirst(2)) {
                // The origin's two clocks may differ by a millisecond.
                #expect(third.milliseconds(since: first) >= 149)
            }
        }
    }

    @Test func aHostThatWantsToBeLeftAloneIsLeftAloneByAll() async throws {
        try await withOrigin { origin in
            let urls = Self.script(origin, 6)
            origin.script("/busy", ScriptedResponse(status: 503, fields: ["Retry-After": "2"]))
            #expect(try await larder.run("get", origin.url("/busy")).status == 8)
            let asked = try #require(origin.requests.first).time
            for report in try await larder.crawlTogether([Array(urls[..<3]), Array(urls[3...])]) {
                #expect(report.status == 0 && report.outcomes == ["miss": 3])
            }
            #expect(origin.requestCount == 7)
            let early = origin.requests.dropFirst().filter { $0.time.milliseconds(since: asked) < 2_000 }
            #expect(early.isEmpty, "\(early.map(\.target))")
        }
    }
}
