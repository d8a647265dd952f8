import CacheStore
import CrawlPolicy
import HTTPSemantics
import Testing

@testable import CrawlEngine

/// What a job asks its frontier for.
@Suite struct JobStateTests {
    private func state(maximumPages: Int? = nil) -> JobState {
        JobState(scope: CrawlScope(), budget: PatternBudget(PatternBudget.Options()), maximumPages: maximumPages)
    }

    private func urls(host: Int64, _ count: Int) throws -> [LeasedURL] {
        try (0..<count).map { try leased("http://\(host).example/\($0)", host: host) }
    }

    @Test func asMuchIsAskedForAsThereIsRoom() throws {
        let state = state()
        let request = try #require(state.request(room: 100, window: 4096, now: noon()))
        #expect(request.count == 100 && request.skipped.isEmpty && request.perHost == 1024)
        #expect(state.request(room: 0, window: 4096, now: noon()) == nil)
        #expect(state.request(room: 5000, window: 4096, now: noon())?.count == 4096)
    }

    /// Hosts share the window: the more there are, the fewer URLs of each, within bounds.
    @Test(arguments: [(1, 1024), (2, 1024), (8, 512), (40, 102), (64, 64), (500, 64)])
    func hostsShareTheWindow(hosts: Int, perHost: Int) throws {
        var state = state()
        for host in 0..<hosts { state.took(try urls(host: Int64(host), 1)) }
        #expect(state.open == hosts)
        #expect(state.request(room: 10, window: 4096, now: noon())?.perHost == perHost)
    }

    @Test func aHostThatHasItsShareIsPassedBy() throws {
        var state = state()
        let all = try urls(host: 1, 1024)
        state.took(Array(all.dropLast()))
        #expect(state.request(room: 10, window: 2000, now: noon())?.skipped.isEmpty == true)
        state.took(Array(all.suffix(1)))
        state.took(try urls(host: 2, 3))
        #expect(state.request(room: 10, window: 2000, now: noon())?.skipped == [FrontierHostID(row: 1)])
        // It comes back when its URLs have come to their ends; who has none of them counts no more.
        for url in all.prefix(100) { state.letGo(of: url) }
        #expect(state.request(room: 10, window: 2000, now: noon())?.skipped.isEmpty == true)
        for url in all.dropFirst(100) { state.letGo(of: url) }
        #expect(state.open == 3)
        #expect(state.request(room: 10, window: 2000, now: noon())?.perHost == 1024)
    }

    @Test func whatIsNotTakenIsNotMissed() throws {
        var state = state()
        state.took(try urls(host: 1, 1))
        state.letGo(of: try leased(host: 1))
        state.took(try urls(host: 1, 1024))
        #expect(state.open == 1024)
        #expect(state.request(room: 10, window: 4096, now: noon())?.skipped == [FrontierHostID(row: 1)])
    }

    @Test func itemsThatWaitForRobotsTakeRoom() throws {
        var state = state()
        let url = try #require(WebURL("http://a.example/robots.txt"))
        for number in 0..<7 {
            let item = try jobItem("http://a.example/\(number)")
            _ = state.robots.rule(on: item, url: item.request.url, now: noon())
        }
        #expect(state.request(room: 10, window: 10, now: noon())?.count == 3)
        state.fetchRobots(url, for: try jobItem("http://a.example/0"), now: noon())
        #expect(state.takeRobotsRequests().map(\.url) == [url] && state.takeRobotsRequests().isEmpty)
        state.learned(
            RobotsRules.after(.answered(status: 404), body: [], from: url, now: noon(), lifetimeSeconds: nil), of: url.origin)
        // Until they have been given out.
        #expect(state.request(room: 10, window: 10, now: noon())?.count == 3)
        #expect(state.request(room: 10, window: 7, now: noon()) == nil)
        let items = state.takeReady(atMost: 5)
        #expect(items.map(\.seed) == (0..<5).map { "http://a.example/\($0)" })
        #expect(state.request(room: 10, window: 10, now: noon())?.count == 8)
        #expect(state.takeReady(atMost: 5).count == 2 && state.takeReady(atMost: 5).isEmpty)
    }

    @Test func soManyFilesAreFetchedAtATime() throws {
        var state = state()
        let url = try #require(WebURL("http://a.example/robots.txt"))
        let most = JobState.maximumRobotsFetches
        for _ in 0..<most + 5 { state.fetchRobots(url, for: try jobItem("http://a.example/0"), now: noon()) }
        #expect(state.takeRobotsRequests().count == most)
        #expect(state.takeRobotsRequests().isEmpty)
        let rules = RobotsRules.after(.answered(status: 404), body: [], from: url, now: noon(), lifetimeSeconds: nil)
        for _ in 0..<2 { state.learned(rules, of: url.origin) }
        #expect(state.takeRobotsRequests().count == 2)
    }

    @Test func whatIsNotFetchedAfterAllDoesNotCountAsAPage() throws {
        var state = state(maximumPages: 5)
        state.took(try urls(host: 1, 5))
        #expect(state.pagesLeft == 0 && state.request(room: 10, window: 10, now: noon()) == nil)
        state.note(.giveBack(try leased()))
        state.note(.refuse(FrontierStore.Refusal(try leased()), reason: "robots"))
        #expect(state.request(room: 10, window: 10, now: noon())?.count == 2)
    }

    @Test func whoIsCancelledAsksForNothing() {
        var state = state()
        state.cancel()
        #expect(state.isCancelled && state.request(room: 10, window: 10, now: noon()) == nil)
    }

    @Test func notesAreTakenOnce() throws {
        var state = state()
        state.note(.giveBack(try leased()))
        #expect(state.takeNotes().count == 1)
        #expect(state.takeNotes().isEmpty)
    }

    /// Rows of budgets are written once a second, and at the end.
    @Test func budgetsAreWrittenNowAndThen() throws {
        var state = state()
        let pattern = URLPattern(of: try #require(WebURL("http://a.example/x/1")))
        func note() { state.budget.note(.body(digest: 1), for: pattern) }
        note()
        #expect(!state.takeBudgetChanges(now: noon()).isEmpty)
        note()
        #expect(state.takeBudgetChanges(now: noon(999)).isEmpty)
        #expect(!state.takeBudgetChanges(now: noon(1000)).isEmpty)
        note()
        state.finish()
        #expect(!state.takeBudgetChanges(now: noon(1001)).isEmpty)
    }
}
