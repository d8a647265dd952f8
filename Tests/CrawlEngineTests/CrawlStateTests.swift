import CachingClient
import CrawlPolicy
import HTTPSemantics
import Synchronization
import Testing

@testable import CrawlEngine

@Suite struct CrawlStateTests {
    private func item(_ url: String) throws -> CrawlItem {
        let request = RequestHead(url: try #require(WebURL(url)))
        return CrawlItem(seed: url, request: request, chain: RedirectChain(limit: 1), startTime: time(0))
    }

    private func time(_ milliseconds: Int64) -> UnixTime { UnixTime(milliseconds: 1_795_000_000_000 + milliseconds) }

    @Test func oneItemOfAKeyAtATime() throws {
        var state = CrawlState(politeness: PolitenessPolicy(), window: 10)
        let (first, second, other) = (try item("http://a/#1"), try item("http://a/#2"), try item("http://b/"))
        let began = [first, second, other].map { state.begin($0) }
        #expect(began.map { $0?.holdsKey } == [true, nil, true])
        // One that the store has answered holds nothing, and lets go of nothing.
        let letGo = state.end(first)
        let holder = try #require(began[0])
        let waiting = state.end(holder)
        #expect(letGo.isEmpty)
        #expect(waiting.map(\.seed) == ["http://a/#2"] && waiting.allSatisfy { !$0.holdsKey })
        let beganAgain = state.begin(second)
        let rest = state.end(try #require(beganAgain))
        #expect(rest.isEmpty)
    }

    @Test(arguments: [1, 4, 100])
    func theWindow(_ window: Int) {
        var state = CrawlState(politeness: PolitenessPolicy(), window: window)
        #expect(state.room == window)
        state.taken(window)
        #expect(state.room == 0 && state.openItems == window && state.known == window)
        for open in stride(from: window - 1, through: 0, by: -1) {
            _ = state.finishedItems(1)
            #expect(state.room == window - open)
        }
        #expect(!state.isDrained)
        state.inputEnded()
        #expect(state.isDrained)
    }

    @Test(arguments: [(1, 0), (4, 3), (100, 75)])
    func theReaderWaitsUntilAQuarterIsFree(_ window: Int, _ opensAt: Int) async {
        let state = Mutex(CrawlState(politeness: PolitenessPolicy(), window: window))
        state.withLock { $0.taken(window) }
        await withCheckedContinuation { continuation in
            #expect(!state.withLock { $0.hasRoom(orWait: continuation) })
            for open in stride(from: window - 1, through: 0, by: -1) {
                let reader = state.withLock { $0.finishedItems(1) }
                #expect((reader != nil) == (open == opensAt))
                reader?.resume()
            }
        }
    }

    @Test func stoppingLetsTheReaderGoAndDropsWhatWaits() async throws {
        let state = Mutex(CrawlState(politeness: PolitenessPolicy(), window: 1))
        let item = try item("http://a/")
        state.withLock { state in
            state.taken(1)
            _ = state.scheduler.add(item, host: "a", now: time(0))
        }
        await withCheckedContinuation { continuation in
            #expect(!state.withLock { $0.hasRoom(orWait: continuation) })
            state.withLock { $0.stop() }?.resume()
        }
        state.withLock { state in
            #expect(state.isStopping && state.openItems == 0 && state.room == 0)
        }
    }

    @Test func workersGetWhatIsDueAndGoHomeAtTheEnd() async throws {
        let state = Mutex(CrawlState(politeness: PolitenessPolicy(maximumConcurrent: 1), window: 10))
        let item = try item("http://a/")
        let given: CrawlWork? = await withCheckedContinuation { worker in
            #expect(state.withLock { $0.next(for: worker, now: time(0)) }.handouts.isEmpty)
            let step = state.withLock { state in
                state.taken(1)
                _ = state.scheduler.add(item, host: "a", now: time(0))
                return state.handOut(now: time(0))
            }
            #expect(step.handouts.count == 1 && !step.setsTimer)
            for (worker, work) in step.handouts { worker.resume(returning: work) }
        }
        guard case .fetch(let fetched)? = given else {
            Issue.record("expected work")
            return
        }
        #expect(fetched.seed == "http://a/")
        let last: CrawlWork? = await withCheckedContinuation { worker in
            #expect(state.withLock { $0.next(for: worker, now: time(0)) }.handouts.isEmpty)
            let step = state.withLock { state in
                state.inputEnded()
                _ = state.finishedItems(1)
                return state.handOut(now: time(0))
            }
            #expect(step.handouts.count == 1)
            for (worker, work) in step.handouts { worker.resume(returning: work) }
        }
        #expect(last == nil)
    }

    /// There is one timer, for the first time that counts.
    @Test func theTimerIsSetForTheEarliestTime() async throws {
        let state = Mutex(CrawlState(politeness: PolitenessPolicy(), window: 10))
        let (late, soon) = (try item("http://late/"), try item("http://soon/"))
        let _: CrawlWork? = await withCheckedContinuation { worker in
            state.withLock { state in
                var setsTimer = state.next(for: worker, now: time(0)).setsTimer
                #expect(!setsTimer && state.timer == nil)
                _ = state.scheduler.add(late, host: "late", notBefore: time(600_000), now: time(0))
                setsTimer = state.handOut(now: time(0)).setsTimer
                #expect(setsTimer && state.timer == time(600_000))
                for round in Int64(0)..<3 {
                    _ = state.scheduler.add(soon, host: "soon", notBefore: time(round * 20 + 8), now: time(round * 20))
                    setsTimer = state.handOut(now: time(round * 20)).setsTimer
                    #expect(setsTimer && state.timer == time(round * 20 + 8))
                    setsTimer = state.handOut(now: time(round * 20)).setsTimer
                    #expect(!setsTimer)
                    state.timerFired()
                    // The item goes to somebody; then what is left is looked for again.
                    guard case .fetch = state.scheduler.next(now: time(round * 20 + 8)) else {
                        Issue.record("not due")
                        continue
                    }
                    _ = state.scheduler.finished(host: "soon", now: time(round * 20 + 8))
                    setsTimer = state.handOut(now: time(round * 20 + 8)).setsTimer
                    #expect(setsTimer && state.timer == time(600_000))
                }
            }
            worker.resume(returning: nil)
        }
    }
}
