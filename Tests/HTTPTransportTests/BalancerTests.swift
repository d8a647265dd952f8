import HTTPTransport
import NIOCore
import Testing

/// The choice of servers, and their health, with a clock moved by hand.
@Suite struct BalancerTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func balancer(_ weights: [Int], _ method: Balancer.Method) -> Balancer {
        Balancer(servers: weights.enumerated().map { ("s\($0.offset)", $0.element) }, method: method)
    }

    /// Ends a request at once.
    private func run(_ balancer: inout Balancer, _ index: Int, _ outcome: Balancer.Outcome, now: NIODeadline? = nil) {
        let turn = balancer.began(index)
        balancer.ended(turn, outcome, now: now ?? start)
    }

    private func takeOut(_ balancer: inout Balancer, _ index: Int) {
        for _ in 0..<3 { run(&balancer, index, .unreachable) }
    }

    // MARK: Choosing

    @Test func turnsAreSmoothByWeight() {
        var balancer = balancer([5, 1, 1], .roundRobin)
        #expect((0..<14).map { _ in balancer.pick(key: "", now: start) } == [0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0])
    }

    @Test(arguments: [[1, 1, 1], [3, 2], [1, 7, 4, 4]])
    func turnsAreWithinOneOfTheWeightsAtEveryMoment(weights: [Int]) {
        var balancer = balancer(weights, .roundRobin)
        var counts = weights.map { _ in 0 }
        let total = weights.reduce(0, +)
        for requests in 1...(total * 20) {
            guard let index = balancer.pick(key: "", now: start) else { continue }
            counts[index] += 1
            for (count, weight) in zip(counts, weights) {
                #expect(abs(Double(count) - Double(requests * weight) / Double(total)) <= 1)
            }
        }
    }

    @Test func theFewestRequestsForTheWeightWin() {
        var balancer = balancer([1, 2], .leastRequests)
        var counts = [0, 0]
        var turns: [Balancer.Turn] = []
        for _ in 0..<30 {
            guard let index = balancer.pick(key: "", now: start) else { continue }
            counts[index] += 1
            turns.append(balancer.began(index))
        }
        #expect(counts == [10, 20])
        // The first server is done with everything: it is next until it has its share again.
        for turn in turns where turn.index == 0 { balancer.ended(turn, .success, now: start) }
        for _ in 0..<9 {
            #expect(balancer.pick(key: "", now: start) == 0)
            _ = balancer.began(0)
        }
        #expect(balancer.status.map(\.activeRequests) == [9, 20])
    }

    @Test func withoutLoadTheFewestRequestsGoInTurn() {
        var balancer = balancer([1, 1, 1], .leastRequests)
        var counts = [0, 0, 0]
        for _ in 0..<30 {
            guard let index = balancer.pick(key: "", now: start) else { continue }
            counts[index] += 1
            run(&balancer, index, .success)
        }
        #expect(counts == [10, 10, 10])
    }

    @Test func keysStayWithTheirServer() {
        var first = balancer([1, 2, 3, 4], .hash)
        var second = balancer([1, 2, 3, 4], .hash)
        var counts = [0, 0, 0, 0]
        let keys = (0..<10_000).map { "/page/\($0)" }
        for key in keys {
            guard let index = first.pick(key: key, now: start) else { continue }
            #expect(second.pick(key: key, now: start) == index)
            counts[index] += 1
        }
        for (index, count) in counts.enumerated() { #expect(abs(count - 1000 * (index + 1)) < 200) }
        // A server that is out gives up its own keys; the others keep theirs, and all come back with it.
        takeOut(&second, 2)
        var spread: Set<Int> = []
        for key in keys {
            let before = first.pick(key: key, now: start)
            let after = second.pick(key: key, now: start)
            if before == 2 { if let after { spread.insert(after) } } else { #expect(after == before) }
            #expect(second.pick(key: key, now: start + .seconds(1)) == before)
        }
        #expect(spread == [0, 1, 3])
    }

    @Test(arguments: Balancer.Method.allCases)
    func whatHasBeenTriedIsLeftOut(method: Balancer.Method) {
        var balancer = balancer([1, 1, 1], method)
        #expect(balancer.pick(key: "a", now: start, excluding: [0, 2]) == 1)
        #expect(balancer.pick(key: "a", now: start, excluding: [0, 1, 2]) == nil)
        var none = self.balancer([], method)
        #expect(none.pick(key: "a", now: start) == nil)
    }

    // MARK: Health

    @Test func failuresInARowTakeAServerOut() {
        var balancer = balancer([1, 1], .roundRobin)
        run(&balancer, 0, .failure)
        run(&balancer, 0, .failure)
        run(&balancer, 0, .success)
        run(&balancer, 0, .failure)
        run(&balancer, 0, .failure)
        run(&balancer, 0, .unknown)
        #expect(balancer.status[0].state == .inService)
        run(&balancer, 0, .failure)
        #expect(balancer.status[0].state == .out(until: start + .seconds(1)))
        #expect(balancer.status[0].failuresInARow == 3)
        #expect((0..<4).map { _ in balancer.pick(key: "", now: start + .milliseconds(999)) } == [1, 1, 1, 1])
    }

    @Test func oneProbeAtATimeIsLetThrough() {
        var balancer = balancer([1, 1], .roundRobin)
        takeOut(&balancer, 0)
        #expect(balancer.pick(key: "", now: start) == 1)
        let due = start + .seconds(1)
        #expect(Set((0..<2).map { _ in balancer.pick(key: "", now: due) }) == [0, 1])
        let probe = balancer.began(0)
        #expect(probe.isProbe)
        #expect(balancer.status[0].state == .probing)
        #expect((0..<3).map { _ in balancer.pick(key: "", now: due) } == [1, 1, 1])
        balancer.ended(probe, .success, now: due)
        #expect(balancer.status[0].state == .inService)
        #expect(balancer.status[0].activeRequests == 0)
        #expect(balancer.status[0].failuresInARow == 0)
        // It takes three failures again, and begins with a second again.
        takeOut(&balancer, 0)
        #expect(balancer.status[0].state == .out(until: start + .seconds(1)))
    }

    @Test func eachFailedProbeDoublesThePause() {
        var balancer = balancer([1, 1], .roundRobin)
        takeOut(&balancer, 0)
        var now = start + .seconds(1)
        for pause in [2, 4, 8, 16, 32, 60, 60] as [Int64] {
            run(&balancer, 0, .failure, now: now)
            #expect(balancer.status[0].state == .out(until: now + .seconds(pause)))
            let before = now + .milliseconds(pause * 1000 - 1)
            #expect((0..<4).map { _ in balancer.pick(key: "", now: before) } == [1, 1, 1, 1])
            now = now + .seconds(pause)
        }
    }

    @Test func whereNoneIsInServiceEachIsTriedAfterASecond() {
        var balancer = balancer([1], .roundRobin)
        takeOut(&balancer, 0)
        #expect(balancer.pick(key: "", now: start + .milliseconds(999)) == nil)
        #expect(balancer.nextProbe == start + .seconds(1))
        var now = start + .seconds(1)
        for _ in 0..<6 {
            #expect(balancer.pick(key: "", now: now) == 0)
            let first = balancer.began(0)
            // One under way keeps nobody waiting, and says no more than the first to end.
            #expect(balancer.pick(key: "", now: now) == 0)
            let second = balancer.began(0)
            balancer.ended(first, .unreachable, now: now)
            balancer.ended(second, .unreachable, now: now)
            #expect(balancer.pick(key: "", now: now + .milliseconds(999)) == nil)
            now = now + .seconds(1)
        }
        let first = balancer.began(0)
        let second = balancer.began(0)
        balancer.ended(second, .success, now: now)
        #expect(balancer.status[0].state == .inService)
        balancer.ended(first, .unreachable, now: now)
        #expect(balancer.status[0].state == .inService)
        #expect(balancer.status[0].activeRequests == 0)
    }

    @Test func failuresOfAReachableServerCountOnlyWhereAnotherIsInService() {
        var balancer = balancer([1, 1], .roundRobin)
        for _ in 0..<3 { run(&balancer, 0, .failure) }
        #expect(balancer.status[0].state == .out(until: start + .seconds(1)))
        for _ in 0..<9 { run(&balancer, 1, .failure) }
        #expect(balancer.status[1].state == .inService)
        takeOut(&balancer, 1)
        #expect(balancer.pick(key: "", now: start) == nil)
        // A probe that is answered, though badly, brings a server back where there is no other.
        run(&balancer, 0, .failure, now: start + .seconds(1))
        #expect(balancer.status[0].state == .inService)
    }

    @Test func aProbeThatTellsNothingIsRepeated() {
        var balancer = balancer([1], .roundRobin)
        takeOut(&balancer, 0)
        let due = start + .seconds(1)
        run(&balancer, 0, .unknown, now: due)
        #expect(balancer.pick(key: "", now: due) == 0)
    }

    @Test func aProbeThatIsAnsweredBringsTheServerBackBeforeItsEnd() {
        var balancer = balancer([1], .roundRobin)
        takeOut(&balancer, 0)
        let due = start + .seconds(1)
        let probe = balancer.began(0)
        balancer.answered(probe, now: due)
        #expect(balancer.status[0].state == .inService)
        takeOut(&balancer, 0)
        let second = balancer.began(0)
        // The end of the first says nothing about the second.
        balancer.ended(probe, .failure, now: due)
        #expect(balancer.status[0].state == .probing)
        balancer.ended(second, .success, now: due)
        #expect(balancer.status[0].activeRequests == 0)
    }

    @Test func whatBeganBeforeTellsNothingNew() {
        var balancer = balancer([1], .roundRobin)
        let early = (0..<2).map { _ in balancer.began(0) }
        takeOut(&balancer, 0)
        balancer.ended(early[0], .failure, now: start + .milliseconds(500))
        balancer.ended(early[1], .success, now: start + .milliseconds(500))
        #expect(balancer.status[0].state == .out(until: start + .seconds(1)))
    }
}
