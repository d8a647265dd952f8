import HTTPSemantics
import HTTPTransport
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
