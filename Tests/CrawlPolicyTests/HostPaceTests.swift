import HTTPSemantics
import Testing

@testable import CrawlPolicy

@Suite struct HostPaceTests {
    private func slowed(_ steps: Int) -> HostPace {
        var pace = HostPace()
        for _ in 0..<steps { pace.noteRefusal(inFlight: 0) }
        return pace
    }

    @Test func eachStepHalvesWhatIsInFlightAndThenPausesGrow() {
        let bounds = (0...4).map { slowed($0).bound(of: 4) }
        #expect(bounds == [4, 2, 1, 1, 1])
        let pauses = (0...5).map { slowed($0).pauseMilliseconds(of: 4) }
        #expect(pauses == [0, 0, 0, 250, 500, 1000])
        #expect(slowed(1).pauseMilliseconds(of: 1) == 250)
    }

    @Test func aHostThatAlwaysRefusesIsAskedOnceAMinute() {
        #expect(slowed(1000).pauseMilliseconds(of: 1_000_000) >= 0)
        #expect(slowed(1000).pauseMilliseconds(of: 4) == HostPace.longestPause)
        #expect(slowed(1000).bound(of: .max) >= 1)
    }

    @Test func requestsThatWereUnderWayAtAStepSayNothingAboutIt() {
        var pace = HostPace()
        pace.noteRefusal(inFlight: 3)
        for _ in 0..<3 { pace.noteRefusal(inFlight: 0) }
        #expect(pace.level == 1)
        pace.noteRefusal(inFlight: 0)
        #expect(pace.level == 2)
    }

    @Test func successSpeedsItUpSlowly() {
        var pace = slowed(2)
        for _ in 0..<HostPace.answersToStepUp - 1 { pace.noteAnswer() }
        #expect(pace.level == 2)
        pace.noteAnswer()
        #expect(pace.level == 1)
        for _ in 0..<HostPace.answersToStepUp { pace.noteAnswer() }
        #expect(pace.isFull)
    }

    @Test func aRefusalBetweenAnswersBeginsTheCountAnew() {
        var pace = slowed(1)
        for _ in 0..<HostPace.answersToStepUp - 1 { pace.noteAnswer() }
        pace.noteRefusal(inFlight: 0)
        pace.noteAnswer()
        #expect(pace.level == 2)
    }

    // MARK: - In the scheduler

    private func time(_ milliseconds: Int64) -> UnixTime { UnixTime(milliseconds: milliseconds) }

    private func take(_ scheduler: inout CrawlScheduler, at now: Int64) -> Int? {
        if case .fetch(let item, host: _) = scheduler.next(now: time(now)) { item } else { nil }
    }

    @Test func aHostThatRefusesGetsFewerRequestsAndIsRememberedWhileIdle() {
        var scheduler = CrawlScheduler(politeness: PolitenessPolicy(maximumConcurrent: 4))
        for item in 0..<4 { _ = scheduler.add(item, host: "a", now: time(0)) }
        for item in 0..<4 { #expect(take(&scheduler, at: 0) == item) }
        for _ in 0..<4 { _ = scheduler.finished(host: "a", now: time(1), reception: .refused) }
        for item in 4..<8 { _ = scheduler.add(item, host: "a", now: time(2)) }
        #expect(take(&scheduler, at: 2) == 4)
        #expect(take(&scheduler, at: 2) == 5)
        #expect(take(&scheduler, at: 2) == nil)
    }

    @Test func aHostThatGoesOnRefusingIsLeftAloneInTheEnd() {
        var scheduler = CrawlScheduler(politeness: PolitenessPolicy(maximumConcurrent: 1))
        for item in 0..<50 { _ = scheduler.add(item, host: "a", now: time(0)) }
        var (now, asked, refused): (Int64, Int, [Int]) = (0, 0, [])
        while refused.isEmpty, asked < 50 {
            switch scheduler.next(now: time(now)) {
            case .fetch:
                asked += 1
                refused = scheduler.finished(host: "a", now: time(now), reception: .refused)
            case .wait(let until): now = until.milliseconds
            case .blocked, .empty: break
            }
        }
        #expect(asked < 15 && refused.count == 50 - asked)
        #expect(now < 180_000)
        #expect(scheduler.asideUntil("a") == time(now + HostPace.hopelessRest))
    }

    @Test func whatWaitsForAHostIsTakenOutAndNothingElse() {
        var scheduler = CrawlScheduler(politeness: PolitenessPolicy(maximumConcurrent: 1))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        _ = scheduler.add(3, host: "a", notBefore: time(50), now: time(0))
        _ = scheduler.add(10, host: "b", now: time(0))
        #expect(take(&scheduler, at: 0) == 0)
        #expect(scheduler.removePending(host: "a", now: time(0)) == [1, 2, 3])
        #expect(scheduler.removePending(host: "c", now: time(0)).isEmpty)
        #expect(scheduler.pendingCount == 1 && scheduler.activeCount == 1)
        _ = scheduler.finished(host: "a", now: time(1), reception: nil)
        #expect(take(&scheduler, at: 100) == 10)
        #expect(take(&scheduler, at: 100) == nil)
        _ = scheduler.add(4, host: "a", now: time(100))
        #expect(take(&scheduler, at: 100) == 4)
    }

    @Test func aPauseOfRobotsTxtHoldsForItsHostAlone() {
        var scheduler = CrawlScheduler(politeness: PolitenessPolicy(maximumConcurrent: 4))
        for item in 0..<2 { _ = scheduler.add(item, host: "a", crawlDelay: 3_000, now: time(0)) }
        for item in 10..<12 { _ = scheduler.add(item, host: "b", now: time(0)) }
        #expect((0..<4).map { _ in take(&scheduler, at: 0) } == [0, 10, 11, nil])
        _ = scheduler.finished(host: "a", now: time(100), reception: .answered)
        #expect(take(&scheduler, at: 3_099) == nil)
        #expect(take(&scheduler, at: 3_100) == 1)
    }
}
