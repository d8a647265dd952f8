import HTTPSemantics
import Testing

@testable import CrawlPolicy

@Suite struct HostHealthTests {
    private func time(_ seconds: Int64) -> UnixTime { UnixTime(seconds: seconds) }

    /// Put aside at 0 for the first time.
    private func aside() -> HostHealth {
        var health = HostHealth()
        for _ in 0..<HostHealth.failuresInARow { _ = health.noteFailure(at: time(0)) }
        return health
    }

    @Test func someFailuresInARowPutAHostAside() {
        var health = HostHealth()
        #expect(health.noteFailure(at: time(0)) == .well)
        #expect(health.noteFailure(at: time(0)) == .well)
        #expect(health.noteFailure(at: time(0)) == .aside(until: time(60)))
        #expect(health.condition(at: time(59)) == .aside(until: time(60)))
        #expect(health.condition(at: time(60)) == .onTrial)
    }

    @Test func whatWasUnderWayMeanwhileCountsOnce() {
        var health = aside()
        for _ in 0..<100 { #expect(health.noteFailure(at: time(1)) == .aside(until: time(60))) }
        #expect(health.noteUnreachable(at: time(2), notBefore: time(5000)) == .aside(until: time(60)))
        #expect(health.asides == 1)
    }

    @Test func pausesGrowAndTheHostIsGivenUpInTheEnd() {
        var health = aside()
        #expect(health.noteFailure(at: time(60)) == .aside(until: time(60 + 480)))
        #expect(health.noteFailure(at: time(540)) == .aside(until: time(540 + 3600)))
        #expect(health.noteFailure(at: time(4140)) == .givenUp)
        // After an hour one more may try; there are no more rounds.
        #expect(health.condition(at: time(4140 + 3599)) == .givenUp)
        #expect(health.condition(at: time(4140 + 3600)) == .onTrial)
        #expect(health.noteFailure(at: time(4140 + 3600)) == .givenUp)
    }

    @Test func whatEarlierRunsKnewGoesOn() {
        var health = HostHealth(asides: 2)
        #expect(health.condition(at: time(0)) == .onTrial)
        #expect(health.noteFailure(at: time(0)) == .aside(until: time(3600)))
        #expect(HostHealth(asides: 1000).asides == HostHealth.maximumAsides && HostHealth(asides: -1).asides == 0)
    }

    @Test func aRobotsFileThatCannotBeHadCountsForTheHost() {
        var health = HostHealth()
        #expect(health.noteUnreachable(at: time(0), notBefore: time(10)) == .aside(until: time(60)))
        #expect(health.noteUnreachable(at: time(60), notBefore: time(90_000)) == .aside(until: time(90_000)))
    }
}
