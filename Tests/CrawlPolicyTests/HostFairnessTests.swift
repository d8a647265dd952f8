import HTTPSemantics
import Testing

@testable import CrawlPolicy

/// Many claimants at one host: room is used, kept to and shared.
@Suite struct HostFairnessTests {
    @Test(arguments: [2, 8, 20], [1, 4, 16])
    func claimantsShareTheRoom(claimants: Int, limit: Int) {
        let policy = PolitenessPolicy(maximumConcurrent: limit)
        var simulation = HostSimulation(Array(repeating: policy, count: claimants), service: 5)
        simulation.run(milliseconds: 6_000)
        #expect(simulation.mostActive == limit)
        #expect(simulation.starts.count >= limit * 6_000 / 5 * 9 / 10)
        // A slice and the requests of its end for each of the others, and a little for asking.
        #expect(simulation.longestWaitOfAll <= Int64(claimants) * (HostRecord.sliceMilliseconds + 5 + 5))
        let counts = (0..<claimants).map { simulation.count(of: $0) }
        #expect(counts.allSatisfy { $0 > simulation.starts.count / claimants / 2 })
    }

    @Test(arguments: [2, 8, 20], [3, 100, 1000] as [Int64])
    func thoseWithAWaitComeInOrder(claimants: Int, wait: Int64) throws {
        let policy = PolitenessPolicy(waitMilliseconds: wait)
        var simulation = HostSimulation(Array(repeating: policy, count: claimants), service: 7)
        simulation.run(milliseconds: 60 * (wait + 8))
        for (index, start) in simulation.starts.enumerated().dropFirst() {
            // A millisecond more than the wait: both times are cut to whole ones.
            try #require(simulation.ends[index - 1] >= 0 && start.time > simulation.ends[index - 1] + wait)
        }
        #expect(simulation.starts.count >= (wait < 50 ? 40 : 55))
        // Slices let one take several short waits in a row.
        #expect(simulation.longestWaitOfAll <= Int64(claimants) * max(wait + 8 + 16, HostRecord.sliceMilliseconds + 20))
    }

    @Test func aWaitIsKeptBeforeAndAfterByThoseWithoutOne() throws {
        let policies =
            [PolitenessPolicy(waitMilliseconds: 200)] + Array(repeating: PolitenessPolicy(maximumConcurrent: 4), count: 3)
        var simulation = HostSimulation(policies, service: 5)
        simulation.run(milliseconds: 20_000)
        let polite = simulation.starts.indices.filter { simulation.starts[$0].claimant == 0 }
        #expect(polite.count > 20)
        for index in polite {
            let start = simulation.starts[index].time
            let end = simulation.ends[index] < 0 ? start : simulation.ends[index]
            for other in simulation.starts.indices where other != index {
                if other < index {
                    try #require(simulation.ends[other] >= 0 && simulation.ends[other] + 200 < start)
                } else {
                    try #require(simulation.starts[other].time > end + 200)
                }
            }
        }
        #expect((1...3).allSatisfy { simulation.count(of: $0) > 200 })
        #expect(simulation.longestWaitOfAll <= 1000)
    }

    @Test func aRateHoldsAgainstTheStartsOfAll() throws {
        let policy = PolitenessPolicy(maximumConcurrent: 4, intervalMicroseconds: 50_000)
        var simulation = HostSimulation(Array(repeating: policy, count: 8), service: 5)
        simulation.run(milliseconds: 10_000)
        for (before, after) in zip(simulation.starts, simulation.starts.dropFirst()) {
            try #require(after.time >= before.time + 50)
        }
        #expect(simulation.starts.count >= 195)
        #expect((0..<8).allSatisfy { simulation.count(of: $0) > 15 })
    }

    @Test func aShortIntervalHoldsOnTheAverage() {
        let policy = PolitenessPolicy(maximumConcurrent: 100, intervalMicroseconds: 300)
        var simulation = HostSimulation([policy, policy], service: 1)
        simulation.run(milliseconds: 3000)
        #expect((9900...10_040).contains(simulation.starts.count))
    }

    @Test func oneWithoutABoundStillMakesRoom() {
        let policies = [PolitenessPolicy(maximumConcurrent: .max), PolitenessPolicy(maximumConcurrent: 1)]
        var simulation = HostSimulation(policies, service: 5)
        // The first would start without end in one millisecond: it has 50 requests to make.
        simulation.silent = [0]
        for _ in 0..<50 {
            #expect(simulation.record.take(claimant: 1, policy: policies[0], now: simulation.now) == .granted)
        }
        simulation.run(milliseconds: 10)
        #expect(simulation.starts.isEmpty)
        for _ in 0..<50 { simulation.record.finish(claimant: 1, policy: policies[0], now: simulation.now, holdUntil: nil) }
        simulation.run(milliseconds: 20)
        #expect(!simulation.starts.isEmpty)
    }

    @Test func moreClaimantsThanCellsAllGetTurns() {
        let policy = PolitenessPolicy(maximumConcurrent: 4)
        var simulation = HostSimulation(Array(repeating: policy, count: 30), service: 5)
        simulation.run(milliseconds: 10_000)
        #expect(simulation.mostActive == 4)
        #expect((0..<30).allSatisfy { simulation.count(of: $0) > 0 })
    }

    @Test func oneThatAsksNoMoreHoldsUpNobody() {
        let policy = PolitenessPolicy(maximumConcurrent: 1)
        var simulation = HostSimulation(Array(repeating: policy, count: 4), service: 5)
        simulation.run(milliseconds: 130)
        simulation.silent = [1, 2, 3]
        simulation.run(milliseconds: 16 + 30 + 5)
        let before = simulation.count(of: 0)
        simulation.run(milliseconds: 1000)
        #expect(simulation.count(of: 0) - before == 200)
    }
}
