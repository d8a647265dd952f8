import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlEngine

@Suite struct HostGateTests {
    private let error = FetchError(code: FetchError.Code(rawValue: "timeout"), message: "no answer", failureClass: .network)

    private func time(_ seconds: Int64) -> UnixTime { UnixTime(seconds: seconds) }

    /// Items of one host, as a job hands them out.
    ///
    /// - Parameter rounds: how often they were put off before.
    private func withItems(_ count: Int, rounds: Int = 0, _ body: ([CrawlItem], [LeasedURL]) throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let store = try FrontierStore.open(
            cacheDirectory: directory.file("cache"), name: try #require(JobName("j")),
            create: JobFacts(settings: "", fingerprintKey: Array(repeating: 0, count: 16)))
        let urls = (0..<count).map { number in
            FrontierURL(url: "http://a.example/\(number)", authority: "http://a.example", fingerprint: UInt64(number) + 1)
        }
        try await store.add(urls).value
        var leased = try await store.lease(atMost: count, now: time(0)).urls
        for _ in 0..<rounds {
            try await store.postpone(leased, until: time(60)).value
            leased = try await store.lease(atMost: count, now: time(60)).urls
        }
        let items = try leased.map { url in
            let request = RequestHead(method: .get, url: try #require(WebURL(url.url)), fields: [:])
            return CrawlItem(seed: url.url, request: request, chain: RedirectChain(limit: 0), startTime: time(0), lease: url)
        }
        let result = Result { try body(items, leased) }
        await store.close()
        try result.get()
    }

    /// Whether the host of these was put aside at 0.
    private func fail(_ items: [CrawlItem], in gate: inout HostGate) {
        for item in items.prefix(HostHealth.failuresInARow) { _ = gate.noteFailure(of: item, error, now: time(0)) }
        if let host = items.first?.lease?.host { _ = gate.takeSuspects(of: host) }
    }

    private func passes(_ item: CrawlItem, _ gate: inout HostGate, at seconds: Int64) -> Bool {
        if case .passes = gate.rule(on: item, now: time(seconds)) { true } else { false }
    }

    @Test func afterAPauseOneIsTriedBeforeTheOthers() async throws {
        try await withItems(5) { items, leased in
            var gate = HostGate()
            fail(items, in: &gate)
            #expect(gate.hostsAside(at: time(59)) == [leased[0].host] && gate.hostsAside(at: time(60)).isEmpty)
            #expect(gate.rest(of: leased[0].host, now: time(59))?.until == time(60))
            #expect(gate.rest(of: leased[0].host, now: time(60)) == nil)
            #expect(passes(items[0], &gate, at: 60) && !gate.retries(leased[0], now: time(60)))
            #expect(!passes(items[1], &gate, at: 60) && !passes(items[2], &gate, at: 60))
            #expect(passes(items[0], &gate, at: 60), "the one on trial may ask again")
            #expect(gate.waitingCount == 2)
            #expect(gate.noteAnswer(of: leased[0].host).waiting.map(\.seed) == [items[1].seed, items[2].seed])
            #expect(passes(items[1], &gate, at: 60) && passes(items[2], &gate, at: 60) && gate.waitingCount == 0)
        }
    }

    @Test func aTrialWithoutAnOutcomeLetsTheNextOneTry() async throws {
        try await withItems(5) { items, leased in
            var gate = HostGate()
            fail(items, in: &gate)
            #expect(passes(items[0], &gate, at: 60) && !passes(items[1], &gate, at: 60))
            #expect(gate.letGo(of: leased[2]).isEmpty)
            #expect(gate.letGo(of: leased[0]).map(\.seed) == [items[1].seed])
            #expect(passes(items[1], &gate, at: 60) && !passes(items[0], &gate, at: 60))
        }
    }

    /// Nobody knows yet whether the first failures are the host's or the URLs' own.
    @Test func theFirstFailuresAreKeptUntilTheHostIsKnown() async throws {
        try await withItems(4) { items, leased in
            let host = leased[0].host
            var dying = HostGate()
            #expect(dying.noteFailure(of: items[0], error, now: time(0)) == .isKept)
            #expect(dying.noteFailure(of: items[1], error, now: time(0)) == .isKept && dying.suspectCount == 2)
            #expect(dying.noteFailure(of: items[2], error, now: time(0)) == .isPutOff(until: time(60), isNews: true))
            #expect(dying.takeSuspects(of: host).map(\.item.seed) == [items[0].seed, items[1].seed] && dying.suspectCount == 0)

            var alive = HostGate()
            _ = alive.noteFailure(of: items[0], error, now: time(0))
            let ends = alive.noteAnswer(of: host)
            #expect(ends.lost.map(\.item.seed) == [items[0].seed] && ends.waiting.isEmpty && alive.suspectCount == 0)

            var quiet = HostGate(maximumSuspects: 1)
            _ = quiet.noteFailure(of: items[0], error, now: time(5))
            #expect(quiet.isFullOfSuspects && quiet.noteFailure(of: items[1], error, now: time(5)) == .ends)
            #expect(quiet.takeSuspects(before: time(5)).isEmpty && quiet.suspectCount == 1)
            #expect(quiet.takeSuspects(before: time(6)).map(\.item.seed) == [items[0].seed] && quiet.suspectCount == 0)
        }
    }

    @Test func whatEarlierRunsHaveCountedGoesOn() async throws {
        try await withItems(2, rounds: HostHealth.maximumAsides) { items, leased in
            var gate = HostGate()
            gate.took(leased)
            #expect(passes(items[0], &gate, at: 0) && !passes(items[1], &gate, at: 0))
            #expect(gate.noteFailure(of: items[0], error, now: time(0)) == .ends)
            guard case .fails(error) = gate.rule(on: items[1], now: time(1)) else {
                Issue.record("the host is not given up")
                return
            }
        }
    }

    @Test func aHostThatGoesUpAndDownKeepsNoURLForEver() async throws {
        try await withItems(3, rounds: HostHealth.maximumAsides) { _, leased in
            var gate = HostGate()
            #expect(gate.noteUnreachable(leased[0], error, until: time(90), now: time(0)) == .ends)
            #expect(gate.hostsAside(at: time(1)) == [leased[0].host])
        }
    }

    @Test func aWishIsKeptApartFromFailures() async throws {
        try await withItems(1) { items, leased in
            var gate = HostGate()
            #expect(gate.noteWish(of: leased[0].host, until: time(100)) && !gate.noteWish(of: leased[0].host, until: time(90)))
            #expect(gate.hostsAside(at: time(99)) == [leased[0].host] && gate.hostsAside(at: time(100)).isEmpty)
            #expect(passes(items[0], &gate, at: 1) && gate.retries(leased[0], now: time(1)))
        }
    }

    @Test func whatSpeaksOfOneURLIsNotTheHostsFault() {
        func isOfHost(_ code: String, _ failureClass: FailureClass) -> Bool {
            FetchError(code: FetchError.Code(rawValue: code), message: "", failureClass: failureClass).isOfHost
        }
        #expect(isOfHost("connection_refused", .network) && isOfHost("dns_failed", .network) && isOfHost("tls_untrusted", .tls))
        #expect(!isOfHost("truncated_body", .network) && !isOfHost("max_time", .network) && !isOfHost("cache_corrupt", .integrity))
    }
}
