import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlPolicy

/// Event and answer, with a clock moved by hand.
@Suite struct CrawlSchedulerTests {
    private func time(_ milliseconds: Int64) -> UnixTime { UnixTime(milliseconds: milliseconds) }

    private func scheduler(_ politeness: PolitenessPolicy = PolitenessPolicy()) -> CrawlScheduler {
        CrawlScheduler(politeness: politeness)
    }

    private func fetched(_ step: CrawlScheduler.Step) -> Int? {
        if case .fetch(let item, host: _) = step { item } else { nil }
    }

    @Test func anEmptySchedulerSaysSo() {
        var scheduler = scheduler()
        guard case .empty = scheduler.next(now: time(0)) else {
            Issue.record("expected .empty")
            return
        }
    }

    @Test func itemsOfOneHostLeaveInOrder() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 10))
        for item in 0..<5 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect((0..<5).map { _ in fetched(scheduler.next(now: time(0))) } == [0, 1, 2, 3, 4])
    }

    @Test func hostsTakeTurns() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 10))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        for item in 10..<13 { _ = scheduler.add(item, host: "b", now: time(0)) }
        #expect((0..<6).map { _ in fetched(scheduler.next(now: time(0))) } == [0, 10, 1, 11, 2, 12])
    }

    @Test func aHostGetsNoMoreThanItsPermits() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 2))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(fetched(scheduler.next(now: time(0))) == 1)
        guard case .blocked = scheduler.next(now: time(0)) else {
            Issue.record("expected .blocked")
            return
        }
        #expect(scheduler.finished(host: "a", now: time(5)).isEmpty)
        #expect(fetched(scheduler.next(now: time(5))) == 2)
    }

    @Test func waitCountsFromTheEndOfAResponseAndAllowsOneAtATime() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 4, waitMilliseconds: 1000))
        for item in 0..<2 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        guard case .blocked = scheduler.next(now: time(0)) else {
            Issue.record("expected .blocked")
            return
        }
        _ = scheduler.finished(host: "a", now: time(300))
        guard case .wait(let until) = scheduler.next(now: time(300)) else {
            Issue.record("expected .wait")
            return
        }
        #expect(until == time(1300))
        #expect(fetched(scheduler.next(now: time(1299))) == nil)
        #expect(fetched(scheduler.next(now: time(1300))) == 1)
    }

    @Test func theWaitOutlivesAnEmptyQueue() {
        var scheduler = scheduler(PolitenessPolicy(waitMilliseconds: 1000))
        _ = scheduler.add(0, host: "a", now: time(0))
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        _ = scheduler.finished(host: "a", now: time(10))
        _ = scheduler.add(1, host: "a", now: time(20))
        #expect(fetched(scheduler.next(now: time(20))) == nil)
        #expect(fetched(scheduler.next(now: time(1010))) == 1)
    }

    @Test func aRateCountsFromStartToStart() {
        let rate = RequestRate(count: 3, periodMilliseconds: 1000)
        #expect(rate.intervalMicroseconds == 333_334)
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 4, intervalMicroseconds: rate.intervalMicroseconds))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(fetched(scheduler.next(now: time(333))) == nil)
        #expect(fetched(scheduler.next(now: time(334))) == 1)
        #expect(fetched(scheduler.next(now: time(668))) == 2)
    }

    /// The clock counts milliseconds, the interval is two and a half, and every tenth look comes late.
    @Test func aFastRateIsKeptExactly() {
        let rate = RequestRate(count: 400, periodMilliseconds: 1000)
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 1000, intervalMicroseconds: rate.intervalMicroseconds))
        for item in 0..<2000 { _ = scheduler.add(item, host: "a", now: time(1_000_000)) }
        var starts: [Int64] = []
        for step in Int64(0)..<1000 where step % 10 != 3 {
            while fetched(scheduler.next(now: time(1_000_000 + step))) != nil { starts.append(step) }
        }
        #expect((399...405).contains(starts.count))
        // No span of ten milliseconds has more than its share and what an earlier late look left over.
        for start in starts { #expect(starts.count { $0 >= start && $0 < start + 10 } <= 9) }
    }

    @Test func aWaitingHostDoesNotHoldOthersUp() {
        var scheduler = scheduler(PolitenessPolicy(waitMilliseconds: 1000))
        for item in 0..<2 { _ = scheduler.add(item, host: "a", now: time(0)) }
        _ = scheduler.add(10, host: "b", now: time(0))
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        _ = scheduler.finished(host: "a", now: time(1))
        #expect(fetched(scheduler.next(now: time(1))) == 10)
    }

    @Test func retryAfterHoldsTheWholeHost() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 2))
        for item in 0..<4 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.finished(host: "a", now: time(10), holdUntil: time(30_000)).isEmpty)
        guard case .wait(let until) = scheduler.next(now: time(20)) else {
            Issue.record("expected .wait")
            return
        }
        #expect(until == time(30_000))
        #expect(fetched(scheduler.next(now: time(30_000))) == 1)
    }

    @Test func aHostThatAsksForTooLongAPauseIsPutAside() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 1, maximumHoldMilliseconds: 60_000))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.finished(host: "a", now: time(0), holdUntil: time(3_600_000)) == [1, 2])
        guard case .refused(let until) = scheduler.add(3, host: "a", now: time(100)) else {
            Issue.record("expected .refused")
            return
        }
        #expect(until == time(3_600_000))
        guard case .queued = scheduler.add(4, host: "a", now: time(3_600_000)) else {
            Issue.record("expected .queued")
            return
        }
        #expect(fetched(scheduler.next(now: time(3_600_000))) == 4)
    }

    @Test func aRetryComesAtItsTime() {
        var scheduler = scheduler()
        _ = scheduler.add(0, host: "a", notBefore: time(500), now: time(0))
        _ = scheduler.add(1, host: "a", now: time(0))
        #expect(fetched(scheduler.next(now: time(0))) == 1)
        _ = scheduler.finished(host: "a", now: time(1))
        guard case .wait(let until) = scheduler.next(now: time(1)) else {
            Issue.record("expected .wait")
            return
        }
        #expect(until == time(500))
        #expect(fetched(scheduler.next(now: time(500))) == 0)
    }

    @Test func stoppingGivesBackAllThatWaits() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 1))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        _ = scheduler.add(3, host: "b", notBefore: time(100), now: time(0))
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.removeAllPending().sorted() == [1, 2, 3])
        #expect(scheduler.pendingCount == 0)
        #expect(scheduler.activeCount == 1)
        #expect(scheduler.finished(host: "a", now: time(1)).isEmpty)
        #expect(scheduler.activeCount == 0)
    }

    /// Whatever happens in whatever order, no host exceeds its permits, nothing is lost and nothing comes twice.
    @Test(arguments: 0..<20) func everyItemComesOnceUnderRandomEvents(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let permits = Int.random(in: 1...3, using: &random)
        var scheduler = scheduler(
            PolitenessPolicy(
                maximumConcurrent: permits, waitMilliseconds: Bool.random(using: &random) ? 50 : 0,
                intervalMicroseconds: Bool.random(using: &random) ? 30_000 : 0))
        var present: Int64 = 0
        var added = 0
        var seen: Set<Int> = []
        var active: [String] = []
        while seen.count < 300 {
            present += Int64.random(in: 0...20, using: &random)
            if added < 300, Bool.random(using: &random) {
                let host = "h\(Int.random(in: 0..<5, using: &random))"
                let notBefore = Bool.random(using: &random) ? time(present + 40) : nil
                _ = scheduler.add(added, host: host, notBefore: notBefore, now: time(present))
                added += 1
            }
            if let index = active.indices.randomElement(using: &random), Bool.random(using: &random) {
                let hold = Int.random(in: 0..<10, using: &random) == 0 ? time(present + 100) : nil
                #expect(scheduler.finished(host: active.remove(at: index), now: time(present), holdUntil: hold).isEmpty)
            }
            if case .fetch(let item, let host) = scheduler.next(now: time(present)) {
                #expect(seen.insert(item).inserted)
                active.append(host)
                #expect(active.count { $0 == host } <= permits)
            }
            guard present < 10_000_000 else {
                Issue.record("items were lost: \(seen.count) of \(added) came")
                return
            }
        }
        #expect(scheduler.pendingCount == 0)
        #expect(scheduler.activeCount == active.count)
    }

    // MARK: - Items that come back

    @Test func whatComesBackIsTheNextAgain() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 1))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.giveBack(0, host: "a", now: time(0)).isEmpty)
        #expect(scheduler.pendingCount == 3 && scheduler.activeCount == 0)
        #expect(fetched(scheduler.next(now: time(0))) == 0)
    }

    @Test func whatComesBackForLaterLetsOthersGoFirst() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 1))
        for item in 0..<2 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        _ = scheduler.giveBack(0, host: "a", now: time(0), itemNotBefore: time(8))
        #expect(fetched(scheduler.next(now: time(0))) == 1)
        #expect(scheduler.finished(host: "a", now: time(1)).isEmpty)
        guard case .wait(let until) = scheduler.next(now: time(1)) else {
            Issue.record("expected .wait")
            return
        }
        #expect(until == time(8))
        #expect(fetched(scheduler.next(now: time(8))) == 0)
    }

    @Test func noPauseAndNoRateCountWhatWasNotAsked() {
        for politeness in [PolitenessPolicy(waitMilliseconds: 1000), PolitenessPolicy(intervalMicroseconds: 1_000_000)] {
            var scheduler = scheduler(politeness)
            _ = scheduler.add(0, host: "a", now: time(0))
            #expect(fetched(scheduler.next(now: time(0))) == 0)
            _ = scheduler.giveBack(0, host: "a", now: time(1))
            #expect(fetched(scheduler.next(now: time(1))) == 0)
            _ = scheduler.add(1, host: "a", now: time(1))
            #expect(scheduler.finished(host: "a", now: time(2)).isEmpty)
            #expect(fetched(scheduler.next(now: time(500))) == nil)
        }
    }

    @Test func aHostThatRestsHoldsBackWhatComesBack() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 2, maximumHoldMilliseconds: 10_000))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.giveBack(0, host: "a", now: time(0), obstacle: .resting(until: time(50))).isEmpty)
        #expect(fetched(scheduler.next(now: time(49))) == nil)
        #expect(fetched(scheduler.next(now: time(50))) == 0)
        #expect(Set(scheduler.giveBack(0, host: "a", now: time(50), obstacle: .resting(until: time(20_000)))) == [0, 1, 2])
        #expect(scheduler.pendingCount == 0 && scheduler.activeCount == 0)
    }

    @Test func whatComesBackToAHostPutAsideIsRefusedToo() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 2, maximumHoldMilliseconds: 10_000))
        for item in 0..<2 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(fetched(scheduler.next(now: time(0))) == 1)
        #expect(scheduler.finished(host: "a", now: time(1), holdUntil: time(20_000)).isEmpty)
        #expect(scheduler.giveBack(1, host: "a", now: time(2), itemNotBefore: time(6)) == [1])
        #expect(scheduler.asideUntil("a") == time(20_000))
        #expect(scheduler.pendingCount == 0 && scheduler.activeCount == 0)
    }

    @Test func theTurnOfOthersIsWaitedForHoweverLongItTakes() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 2, maximumHoldMilliseconds: 10_000))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.giveBack(0, host: "a", now: time(0), obstacle: .busy(lookAgain: time(20_000))).isEmpty)
        #expect(fetched(scheduler.next(now: time(19_999))) == nil)
        #expect(fetched(scheduler.next(now: time(20_000))) == 0)
    }

    @Test func whatFoundItsEndElsewhereLeavesItsPlaceOnly() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 1))
        for item in 0..<2 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(scheduler.giveBack(nil, host: "a", now: time(0)).isEmpty)
        #expect(scheduler.pendingCount == 1)
        #expect(fetched(scheduler.next(now: time(0))) == 1)
    }

    @Test func besideOthersOneRequestAfterTheOtherFindsOutWhetherThereIsRoom() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 4))
        for item in 0..<10 { _ = scheduler.add(item, host: "a", now: time(0)) }
        for item in 0..<3 { #expect(fetched(scheduler.next(now: time(0))) == item) }
        // Two have their turn, for the third there is no room on this machine.
        #expect(scheduler.giveBack(2, host: "a", now: time(0), obstacle: .busy(lookAgain: time(4))).isEmpty)
        #expect(fetched(scheduler.next(now: time(3))) == nil)
        // Nor for another in the place of one that ends, for it may be others' turn.
        #expect(scheduler.finished(host: "a", now: time(3)).isEmpty)
        #expect(fetched(scheduler.next(now: time(3))) == nil)
        #expect(scheduler.finished(host: "a", now: time(4)).isEmpty)
        // Then one tries, and the next as soon as that one has found room.
        for item in 2..<6 {
            #expect(fetched(scheduler.next(now: time(4))) == item)
            #expect(fetched(scheduler.next(now: time(4))) == nil)
            _ = scheduler.admitted(host: "a", now: time(4))
        }
        // The bound is reached: nobody is in the way any more.
        #expect(fetched(scheduler.next(now: time(4))) == nil)
        for _ in 0..<2 { #expect(scheduler.finished(host: "a", now: time(5)).isEmpty) }
        for item in 6...7 { #expect(fetched(scheduler.next(now: time(5))) == item) }
    }

    @Test func whatTriesAndFindsItsEndElsewhereLeavesTheTrialToTheNext() {
        for obstacle in [CrawlScheduler.Obstacle.none, .resting(until: time(8))] {
            var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 4))
            for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
            #expect(fetched(scheduler.next(now: time(0))) == 0)
            _ = scheduler.giveBack(0, host: "a", now: time(0), obstacle: .busy(lookAgain: time(4)))
            #expect(fetched(scheduler.next(now: time(4))) == 0)
            _ = scheduler.giveBack(nil, host: "a", now: time(4), obstacle: obstacle)
            #expect(fetched(scheduler.next(now: time(8))) == 1)
            let admissions = ["b", "a", "a"].map { scheduler.admitted(host: $0, now: time(8)) }
            #expect(admissions == [false, true, false])
        }
    }

    @Test func aTrialBesideOwnRequestsIsWokenForThoughNothingEnds() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 4))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        for item in 0..<2 { #expect(fetched(scheduler.next(now: time(0))) == item) }
        _ = scheduler.giveBack(1, host: "a", now: time(0), obstacle: .busy(lookAgain: time(4)))
        guard case .wait(let until) = scheduler.next(now: time(0)) else {
            Issue.record("expected .wait")
            return
        }
        #expect(until >= time(4) && until <= time(50))
        #expect(fetched(scheduler.next(now: until)) == 1)
    }

    @Test func underARateATrialThatFoundRoomTellsWhenTheNextIsDue() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 4, intervalMicroseconds: 100_000))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        _ = scheduler.giveBack(0, host: "a", now: time(0), obstacle: .busy(lookAgain: time(1)))
        #expect(fetched(scheduler.next(now: time(1))) == 0)
        let hasMore = scheduler.admitted(host: "a", now: time(1))
        #expect(hasMore)
        guard case .wait(let until) = scheduler.next(now: time(1)) else {
            Issue.record("expected .wait")
            return
        }
        #expect(until > time(90) && until <= time(101))
        #expect(fetched(scheduler.next(now: time(101))) == 1)
    }

    @Test func aRestThatCameMeanwhileOutlivesAStartThatIsTakenBack() {
        var scheduler = scheduler(PolitenessPolicy(maximumConcurrent: 2, intervalMicroseconds: 1000))
        for item in 0..<3 { _ = scheduler.add(item, host: "a", now: time(0)) }
        #expect(fetched(scheduler.next(now: time(0))) == 0)
        #expect(fetched(scheduler.next(now: time(5))) == 1)
        _ = scheduler.finished(host: "a", now: time(6), holdUntil: time(500))
        _ = scheduler.giveBack(1, host: "a", now: time(7))
        #expect(fetched(scheduler.next(now: time(499))) == nil)
        #expect(fetched(scheduler.next(now: time(500))) == 1)
    }
}
