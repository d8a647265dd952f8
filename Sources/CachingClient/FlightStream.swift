import CacheStore
import ContentCoding
import HTTPSemantics

/// One client's view of a flight: from memory while it keeps up, from the store where it cannot.
actor FlightStream: AnswerStream {
    private let flight: Flight
    private let reader: Int
    /// Reads the stored content from an offset on, once it is there.
    private let fromStore: @Sendable (FetchOutcome, _ offset: Int64) async throws(FetchError) -> any AnswerStream
    private let end = EndOfStream()
    /// Set when it has fallen behind.
    private var spilled: SpilledReader?
    private var stored: (any AnswerStream)?

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
        if let stored { return try await stored.next() }
        if let spilled { return try await next(from: spilled) }
        switch try await flight.next(for: reader) {
        case .chunks(let chunks): return chunks
        case .end(let trailers):
            end.set(trailers)
            return nil
        case .behind(let offset):
            switch try await flight.place(for: reader) {
            case .stored(let outcome): return try await goOn(outcome, from: offset)
            case .spill(let source):
                let spilled = try SpilledReader(source, from: offset)
                self.spilled = spilled
                return try await next(from: spilled)
            }
        }
    }

    /// Reads what has been written so far, and waits for more.
    private func next(from spilled: SpilledReader) async throws(FetchError) -> [[UInt8]]? {
        while true {
            let received = flight.received
            switch try await spilled.next() {
            case .bytes(let bytes): return [bytes]
            case .published:
                self.spilled = nil
                return try await goOn(try await flight.outcome(for: reader), from: spilled.offset)
            case .notYet:
                guard received.isOver else {
                    try await flight.progress(beyond: received.bytes, for: reader)
                    continue
                }
                self.spilled = nil
                return try await goOn(try await flight.outcome(for: reader), from: spilled.offset)
            }
        }
    }

    private func goOn(_ outcome: FetchOutcome, from offset: Int64) async throws(FetchError) -> [[UInt8]]? {
        let stored = try await fromStore(outcome, offset)
        self.stored = stored
        return try await stored.next()
    }

    nonisolated var trailers: FieldSection { end.trailers }

    nonisolated func cancel() {
        flight.leave(reader)
    }
}
