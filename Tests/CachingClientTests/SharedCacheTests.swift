import CacheStore
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import TestOrigin
import Testing

@testable import CachingClient

/// Several users of one cache. Each store has locks of its own, so two of them in one process stand for two processes.
@Suite struct SharedCacheTests {
    private let storable: FieldSection = ["Cache-Control": "max-age=60"]

    /// Runs a test with a second user of the bench's cache.
    private func withOther(
        _ configuration: ClientConfiguration = ClientConfiguration(),
        _ body: (_ bench: Bench, _ other: CachingClient) async throws -> Void
    ) async throws {
        try await withBench(configuration) { bench in
            var options = CacheStore.Options()
            options.now = { bench.clock.now }
            let store = try CacheStore.open(directory: bench.store.directory, options: options)
            let other = CachingClient(store: store, transport: bench.transport, configuration: configuration) { bench.clock.now }
            let result: Result<Void, any Error>
            do { result = .success(try await body(bench, other)) } catch { result = .failure(error) }
            await store.close()
            try result.get()
        }
    }

    private func key(_ bench: Bench, _ target: String) throws -> CacheKey {
        CacheKey(try bench.request(target).url)
    }

    private func take(_ store: CacheStore, _ key: CacheKey) throws -> Lease {
        guard case .taken(let lease) = store.tryLease(key) else { throw FetchError.noAnswer }
        return lease
    }

