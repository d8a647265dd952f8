import HTTPCaching
import HTTPSemantics
import HTTPTransport
import Synchronization
import TestOrigin
import Testing

@testable import CachingClient

@Suite struct ConcurrencyTests {
    @Test func equalRequestsAtOneTimeAskTheOriginOnce() async throws {
        try await withBench { bench in
            var slow = ScriptedResponse.text("content", fields: ["Cache-Control": "max-age=60"])
            slow.delay = .milliseconds(30)
            bench.origin.script("/", slow)
            let outcomes = try await withThrowingTaskGroup(of: CacheOutcome.self) { group in
                for _ in 0..<20 { group.addTask { try await bench.fetch("/").cache } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .miss } == 1 && outcomes.count { $0 == .hit } == 19)
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func afterAFailureTheNextOneTries() async throws {
        try await withBench { bench in
            bench.origin.script("/", .silence(.stall), .text("content", fields: ["Cache-Control": "max-age=60"]))
            let first = Task { try await bench.fetch("/") }
            try await eventually { bench.origin.requestCount == 1 }
            let second = Task { try await bench.fetch("/") }
            let key = CacheKey(try bench.request("/").url)
            try await eventually { bench.client.coalescer.waiting(for: key) == 1 }
            first.cancel()
            #expect(await fetchError { _ = try await first.value }?.failureClass == .interrupted)
            #expect(try await second.value.text == "content")
            #expect(bench.origin.requestCount == 2)
        }
    }

    @Test func whoWaitsCanBeCancelledAlone() async throws {
        try await withBench { bench in
            bench.origin.script("/", .silence(.stall))
            let leader = Task { try await bench.fetch("/") }
            try await eventually { bench.origin.requestCount == 1 }
            let waiter = Task { try await bench.fetch("/") }
            let key = CacheKey(try bench.request("/").url)
            try await eventually { bench.client.coalescer.waiting(for: key) == 1 }
            waiter.cancel()
            #expect(await fetchError { _ = try await waiter.value }?.code == .stopped)
            #expect(bench.client.coalescer.waiting(for: key) == 0 && bench.origin.requestCount == 1)
            leader.cancel()
            _ = await leader.result
        }
    }

    @Test func cancelledInTheMiddleOfALongBodyNothingStaysBehind() async throws {
        try await withBench(ClientConfiguration(memoryBytesPerBody: 1024)) { bench in
            bench.origin.script(
                "/", ScriptedResponse(fields: ["Cache-Control": "max-age=60"], body: .endless(randomBytes(8192))),
                .text("whole", fields: ["Cache-Control": "max-age=60"]))
            let seen = Collector()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await bench.client.fetch(bench.request("/"), deliver: seen.consume)
                }
                try await eventually { seen.bytes.count > 2_000_000 }
                group.cancelAll()
                #expect(await fetchError { try await group.next() }?.failureClass == .interrupted)
            }
            try await expectNothingStaged(bench)
            #expect(try await bench.fetch("/").text == "whole")
        }
    }

    @Test func theCoalescerUnderLoadLosesNobody() async throws {
        let coalescer = RequestCoalescer()
        let keys = try (0..<3).map { CacheKey(try #require(WebURL("http://a.example/\($0)"))) }
        let leading = Leading()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<2000 {
                let key = index % 3
                let isCancelled = index % 7 == 0
                group.addTask {
                    let task = Task {
                        guard (try? await coalescer.lead(keys[key])) != nil else { return }
                        #expect(leading.add(1, key) == 1)
                        await Task.yield()
                        leading.add(-1, key)
                        coalescer.release(keys[key])
                    }
                    if isCancelled { task.cancel() }
                    await task.value
                }
            }
        }
        for index in 0..<3 {
            #expect(leading.add(0, index) == 0)
            #expect(try await coalescer.lead(keys[index]) == false)
        }
    }
}

/// How many lead each key.
private final class Leading: Sendable {
    private let counts = Mutex([0, 0, 0])

    @discardableResult
    func add(_ change: Int, _ key: Int) -> Int {
        counts.withLock { counts in
            counts[key] += change
            return counts[key]
        }
    }
}

@Suite struct BandwidthTests {
    private let start = UnixTime(seconds: 1_795_000_000)

    @Test func theFirstBytesGoAtOnceAndTheNextPayForThem() {
        var budget = BandwidthBudget(bytesPerSecond: 1000)
        #expect(budget.charge(500, now: start) == 0)
        #expect(budget.charge(500, now: start) == 500)
        #expect(budget.charge(0, now: start) == 1000)
        #expect(budget.charge(100, now: start.advanced(byMilliseconds: 400)) == 600)
        #expect(budget.charge(0, now: start.advanced(byMilliseconds: 400)) == 700)
    }

    @Test func idleTimeIsNotSavedUp() {
        var budget = BandwidthBudget(bytesPerSecond: 1000)
        _ = budget.charge(1000, now: start)
        #expect(budget.charge(1000, now: start.advanced(bySeconds: 3600)) == 0)
        #expect(budget.charge(1000, now: start.advanced(bySeconds: 3600)) == 1000)
    }

    @Test func aClockThatIsSetBackDoesNotStopTheRun() {
        var budget = BandwidthBudget(bytesPerSecond: 1000)
        _ = budget.charge(1000, now: start)
        #expect(budget.charge(1000, now: start.advanced(bySeconds: -86_400)) == 1000)
        #expect(budget.charge(0, now: start.advanced(bySeconds: -86_399)) == 1000)
    }

    @Test func oneByteASecondAndHugeChunks() {
        var budget = BandwidthBudget(bytesPerSecond: 0)
        _ = budget.charge(1 << 40, now: start)
        #expect(budget.charge(1, now: start) == Double(1 << 40) * 1000)
    }

    @Test func waitingEndsWithTheTask() async throws {
        let limiter = BandwidthLimiter(bytesPerSecond: 1) { UnixTime(seconds: 1_795_000_000) }
        try await limiter.admit(1_000_000)
        let task = Task { try await limiter.admit(1) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aFetchThatWaitsForItsShareIsStopped() async throws {
        try await withBench(ClientConfiguration(bytesPerSecond: 1)) { bench in
            bench.origin.script("/", .text(String(repeating: "x", count: 1000)))
            let collector = Collector()
            let task = Task { _ = try await bench.client.fetch(bench.request("/"), deliver: collector.consume) }
            try await eventually { collector.bytes.count == 1000 }
            // The bytes are admitted; whoever comes next pays.
            try? await task.value
            let next = Task { _ = try await bench.client.fetch(bench.request("/")) }
            try await eventually { bench.origin.requestCount == 2 }
            next.cancel()
            #expect(await fetchError { try await next.value }?.failureClass == .interrupted)
        }
    }
}
