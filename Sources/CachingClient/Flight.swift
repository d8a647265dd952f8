import CacheStore
import HTTPSemantics
import Synchronization

/// One fetch under way whose answer several clients read, each at its own pace.
///
/// The fetch runs in a task of its own: no client's leaving ends it while another reads, or while it is nearly done. It goes as
/// fast as the fastest reader. A reader that falls so far behind, or comes so late, that its bytes are no longer in memory reads
/// them from the store, while they are written there; the fetch waits for nobody from then on.
final class Flight: Sendable {
    /// How the content ended, as the origin's framing proves it.
    private typealias End = Result<FieldSection, FetchError>

    private struct Reader {
        var offset: Int64 = 0
        /// Its bytes are no longer in memory: it reads from the store, and the fetch does not wait for it.
        var isBehind = false
        /// Resumed when there is something new to look at.
        var waiter: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var preamble: Result<AnswerPreamble, FetchError>?
        var buffer: FlightBuffer
        var end: End?
        /// The content as it goes to the store, where it is long.
        var spill: BodySpill.Source?
        /// What became of the fetch once its content is committed, or had failed.
        var outcome: Result<FetchOutcome, FetchError>?
        var readers: [Int: Reader] = [:]
        var lastReader = 0
        var producer: CheckedContinuation<Void, Never>?
        var task: Task<Void, Never>?
        /// Nobody may join any more: it is being cancelled.
        var isDoomed = false
        let pace: Pace

        /// Whether the content is so far ahead of its fastest reader that it must wait.
        var isAhead: Bool {
            // Who reads from the store waits for what the fetch writes there, whatever others do.
            guard end == nil, !isDoomed, !isOnItsWayToTheStore, !readers.values.contains(where: \.isBehind),
                let fastest = readers.values.map(\.offset).max()
            else { return false }
            return buffer.end - fastest > Int64(Flight.maximumAhead)
        }

        /// Whether the content can go on without its readers, who will find it in the store.
        private var isOnItsWayToTheStore: Bool {
            guard pace == .ofNetwork, case .success(let preamble)? = preamble, preamble.outcome == .miss else { return false }
            // What is short is held in memory until it is complete, and what is long is written from some length on.
            return spill.map { !$0.isGivenUp } ?? (buffer.end <= 2 * Int64(Flight.windowBytes))
        }

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            var taken: [CheckedContinuation<Void, Never>] = []
            for id in readers.keys {
                guard let waiter = readers[id]?.waiter else { continue }
                readers[id]?.waiter = nil
                taken.append(waiter)
            }
            return taken
        }