    @Test func allTogetherAskTheOriginOnce() async throws {
        try await withOther { bench, other in
            var slow = ScriptedResponse.text("content", fields: storable)
            slow.delay = .milliseconds(30)
            bench.origin.script("/", slow)
            let outcomes = try await withThrowingTaskGroup(of: Fetched.self) { group in
                for number in 0..<20 { group.addTask { try await bench.fetch("/", by: number % 2 == 0 ? bench.client : other) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0.cache == .miss } == 1 && outcomes.count { $0.cache == .hit } == 19)
            #expect(outcomes.allSatisfy { $0.text == "content" })
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func whoWaitedReadsWhatTheOtherStored() async throws {
        try await withOther { bench, other in
            bench.origin.script("/", .text("content", fields: storable))
            let lease = try take(other.store, key(bench, "/"))
            let waiting = Task { try await bench.fetch("/") }
            // The other one's fetch, under its lease.
            let permit = FetchPermit(lease: lease, turn: nil)
            guard case .pending(let pending)? = try await other.prepare([bench.request("/")]).first else {
                throw FetchError.noAnswer
            }
            #expect(try await other.perform(pending, FetchParameters(permit: permit)).outcome == .miss)
            #expect(try await waiting.value.cache == .hit)
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func whenTheOtherFailsTheNextOneTries() async throws {
        try await withOther { bench, other in
            bench.origin.script("/", .silence(.stall), .text("content", fields: storable))
            let first = Task { try await bench.fetch("/", by: other) }
            try await eventually { bench.origin.requestCount == 1 }
            let second = Task { try await bench.fetch("/") }
            first.cancel()
            #expect(await fetchError { _ = try await first.value }?.failureClass == .interrupted)
            #expect(try await second.value.text == "content")
            #expect(bench.origin.requestCount == 2)
        }
    }

    @Test func waitingHasALimit() async throws {
        try await withOther(ClientConfiguration(lockTimeout: .milliseconds(20))) { bench, other in
            let lease = try take(other.store, key(bench, "/"))
            let error = await fetchError { _ = try await bench.fetch("/") }
            #expect(error?.code == .lockTimeout && error?.failureClass == .lockTimeout)
            #expect(error?.message.contains("--lock-timeout") == true)
            #expect(bench.origin.requestCount == 0)
            lease.release(hasChanged: false)
        }
    }

    @Test func whoWaitsCanBeCancelledAlone() async throws {
        try await withOther { bench, other in
            let lease = try take(other.store, key(bench, "/"))
            let waiting = Task { try await bench.fetch("/") }
            waiting.cancel()
            #expect(await fetchError { _ = try await waiting.value }?.code == .stopped)
            lease.release(hasChanged: false)
            bench.origin.script("/", .text("content", fields: storable))
            #expect(try await bench.fetch("/").cache == .miss)
        }
    }

    @Test func aClientOfTheProxyWaitsNoLongerThanTheLimit() async throws {
        try await withOther(ClientConfiguration(kind: .shared, lockTimeout: .milliseconds(20))) { bench, other in
            bench.origin.script("/", .text("content", fields: storable))
            let lease = try take(other.store, key(bench, "/"))
            let answer = try await bench.client.answer(to: bench.request("/"))
            #expect(answer.head.status == 200 && answer.reason == "lock_timeout")
            lease.release(hasChanged: false)
            #expect(try await bench.stored("/").isEmpty)
        }
    }

    @Test func whatNobodyMayStoreKeepsNobodyWaiting() async throws {
        try await withOther { bench, other in
            bench.origin.script(
                "/", ScriptedResponse(fields: ["Cache-Control": "no-store"], body: .endless(randomBytes(8192))),
                .text("second", fields: ["Cache-Control": "no-store"]))
            let seen = Collector()
            let first = Task { try await other.fetch(bench.request("/"), deliver: seen.consume) }
            try await eventually { seen.bytes.count > 100_000 }
            #expect(try await bench.fetch("/").text == "second")
            first.cancel()
            _ = await first.result
        }
    }

    @Test func whoReadsWhatWasConfirmedKeepsNobodyWaiting() async throws {
        try await withOther { bench, other in
            let fields: FieldSection = ["Cache-Control": "max-age=60", "ETag": "\"1\""]
            bench.origin.script("/", .text("content", fields: fields), ScriptedResponse(status: 304, fields: fields))
            #expect(try await bench.fetch("/").cache == .miss)
            bench.clock.advance(seconds: 61)
            let (seen, gate) = (Collector(), Gate())
            let slow = Task {
                try await other.fetch(bench.request("/")) { event in
                    seen.consume(event)
                    await gate.wait(within: .seconds(30))
                }
            }
            try await eventually { bench.origin.requestCount == 2 }
            let start = ContinuousClock.now
            #expect(try await bench.fetch("/").cache == .hit)
            #expect(ContinuousClock.now - start < .seconds(20))
            gate.open()
            #expect(try await slow.value.outcome == .revalidated)
        }
    }

    @Test func whatAnotherStoredSinceIsSeenWithoutWaiting() async throws {
        try await withOther { bench, other in
            bench.origin.script("/", .text("content", fields: storable))
            // Before the first lease there is nothing that could tell of changes.
            try take(bench.store, key(bench, "/other")).release(hasChanged: false)
            guard case .pending(let early)? = try await bench.client.prepare([bench.request("/")]).first else {
                throw FetchError.noAnswer
            }
            #expect(try await bench.fetch("/", by: other).cache == .miss)
            guard case .outdated = bench.client.admit(early) else {
                Issue.record("it may ask the origin again")
                return
            }
            #expect(try await bench.client.perform(early).outcome == .hit)
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func aServersWishHoldsForAll() async throws {
        let politeness = PolitenessPolicy(maximumHoldMilliseconds: 1_000)
        try await withOther(ClientConfiguration(politeness: politeness)) { bench, other in
            bench.origin.script("/busy", .text("later", status: 503, fields: ["Retry-After": "120"]))
            bench.origin.script("/", .text("content", fields: storable))
            #expect(try await bench.fetch("/busy", by: other).outcome.head?.status == 503)
            let error = await fetchError { _ = try await bench.fetch("/") }
            #expect(error?.code == .hostPutAside && error?.failureClass == .refused)
            #expect(error?.message.contains("120 s") == true)
            guard case .pending(let pending)? = try await bench.client.prepare([bench.request("/")]).first,
                case .resting(let until) = bench.client.admit(pending)
            else {
                Issue.record("the host does not rest")
                return
            }
            #expect(until == bench.clock.now.advanced(bySeconds: 120))
            bench.clock.advance(seconds: 121)
            #expect(try await bench.fetch("/").cache == .miss)
        }
    }

    @Test func turnsAreCountedOverAll() async throws {
        try await withOther(ClientConfiguration(politeness: PolitenessPolicy(maximumConcurrent: 1))) { bench, other in
            bench.origin.script("/long", ScriptedResponse(fields: storable, body: .endless(randomBytes(8192))))
            bench.origin.script("/", .text("content", fields: storable))
            let seen = Collector()
            let first = Task { try await other.fetch(bench.request("/long"), deliver: seen.consume) }
            try await eventually { seen.bytes.count > 100_000 }
            guard case .pending(let pending)? = try await bench.client.prepare([bench.request("/")]).first,
                case .busy = bench.client.admit(pending)
            else {
                Issue.record("the host has a second turn")
                return
            }
            first.cancel()
            _ = await first.result
            #expect(try await bench.fetch("/").cache == .miss)
        }
    }
}
