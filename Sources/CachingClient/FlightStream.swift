import CacheStore
import HTTPCaching
import HTTPSemantics
import Synchronization

/// One client's view of a flight: from memory while it keeps up, from the store where it cannot.
final class FlightStream: AnswerStream {
    private let flight: Flight
    private let reader: Int
    /// Reads the stored content from an offset on, once it is there.
    private let fromStore: @Sendable (FetchOutcome, _ offset: Int64) async throws(FetchError) -> any AnswerStream
    private struct State {
        var stored: (any AnswerStream)?
        var trailers: FieldSection = [:]
    }
    private let state = Mutex(State())

    init(
        flight: Flight, reader: Int,
        fromStore: @escaping @Sendable (FetchOutcome, _ offset: Int64) async throws(FetchError) -> any AnswerStream
    ) {
        self.flight = flight
        self.reader = reader
        self.fromStore = fromStore
    }

    deinit {
        flight.leave(reader)
    }

    func next() async throws(FetchError) -> [[UInt8]]? {
        if let stored = state.withLock(\.stored) { return try await stored.next() }
        switch try await flight.next(for: reader) {
        case .chunks(let chunks): return chunks
        case .end(let trailers):
            state.withLock { $0.trailers = trailers }
            return nil
        case .behind(let offset):
            let stored = try await fromStore(try await flight.outcome(for: reader), offset)
            state.withLock { $0.stored = stored }
            return try await stored.next()
        }
    }

    var trailers: FieldSection { state.withLock(\.trailers) }

    func cancel() {
        flight.leave(reader)
    }
}