        mutating func takeProducer() -> CheckedContinuation<Void, Never>? {
            guard !isAhead else { return nil }
            defer { producer = nil }
            return producer
        }
    }

    /// How far the content may be ahead of the fastest reader, in bytes.
    static let maximumAhead = 128 * 1024
    /// How much of the content is kept for readers that are slower, or come later, in bytes.
    static let windowBytes = 256 * 1024
    /// What is left of content that nobody reads any more is fetched for the store if it is no more than this, in bytes.
    static let worthFinishingBytes: Int64 = 4 * 1024 * 1024

    /// What the fetch goes as fast as.
    enum Pace: Sendable {
        /// Its fastest reader.
        case ofReaders
        /// The network, where the content is stored: the readers find there what is no longer in memory.
        case ofNetwork
    }

    /// Whether others may join.
    let isShared: Bool
    private let state: Mutex<State>

    init(isShared: Bool, pace: Pace = .ofReaders) {
        self.isShared = isShared
        state = Mutex(State(buffer: FlightBuffer(limit: isShared ? Self.windowBytes : .max), pace: pace))
    }

    // MARK: The fetch's side

    /// Begins the fetch.
    func start(
        on executor: (any TaskExecutor)?,
        _ fetch: @escaping @Sendable (_ deliver: @escaping BodyConsumer) async throws(FetchError) -> FetchOutcome
    ) {
        let task = Task(executorPreference: executor) {
            let result: Result<FetchOutcome, FetchError>
            do throws(FetchError) {
                let outcome = try await fetch { try await self.consume($0) }
                // What others are to find in the store must be there before this flight is forgotten.
                try? await outcome.commit?.value
                result = .success(outcome)
            } catch {
                result = .failure(error)
            }
            self.finish(result)
        }
        let isDoomed = state.withLock { state in
            if state.outcome == nil { state.task = task }
            return state.isDoomed
        }
        if isDoomed { task.cancel() }
    }

    private func consume(_ event: BodyEvent) async throws {
        let waiters: [CheckedContinuation<Void, Never>]
        switch event {
        case .head(let preamble):
            waiters = state.withLock { state in
                state.preamble = .success(preamble)
                return state.takeWaiters()
            }
        case .bytes(let bytes):
            waiters = state.withLock { state in
                state.buffer.append(bytes)
                return state.takeWaiters()
            }
        case .spilled(let source):
            waiters = state.withLock { state in
                state.spill = source
                if state.pace == .ofNetwork { state.buffer.limit = Self.windowBytes }
                return state.takeWaiters()
            }
        case .end(let trailers):
            waiters = state.withLock { state in
                state.end = .success(trailers)
                return state.takeWaiters()
            }
        }
        for waiter in waiters { waiter.resume() }
        await waitForReaders()
    }

    /// Returns once the fastest reader has caught up.
    private func waitForReaders() async {
        guard state.withLock(\.isAhead) else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard state.isAhead, !Task.isCancelled else { return true }
                    state.producer = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let producer = state.withLock { state in
                defer { state.producer = nil }
                return state.producer
            }
            producer?.resume()
        }
    }

    private func finish(_ result: Result<FetchOutcome, FetchError>) {
        let waiters = state.withLock { state in
            switch result {
            case .success(let outcome):
                // Nothing was said before: there is no answer without the network.
                if state.preamble == nil { state.preamble = .failure(.unsatisfiable(reason: outcome.reason)) }
                if state.end == nil { state.end = .success([:]) }
            case .failure(let error):
                if state.preamble == nil { state.preamble = .failure(error) }
                if state.end == nil { state.end = .failure(error) }
            }
            state.outcome = result
            state.task = nil
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: The readers' side

    /// Whether the content is complete, or has failed. It is complete with its last byte, which a reader may have before the
    /// framing's own end.
    var hasEnded: Bool {
        state.withLock { state in
            if state.end != nil { return true }
            guard case .success(let preamble)? = state.preamble, let length = preamble.contentLength else { return false }
            return state.buffer.end >= length
        }
    }

    /// Waits until the content is in the store, or has failed to get there, but no longer than that.
    func isCommitted(within limit: Duration) async {
        guard let task = state.withLock(\.task) else { return }
        let gate = Gate()
        Task {
            await task.value
            gate.open()
        }
        await gate.wait(within: limit)
    }

    /// A further reader; nil where the fetch is being given up, so that a new one must begin.
    func join() -> Int? {
        state.withLock { state in
            guard !state.isDoomed else { return nil }
            state.lastReader += 1
            state.readers[state.lastReader] = Reader()
            return state.lastReader
        }
    }

    /// Waits for the head.
    func preamble(for reader: Int) async throws(FetchError) -> AnswerPreamble {
        while true {
            if let preamble = state.withLock(\.preamble) { return try preamble.get() }
            try await waitForNews(reader) { $0.preamble != nil }
        }
    }

    /// What there is first.
    enum Beginning {
        /// The head of an answer whose content follows.
        case preamble(AnswerPreamble)
        /// The answer lies in the store, or there is none.
        case outcome(FetchOutcome)
    }

    /// Waits for the head, or for the word that the answer was left in the store.
    func beginning(for reader: Int) async throws(FetchError) -> Beginning {
        while true {
            let (preamble, outcome) = state.withLock { ($0.preamble, $0.outcome) }
            if case .success(let preamble)? = preamble { return .preamble(preamble) }
            if let outcome { return .outcome(try outcome.get()) }
            try await waitForNews(reader) { $0.preamble != nil || $0.outcome != nil }
        }
    }

    /// What a reader gets next.
    enum Progress {
        case chunks([[UInt8]])
        case end(FieldSection)
        /// The reader is so slow, or came so late, that its bytes are to be read from the store.
        case behind(offset: Int64)
    }

    /// Waits for what comes next.
    func next(for reader: Int) async throws(FetchError) -> Progress {
        while true {
            let (progress, producer) = try progress(of: reader).get()
            producer?.resume()
            if let progress { return progress }
            try await waitForNews(reader) { $0.buffer.end > $0.readers[reader]?.offset ?? 0 || $0.end != nil }
        }
    }

    private func progress(
        of reader: Int
    ) -> Result<(Progress?, CheckedContinuation<Void, Never>?), FetchError> {
        state.withLock { state in
            guard let offset = state.readers[reader]?.offset else { return .failure(.stopped) }
            guard let chunks = state.buffer.read(from: offset, maximum: Self.maximumAhead) else {
                state.readers[reader]?.isBehind = true
                return .success((.behind(offset: offset), state.takeProducer()))
            }
            guard chunks.isEmpty else {
                state.readers[reader]?.offset += Int64(chunks.reduce(0) { $0 + $1.count })
                if !isShared { state.buffer.drop(before: state.readers[reader]?.offset ?? 0) }
                return .success((.chunks(chunks), state.takeProducer()))
            }
            switch state.end {
            case .success(let trailers): return .success((.end(trailers), nil))
            case .failure(let error): return .failure(error)
            case nil: return .success((nil, nil))
            }
        }
    }

    /// Where a reader that is behind finds the content.
    enum Place {
        /// It is being written; what has been written so far can be read.
        case spill(BodySpill.Source)
        /// It is in the store.
        case stored(FetchOutcome)
    }

    /// Waits until a reader that is behind can go on.
    func place(for reader: Int) async throws(FetchError) -> Place {
        while true {
            let (outcome, spill) = state.withLock { ($0.outcome, $0.spill) }
            if let outcome { return .stored(try outcome.get()) }
            if let spill { return .spill(spill) }
            try await waitForNews(reader) { $0.outcome != nil || $0.spill != nil }
        }
    }

    /// How many bytes have come, and whether that is all.
    var received: (bytes: Int64, isOver: Bool) { state.withLock { ($0.buffer.end, $0.outcome != nil) } }

    /// Waits until more has come than `received` told, or it is over.
    func progress(beyond known: Int64, for reader: Int) async throws(FetchError) {
        try await waitForNews(reader) { $0.buffer.end > known || $0.outcome != nil }
    }

    /// Waits until the content is in the store, or has failed to get there.
    func outcome(for reader: Int) async throws(FetchError) -> FetchOutcome {
        while true {
            if let outcome = state.withLock(\.outcome) { return try outcome.get() }
            try await waitForNews(reader) { $0.outcome != nil }
        }
    }

    /// - Throws: `stopped` where the reader's task was cancelled or the reader has left.
    private func waitForNews(_ reader: Int, isThere: @Sendable (borrowing State) -> Bool) async throws(FetchError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.readers[reader] != nil, !Task.isCancelled, !isThere(state) else { return true }
                    state.readers[reader]?.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            leave(reader)
        }
        guard state.withLock({ $0.readers[reader] != nil }) else { throw .stopped }
    }

    /// The reader has gone. With the last one the fetch is given up, unless what is left of it is worth having.
    func leave(_ reader: Int) {
        let (waiter, producer, task) = state.withLock { state in
            let waiter = state.readers.removeValue(forKey: reader)?.waiter
            guard state.readers.isEmpty, state.outcome == nil, !isWorthFinishing(state) else {
                return (waiter, state.takeProducer(), Task<Void, Never>?.none)
            }
            state.isDoomed = true
            return (waiter, state.takeProducer(), state.task)
        }
        waiter?.resume()
        producer?.resume()
        task?.cancel()
    }

    private func isWorthFinishing(_ state: borrowing State) -> Bool {
        if state.end != nil { return true }
        guard case .success(let preamble)? = state.preamble, preamble.stored != nil, let length = preamble.contentLength else {
            return false
        }
        return length - state.buffer.end <= Self.worthFinishingBytes
    }
}
