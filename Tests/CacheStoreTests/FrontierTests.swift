import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct FrontierTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func aURLGoesThroughOnceWithAllThatWasGiven() async throws {
        let store = try directory.openJob()
        var url = makeURL(5, host: "a")
        url.priority = 9
        url.depth = 3
        url.flags = -7
        try await store.addAll([url, url])
        try await store.addAll([url])
        let leased = try await store.take(10)
        #expect(leased.map(\.url) == ["http://a.example/5"])
        let first = try #require(leased.first)
        #expect(first.authority == url.authority && first.fingerprint == url.fingerprint && first.priority == 9)
        #expect(first.depth == 3 && first.flags == -7 && first.attempts == 0 && first.referrer == nil)
        #expect(try await store.take(10).isEmpty)
        try directory.checkJob()
        try await store.finish(leased)
        try await store.addAll([url])
        let counts = try await store.counts()
        #expect(counts.isDrained && counts.known == 1 && counts.finished[.new] == 1)
        try directory.checkJob()
        await store.close()
    }

    @Test func breadthGoesBeforeDepthAndEarlierBeforeLater() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1, depth: 2), makeURL(2, depth: 0), makeURL(3, depth: 1), makeURL(4, depth: 0)])
        try await store.addAll([makeURL(5, depth: 0)])
        #expect(try await store.take(10).map(\.path) == ["/2", "/4", "/5", "/3", "/1"])
        await store.close()
    }

    @Test func hostsTakeTurns() async throws {
        let store = try directory.openJob()
        for host in ["a", "b", "c"] {
            try await store.addAll((0..<4).map { makeURL($0 + 100 * Int(host.utf8.first ?? 0), host: host) })
        }
        let first = try await store.take(3, perHost: 2)
        #expect(first.map(\.authority) == ["http://a.example", "http://a.example", "http://b.example"])
        // The rotation goes on behind the server that was last served, and comes round.
        let second = try await store.take(4, perHost: 2)
        #expect(second.map(\.authority) == ["http://c.example", "http://c.example", "http://a.example", "http://a.example"])
        let rest = try await store.take(100, perHost: 2)
        #expect(rest.map(\.authority) == ["http://b.example", "http://b.example", "http://c.example", "http://c.example"])
        #expect(try await store.take(100).map(\.authority) == ["http://b.example"])
        await store.close()
    }

    @Test func skippedHostsKeepTheirs() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1, host: "a"), makeURL(2, host: "b"), makeURL(3, host: "a")])
        let first = try await store.take(1)
        let host = try #require(first.first).host
        #expect(try await store.take(10, skipping: [host]).map(\.authority) == ["http://b.example"])
        #expect(try await store.take(10, skipping: [host]).isEmpty)
        #expect(try await store.take(10).map(\.path) == ["/3"])
        await store.close()
    }

    @Test func whatIsPostponedComesBackWhenItIsDue() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1), makeURL(2), makeURL(3)])
        let leased = try await store.take(2)
        let due = noon.advanced(bySeconds: 60)
        try await store.postpone([leased[0]], until: due).value
        try await store.postpone([leased[1]], until: due.advanced(bySeconds: 5), countsAttempt: false).value
        try directory.checkJob()
        let early = try await store.lease(atMost: 10, now: due.advanced(byMilliseconds: -1))
        #expect(early.urls.map(\.path) == ["/3"])
        #expect(early.nextDueMilliseconds == due.milliseconds)
        #expect(try await store.counts().delayed == 2)
        let late = try await store.take(10, at: due)
        #expect(late.map(\.path) == ["/1"] && late.map(\.attempts) == [1])
        let last = try await store.take(10, at: due.advanced(bySeconds: 5))
        #expect(last.map(\.path) == ["/2"] && last.map(\.attempts) == [0])
        try directory.checkJob()
        await store.close()
    }

    @Test func whoIsInAHurryGetsWhatIsPostponedUnlessOthersAreAtWork() async throws {
        let store = try directory.openJob()
        let count = 1500
        try await store.addAll((1...count + 1).map { makeURL($0) })
        let working = try await store.take(1)
        try await store.postpone(store.take(count), until: noon.advanced(bySeconds: 60)).value
        try await store.hurry(now: noon)
        #expect(try await store.counts().delayed == Int64(count))
        try await store.giveBack(working).value
        try await store.hurry(now: noon)
        #expect(try await store.counts().queued == Int64(count + 1))
        #expect(try await store.take(count + 1).map(\.attempts) == [0] + Array(repeating: 1, count: count))
        try directory.checkJob()
        await store.close()
    }

    @Test func whatIsGivenBackTakesItsOldPlace() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1), makeURL(2), makeURL(3)])
        let leased = try await store.take(2)
        try await store.giveBack([leased[1], leased[0]]).value
        #expect(try await store.take(10).map(\.path) == ["/1", "/2", "/3"])
        try directory.checkJob()
        await store.close()
    }

    @Test func closingGivesBackWhatIsHandedOut() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1), makeURL(2)])
        _ = try await store.take(2)
        #expect(await store.close() == nil)
        #expect(try directory.jobInteger("SELECT queued_count FROM progress") == 2)
        try directory.checkJob()
        #expect(await storeError { try await store.addAll([]) }?.code == .closed)
    }

    @Test func aCompletionBringsItsLinksOnceAndTellsWhereTheyWereFound() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1), makeURL(2)])
        let leased = try await store.take(2)
        let links = [makeURL(1, depth: 1), makeURL(7, depth: 1), makeURL(7, depth: 1), makeURL(8, host: "b", depth: 1)]
        try await store.complete([
            Completion(leased[0], makeAnswer(), links: links), Completion(leased[1], makeAnswer(), links: links),
        ]).value
        let found = try await store.take(10)
        #expect(Set(found.map(\.url)) == ["http://a.example/7", "http://b.example/8"])
        try await store.finish(found)
        let pages = try await store.allPages(.all)
        #expect(pages.count == 4)
        #expect(pages.filter { $0.depth == 1 }.allSatisfy { $0.referrerURL == "http://a.example/1" })
        #expect(pages.filter { $0.depth == 0 }.allSatisfy { $0.referrerURL == nil })
        try directory.checkJob()
        await store.close()
    }

    @Test func whatIsFinishedTwiceCountsOnceWithItsLinks() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1)])
        let leased = try await store.take(1)
        try await store.finish(leased)
        try await store.finish(leased, links: [makeURL(9)])
        try await store.postpone(leased, until: noon).value
        try await store.giveBack(leased).value
        let counts = try await store.counts()
        #expect(counts.isDrained && counts.known == 1)
        try directory.checkJob()
        await store.close()
    }

    @Test func whatIsRefusedIsFinishedAndCounted() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1), makeURL(2), makeURL(3, host: "b")])
        try await store.refuse(try await store.take(3).map { FrontierStore.Refusal($0) }, reason: "robots", now: noon).value
        #expect(try await store.counts().finished[.refused] == 3)
        let cuts = try await store.cuts(limit: 10)
        #expect(cuts.map(\.subject) == ["http://a.example", "http://b.example"] && cuts.map(\.count) == [2, 1])
        #expect(cuts.first?.exampleURL == "http://a.example/1")
        let pages = try await store.allPages(.classes([.refused]))
        #expect(pages.map(\.answer.errorCode) == ["robots", "robots", "robots"])
        try directory.checkJob()
        await store.close()
    }

    @Test func patternsAddUp() async throws {
        let store = try directory.openJob()
        try await store.addAll((0..<3).map { makeURL($0) })
        let leased = try await store.take(3)
        let delta = { (sum: Int64, sample: [UInt8]?) in PatternDelta(hash: .max, text: "a/#", sums: [sum, 1], sample: sample) }
        try await store.complete([
            Completion(leased[0], makeAnswer(), patterns: [delta(5, nil)]),
            Completion(leased[1], makeAnswer(), patterns: [delta(2, [1, 2]), delta(1, nil)]),
        ]).value
        #expect(
            try await store.patterns(for: [3, .max])
                == [StoredPattern(hash: .max, text: "a/#", sums: [8, 3, 0, 0], sample: [1, 2])])
        try await store.complete([Completion(leased[2], makeAnswer(), patterns: [delta(.max, nil)])]).value
        #expect(try await store.patterns(for: [.max]).map(\.sums) == [[.max, 4, 0, 0]])
        #expect(try await store.patterns(for: [.max]).map(\.sample) == [[1, 2]])
        await store.close()
    }

    @Test func theRowsOfCutsAreBounded() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1)])
        let leased = try await store.take(1)
        let cuts = (0..<12_000).map { FrontierCut(reason: "depth", subject: "\($0)", count: 2, exampleURL: "http://a.example/x") }
        try await store.complete([Completion(leased[0], makeAnswer(), cuts: cuts)]).value
        #expect(try directory.jobInteger("SELECT count(*) FROM cut") == CutTable.maximumRows + 1)
        #expect(try directory.jobInteger("SELECT sum(count) FROM cut") == 24_000)
        #expect(try await store.cuts(limit: 1).map(\.subject) == [""])
        await store.close()
    }

    @Test func aURLMustBeginWithItsAuthority() async throws {
        let store = try directory.openJob()
        let wrong = FrontierURL(url: "http://b.example/", authority: "http://a.example", fingerprint: 1)
        #expect(await storeError { try await store.addAll([wrong]) }?.code == .invalidArgument)
        await store.close()
    }

    @Test func aJobIsDoneUntilMoreComes() async throws {
        let store = try directory.openJob()
        try await store.noteDone().value
        #expect(try await store.counts().isDone)
        try await store.addAll([makeURL(1)])
        #expect(try await !store.counts().isDone)
        await store.close()
    }

    @Test func aMarkTellsOfACommitOfAnotherStore() async throws {
        let (store, other) = (try directory.openJob(), try directory.openJob())
        let mark = try store.changeMark()
        #expect(try store.changeMark() == mark)
        try await other.addAll([makeURL(1)])
        #expect(try store.changeMark() != mark)
        try await store.waitForChange(after: mark, within: .seconds(3600))
        for store in [store, other] { await store.close() }
    }
}
