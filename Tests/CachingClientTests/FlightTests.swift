import HTTPCaching
import HTTPSemantics
import Testing

@testable import CachingClient

/// Several readers of one fetch that the test feeds by hand.
@Suite struct FlightTests {
    /// What the fetch of a flight delivers, step by step.
    private final class Feed: Sendable {
        let events: AsyncStream<BodyEvent>
        let continuation: AsyncStream<BodyEvent>.Continuation

        init() {
            (events, continuation) = AsyncStream.makeStream()
        }

        func send(_ event: BodyEvent) {
            continuation.yield(event)
        }

        /// Delivers what is sent until `end`.
        func run(_ deliver: BodyConsumer) async throws(FetchError) -> FetchOutcome {
            for await event in events {
                do { try await deliver(event) } catch { throw .stopped }
                if case .end = event { return FetchOutcome(url: Self.url, outcome: .miss, reason: "not_stored") }
            }
            throw Task.isCancelled ? .stopped : Self.broken
        }

        static let url = WebURL("http://example.com/") ?? { preconditionFailure("the URL is one") }()
        static let broken = FetchError(code: .init(rawValue: "truncated_body"), message: "cut", failureClass: .network)
    }

    private func preamble(length: Int? = nil, isStored: Bool = true) -> BodyEvent {
        let fields: FieldSection = length.map { ["Content-Length": "\($0)"] } ?? [:]
        let head = ResponseHead(status: 200, fields: fields)
        let freshness = Freshness(
            responseTime: UnixTime(seconds: 0), initialAge: 0, lifetime: 60, source: .maxAge, demands: [])
        return .head(
            AnswerPreamble(
                head: head, outcome: .miss, reason: "not_stored",
                stored: isStored ? StoredResponse(head: head, freshness: freshness) : nil,
                status: CacheStatus(forwarded: .notStored)))
    }

    private func started(isShared: Bool = true) throws -> (Flight, Feed, Int) {
        let flight = Flight(isShared: isShared)
        let feed = Feed()
        let reader = try #require(flight.join())
        flight.start(on: nil) { deliver async throws(FetchError) in try await feed.run(deliver) }
        return (flight, feed, reader)
    }

    private func readAll(_ flight: Flight, _ reader: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case .chunks(let chunks) = try await flight.next(for: reader) { bytes += chunks.flatMap { $0 } }
        return bytes
    }

    @Test func allReadersGetAllOfIt() async throws {
        let (flight, feed, first) = try started()
        let second = try #require(flight.join())
        feed.send(preamble())
        feed.send(.bytes([1, 2]))
        #expect(try await flight.preamble(for: first).head.status == 200)
        async let early = readAll(flight, second)
        feed.send(.bytes([3]))
        feed.send(.end([:]))
        #expect(try await readAll(flight, first) == [1, 2, 3])
        #expect(try await early == [1, 2, 3])
    }

    @Test func theFastestReaderSetsThePaceAndTheSlowOneFallsBehind() async throws {
        let (flight, feed, fast) = try started()
        let slow = try #require(flight.join())
        feed.send(preamble())
        let chunk = [UInt8](repeating: 1, count: 64 * 1024)
        let count = 40
        for _ in 0..<count { feed.send(.bytes(chunk)) }
        feed.send(.end([:]))
        #expect(try await readAll(flight, fast).count == count * chunk.count)
        guard case .behind(let offset) = try await flight.next(for: slow) else {
            Issue.record("the window has no end")
            return
        }
        #expect(offset == 0)
        #expect(try await flight.outcome(for: slow).outcome == .miss)
    }

    @Test func whoReadsFromTheStoreIsNotHeldUpByWhoDoesNotRead() async throws {
        let (flight, feed, first) = try started()
        feed.send(preamble())
        let chunk = [UInt8](repeating: 1, count: 64 * 1024)
        for _ in 0..<40 { feed.send(.bytes(chunk)) }
        feed.send(.end([:]))
        var received = 0
        while received < 10 * chunk.count, case .chunks(let chunks) = try await flight.next(for: first) {
            received += chunks.reduce(0) { $0 + $1.count }
        }
        // From now on the first reader does not read, and the fetch waits for it, until somebody needs what it brings.
        let late = try #require(flight.join())
        guard case .behind(0) = try await flight.next(for: late) else {
            Issue.record("the window has no end")
            return
        }
        #expect(try await flight.outcome(for: late).outcome == .miss)
    }

    @Test func theLastReaderTakesTheFetchWithIt() async throws {
        let (flight, feed, first) = try started()
        let second = try #require(flight.join())
        feed.send(preamble())
        flight.leave(first)
        feed.send(.bytes([1]))
        guard case .chunks([[1]]) = try await flight.next(for: second) else {
            Issue.record("the fetch ended with another's reader")
            return
        }
        flight.leave(second)
        #expect(flight.join() == nil)
        await #expect(throws: FetchError.self) { _ = try await flight.next(for: second) }
    }

    @Test func whatIsNearlyThereIsFetchedToTheEnd() async throws {
        let (flight, feed, first) = try started()
        feed.send(preamble(length: 3))
        feed.send(.bytes([1]))
        guard case .chunks = try await flight.next(for: first) else { return }
        flight.leave(first)
        let late = try #require(flight.join())
        feed.send(.bytes([2, 3]))
        feed.send(.end([:]))
        #expect(try await readAll(flight, late) == [1, 2, 3])
    }

    @Test func aBreakIsToldToAll() async throws {
        let (flight, feed, first) = try started()
        let second = try #require(flight.join())
        feed.send(preamble(length: 10))
        feed.send(.bytes([1]))
        feed.continuation.finish()
        for reader in [first, second] {
            await #expect(throws: Feed.broken) { _ = try await readAll(flight, reader) }
        }
    }

    @Test func aCancelledReaderLeavesTheOthersAlone() async throws {
        let (flight, feed, first) = try started()
        let second = try #require(flight.join())
        let waiting = Task { try await flight.preamble(for: second) }
        waiting.cancel()
        await #expect(throws: FetchError.stopped) { _ = try await waiting.value }
        feed.send(preamble())
        feed.send(.end([:]))
        #expect(try await readAll(flight, first) == [])
    }
}
