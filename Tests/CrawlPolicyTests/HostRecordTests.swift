import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlPolicy

/// Event and answer, with a clock moved by hand.
@Suite struct HostRecordTests {
    private var record = HostRecord()
    private let patient = PolitenessPolicy(waitMilliseconds: 1000)
    private let plain = PolitenessPolicy(maximumConcurrent: 2)

    private func at(_ milliseconds: Int64) -> UnixTime { UnixTime(milliseconds: HostSimulation.beginning + milliseconds) }

    private func busy(_ milliseconds: Int64) -> HostAdmission { .busy(lookAgain: at(milliseconds)) }

    // MARK: Silence, bound and rate

    @Test mutating func theBoundCountsTheRequestsOfAll() {
        #expect(record.take(claimant: 1, policy: plain, now: at(0)) == .granted)
        #expect(record.take(claimant: 2, policy: plain, now: at(0)) == .granted)
        #expect(record.take(claimant: 3, policy: plain, now: at(0)) == busy(1))
        #expect(record.activeCount == 2)
        record.finish(claimant: 1, policy: plain, now: at(1), holdUntil: nil)
        #expect(record.take(claimant: 3, policy: plain, now: at(1)) == .granted)
    }

    @Test mutating func eachHasABoundOfItsOwn() {
        #expect(record.take(claimant: 1, policy: plain, now: at(0)) == .granted)
        #expect(record.take(claimant: 2, policy: PolitenessPolicy(maximumConcurrent: 1), now: at(0)) == busy(1))
        record = HostRecord()
        let boundless = PolitenessPolicy(maximumConcurrent: .max)
        for _ in 0..<1000 { #expect(record.take(claimant: 1, policy: boundless, now: at(0)) == .granted) }
        #expect(record.take(claimant: 2, policy: plain, now: at(0)) == busy(1))
    }

    @Test mutating func aWaitIsKeptToTheMillisecondAndOneMore() {
        #expect(record.take(claimant: 1, policy: patient, now: at(0)) == .granted)
        record.finish(claimant: 1, policy: patient, now: at(300), holdUntil: nil)
        #expect(record.notBefore(now: at(300)) == at(1301))
        for claimant in 1...3 as ClosedRange<UInt32> {
            #expect(record.take(claimant: claimant, policy: claimant == 3 ? plain : patient, now: at(301)) == busy(1301))
        }
        #expect(record.take(claimant: 1, policy: patient, now: at(1300)) == busy(1301))
        #expect(record.take(claimant: 1, policy: patient, now: at(1301)) == .granted)
        #expect(record.notBefore(now: at(1301)) == nil)
    }

    @Test mutating func aRequestWithAWaitIsAlone() {
        #expect(record.take(claimant: 1, policy: plain, now: at(0)) == .granted)
        #expect(record.take(claimant: 2, policy: patient, now: at(0)) == busy(1))
        record.finish(claimant: 1, policy: plain, now: at(100), holdUntil: nil)
        #expect(record.take(claimant: 2, policy: patient, now: at(101)) == busy(1101))
        #expect(record.take(claimant: 2, policy: patient, now: at(1101)) == .granted)
        #expect(record.take(claimant: 1, policy: plain, now: at(1101)) == busy(1102))
        // Not even its own claimant starts another beside it.
        #expect(record.take(claimant: 2, policy: plain, now: at(1101)) != .granted)
    }

    @Test mutating func aTurnGivenBackLeavesNoTrace() {
        let policy = PolitenessPolicy(waitMilliseconds: 1000, intervalMicroseconds: 5_000_000)
        #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted)
        record.withdraw(claimant: 1, start: record.starts)
        #expect(record.activeCount == 0)
        #expect(record.take(claimant: 2, policy: policy, now: at(0)) == .granted)
    }

    @Test mutating func aStartMeanwhileStaysAccountedFor() {
        let policy = PolitenessPolicy(maximumConcurrent: 5, intervalMicroseconds: 1_000_000)
        #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted)
        let first = record.starts
        #expect(record.take(claimant: 1, policy: policy, now: at(1000)) == .granted)
        record.withdraw(claimant: 1, start: first)
        #expect(record.take(claimant: 1, policy: policy, now: at(1001)) == busy(2000))
    }

    @Test mutating func pausesOfTheUncertainGrowTo16Milliseconds() {
        let policy = PolitenessPolicy(maximumConcurrent: 1)
        #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted)
        var pauses: [Int64] = []
        var time: Int64 = 60
        for _ in 0..<7 {
            guard case .busy(let again) = record.take(claimant: 2, policy: policy, now: at(time)) else { break }
            pauses.append(again.milliseconds(since: at(time)))
            time += pauses.last ?? 0
        }
        #expect(pauses == [1, 2, 4, 8, 16, 16, 16])
    }

    @Test mutating func theEndOfASliceIsLookedAtOnTime() {
        let policy = PolitenessPolicy(maximumConcurrent: 1)
        #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted)
        for time in [0, 1, 3, 7, 15, 31] as [Int64] { _ = record.take(claimant: 2, policy: policy, now: at(time)) }
        #expect(record.take(claimant: 2, policy: policy, now: at(45)) == busy(50))
        #expect(record.take(claimant: 2, policy: policy, now: at(50)) == busy(51))
        record.finish(claimant: 1, policy: policy, now: at(51), holdUntil: nil)
        #expect(record.take(claimant: 1, policy: policy, now: at(51)) != .granted)
        #expect(record.take(claimant: 2, policy: policy, now: at(51)) == .granted)
    }

    @Test mutating func whoeverUsesTheRoomKeepsItForItsSlice() {
        let policy = PolitenessPolicy(maximumConcurrent: 4)
        for _ in 0..<2 { #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted) }
        // Half of it leaves room for others.
        #expect(record.take(claimant: 2, policy: policy, now: at(0)) == .granted)
        record.finish(claimant: 2, policy: policy, now: at(1), holdUntil: nil)
        #expect(record.take(claimant: 1, policy: policy, now: at(1)) == .granted)
        #expect(record.take(claimant: 3, policy: policy, now: at(1)) == busy(50))
        // What ends in one go is begun again in one go: nobody slips in between.
        for _ in 0..<3 { record.finish(claimant: 1, policy: policy, now: at(2), holdUntil: nil) }
        #expect(record.take(claimant: 3, policy: policy, now: at(2)) == busy(50))
        for _ in 0..<4 { #expect(record.take(claimant: 1, policy: policy, now: at(2)) == .granted) }
        // It goes on until somebody comes for the next turn.
        record.finish(claimant: 1, policy: policy, now: at(51), holdUntil: nil)
        #expect(record.take(claimant: 1, policy: policy, now: at(51)) == .granted)
        #expect(record.take(claimant: 3, policy: policy, now: at(52)) == busy(53))
        record.finish(claimant: 1, policy: policy, now: at(52), holdUntil: nil)
        #expect(record.take(claimant: 1, policy: policy, now: at(52)) != .granted)
        #expect(record.take(claimant: 3, policy: policy, now: at(53)) == .granted)
    }

    @Test mutating func whoeverStopsInItsSliceHoldsUpNobody() {
        let policy = PolitenessPolicy(maximumConcurrent: 4)
        for _ in 0..<4 { #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted) }
        for _ in 0..<4 { record.finish(claimant: 1, policy: policy, now: at(5), holdUntil: nil) }
        #expect(record.take(claimant: 2, policy: policy, now: at(10)) == busy(50))
        #expect(record.take(claimant: 3, policy: policy, now: at(11)) != .granted)
        #expect(record.take(claimant: 2, policy: policy, now: at(11)) == .granted)
    }

    // MARK: Rests

    @Test mutating func aRestHoldsForAllAndIsNotShortened() {
        #expect(record.take(claimant: 1, policy: plain, now: at(0)) == .granted)
        record.finish(claimant: 1, policy: plain, now: at(10), holdUntil: at(5000))
        record.hold(until: at(2000), now: at(20))
        #expect(record.take(claimant: 2, policy: plain, now: at(30)) == .resting(until: at(5000)))
        #expect(record.holdUntil(now: at(4999)) == at(5000))
        #expect(record.take(claimant: 2, policy: plain, now: at(5000)) == .granted)
        #expect(record.holdUntil(now: at(5000)) == nil)
    }

    @Test mutating func aRestIsBelievedForADay() {
        record.hold(until: UnixTime(milliseconds: .max), now: at(0))
        #expect(record.take(claimant: 1, policy: plain, now: at(0)) == .resting(until: at(86_400_000)))
    }

    // MARK: The dead

    @Test mutating func theDeadMakeRoom() {
        for _ in 0..<2 { #expect(record.take(claimant: 1, policy: plain, now: at(0)) == .granted) }
        #expect(record.take(claimant: 2, policy: plain, now: at(0)) == busy(50))
        #expect(record.claimantsToCheck(besides: 2, now: at(0)) == [1])
        #expect(record.claimantsToCheck(besides: 2, now: at(99)).isEmpty)
        #expect(record.claimantsToCheck(besides: 2, now: at(100)) == [1])
        record.remove(claimant: 1, now: at(100))
        #expect(record.take(claimant: 2, policy: plain, now: at(100)) == .granted)
    }

    @Test mutating func theSilenceAfterTheRequestOfADeadOneIsKept() {
        #expect(record.take(claimant: 1, policy: patient, now: at(0)) == .granted)
        #expect(record.take(claimant: 2, policy: plain, now: at(50)) == busy(51))
        record.remove(claimant: 1, now: at(400))
        #expect(record.take(claimant: 2, policy: plain, now: at(400)) == busy(1401))
        #expect(record.take(claimant: 2, policy: plain, now: at(1401)) == .granted)
    }

    @Test mutating func aDeadOneInTheLineHoldsUpNobody() {
        let policy = PolitenessPolicy(maximumConcurrent: 1)
        #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted)
        #expect(record.take(claimant: 2, policy: policy, now: at(60)) == busy(61))
        record.finish(claimant: 1, policy: policy, now: at(61), holdUntil: nil)
        #expect(record.take(claimant: 3, policy: policy, now: at(61)) != .granted)
        record.remove(claimant: 2, now: at(61))
        #expect(record.take(claimant: 3, policy: policy, now: at(61)) == .granted)
    }

    @Test mutating func cellsOfThoseThatLeftAreUsedAgain() {
        for claimant in 1...24 as ClosedRange<UInt32> {
            #expect(record.take(claimant: claimant, policy: PolitenessPolicy(maximumConcurrent: 100), now: at(0)) == .granted)
        }
        let policy = PolitenessPolicy(maximumConcurrent: 100)
        #expect(record.take(claimant: 25, policy: policy, now: at(0)) == busy(16))
        record.finish(claimant: 7, policy: policy, now: at(1), holdUntil: nil)
        #expect(record.take(claimant: 25, policy: policy, now: at(1)) == .granted)
        #expect(record.activeCount == 24)
    }

    // MARK: Clocks

    @Test(arguments: [-3_600_000, 3_600_000] as [Int64])
    mutating func aClockThatJumpsLengthensNoWait(jump: Int64) {
        let policy = PolitenessPolicy(waitMilliseconds: 1000, intervalMicroseconds: 2_000_000)
        #expect(record.take(claimant: 1, policy: policy, now: at(0)) == .granted)
        #expect(record.take(claimant: 2, policy: policy, now: at(1)) != .granted)
        record.finish(claimant: 1, policy: policy, now: at(10), holdUntil: at(3010))
        let start = at(20 + jump)
        #expect(
            record.take(claimant: 3, policy: policy, now: start)
                == (jump < 0 ? .resting(until: start.advanced(byMilliseconds: 3000)) : .granted))
        // Whoever has waited longest is gone; 30 ms after his time the next goes on.
        let late = start.advanced(byMilliseconds: 3000 + 2031)
        if jump < 0 { #expect(record.take(claimant: 3, policy: policy, now: late) == .granted) }
    }

    @Test mutating func whoComesLateWithTheTimeItReadShortensNoSilence() {
        #expect(record.take(claimant: 1, policy: patient, now: at(0)) == .granted)
        record.finish(claimant: 1, policy: patient, now: at(30), holdUntil: nil)
        // It read the clock before the request ended, and was kept from the processor since.
        #expect(record.take(claimant: 2, policy: patient, now: at(5)) == busy(1031))
        #expect(record.take(claimant: 2, policy: patient, now: at(1006)) == busy(1031))
        #expect(record.take(claimant: 2, policy: patient, now: at(1031)) == .granted)
    }

    @Test mutating func numbersThatNobodyWroteDoNoHarm() {
        var random = SplitMix64(seed: 7)
        for round in 0..<2000 {
            withUnsafeMutableBytes(of: &record) { bytes in
                for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            }
            let now = [at(0), UnixTime(milliseconds: .max), UnixTime(milliseconds: .min), UnixTime(milliseconds: 0)][round % 4]
            let policy = PolitenessPolicy(
                maximumConcurrent: round % 3 == 0 ? .max : 4, waitMilliseconds: round % 5 == 0 ? .max : 0,
                intervalMicroseconds: round % 7 == 0 ? .max / 4 : 0)
            // What a dead or unknown process left behind goes; then at most the longest wait that can be written is left.
            for claimant in record.claimantsToCheck(besides: 1, now: now) { record.remove(claimant: claimant, now: now) }
            _ = record.take(claimant: 1, policy: policy, now: now)
            record.finish(claimant: 1, policy: policy, now: now, holdUntil: UnixTime(milliseconds: .max))
            record.withdraw(claimant: 1, start: record.starts)
            _ = (
                record.isIdle(now: now), record.lastUse, record.activeCount, record.notBefore(now: now), record.holdUntil(now: now)
            )
            #expect(record.take(claimant: 1, policy: plain, now: now) != .granted)
        }
    }

    @Test func bytesThatAreAll0AreAHostNobodyHasAsked() {
        var (zero, fresh) = (HostRecord(), HostRecord())
        withUnsafeMutableBytes(of: &zero) { for index in $0.indices { $0[index] = 0 } }
        withUnsafeBytes(of: &zero) { zero in
            withUnsafeBytes(of: &fresh) { fresh in #expect(zero.elementsEqual(fresh)) }
        }
        #expect(zero.isIdle(now: at(0)))
    }

    @Test mutating func aRecordIsIdleWhenNothingIsToBeWaitedFor() {
        #expect(record.take(claimant: 1, policy: patient, now: at(0)) == .granted)
        #expect(!record.isIdle(now: at(5)))
        record.finish(claimant: 1, policy: patient, now: at(5), holdUntil: nil)
        #expect(!record.isIdle(now: at(1005)))
        #expect(record.isIdle(now: at(1006)))
        record.hold(until: at(3000), now: at(1006))
        #expect(!record.isIdle(now: at(2999)))
        #expect(record.isIdle(now: at(3000)))
    }
}
