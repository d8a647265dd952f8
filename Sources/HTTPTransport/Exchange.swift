import HTTPSemantics
import NIOCore
import Synchronization

/// A response head with what the connection knows about its arrival.
struct ArrivedHead: Sendable {
    var head: ResponseHead
    var time: UnixTime
    var firstByteDelay: TimeAmount
}

/// One request and its response, between the connection's event loop, which delivers, and the task, which takes.
///
/// Everything that came in one turn of the event loop is handed over at once, so that a small response costs a single
/// resumption of the task.
final class Exchange: Sendable {
    typealias HeadResult = Result<ArrivedHead, TransportError>
    typealias ChunksResult = Result<[[UInt8]]?, TransportError>

    /// How the response ended.
    enum End: Sendable {
        case complete(trailers: FieldSection)
        case failed(TransportError)
    }

    private enum Waiter {
        case head(UnsafeContinuation<HeadResult, Never>)
        case chunks(UnsafeContinuation<ChunksResult, Never>)
    }

    private struct State {
        var head: ArrivedHead?
        var chunks: [[UInt8]] = []
        var unreadBytes = 0
        var end: End?
        /// Taken out before it is resumed, under the lock: so each is resumed exactly once.
        var waiter: Waiter?
        var isPaused = false
        var isRefused = false
        /// Sends a streamed content; ends with the exchange.
        var sender: Task<Void, Never>?

        mutating func takeSender() -> Task<Void, Never>? {
            defer { sender = nil }
            return sender
        }

        mutating func takeHead() -> HeadResult? {
            if let head {
                self.head = nil
                return .success(head)
            }
            if case .failed(let error) = end { return .failure(error) }
            return nil
        }

        mutating func takeChunks() -> ChunksResult? {
            if !chunks.isEmpty {
                unreadBytes = 0
                let taken = chunks
                chunks = []
                return .success(taken)
            }
            switch end {
            case .complete: return .success(nil)
            case .failed(let error): return .failure(error)
            case nil: return nil
            }
        }
    }

    let connection: Connection
    /// Told of informational responses.
    let interim: (@Sendable (ResponseHead) -> Void)?
    private let maximumUnreadBytes: Int
    private let state = Mutex(State())

    init(connection: Connection, maximumUnreadBytes: Int, interim: (@Sendable (ResponseHead) -> Void)? = nil) {
        self.connection = connection
        self.interim = interim
        self.maximumUnreadBytes = maximumUnreadBytes
    }

    // MARK: The event loop's side

    /// Hands over what one turn of the event loop brought.
    ///
    /// - Returns: whether more waits unread than may; the connection then stops reading until `resumeReading`.
    func deliver(head: ArrivedHead?, chunks: [[UInt8]], bytes: Int, end: End?) -> Bool {
        enum Resumption {
            case none
            case head(UnsafeContinuation<HeadResult, Never>, HeadResult)
            case chunks(UnsafeContinuation<ChunksResult, Never>, ChunksResult)
        }
        let (resumption, pause, sender) = state.withLock { state -> (Resumption, Bool, Task<Void, Never>?) in
            // After a cancellation nobody takes anything any more.
            guard state.end == nil else { return (.none, false, nil) }
            if let head { state.head = head }
            if state.chunks.isEmpty { state.chunks = chunks } else { state.chunks += chunks }
            state.unreadBytes += bytes
            state.end = end
            var resumption = Resumption.none
            switch state.waiter {
            case .head(let continuation):
                if let result = state.takeHead() {
                    state.waiter = nil
                    resumption = .head(continuation, result)
                }
            case .chunks(let continuation):
                if let result = state.takeChunks() {
                    state.waiter = nil
                    resumption = .chunks(continuation, result)
                }
            case nil:
                break
            }
            state.isPaused = end == nil && state.unreadBytes > maximumUnreadBytes
            return (resumption, state.isPaused, end == nil ? nil : state.takeSender())
        }
        sender?.cancel()
        switch resumption {
        case .none: break
        case .head(let continuation, let result): continuation.resume(returning: result)
        case .chunks(let continuation, let result): continuation.resume(returning: result)
        }
        return pause
    }

    /// Ends an exchange whose connection could not take the request: nothing of it was written.
    func refuse(_ error: TransportError) {
        state.withLock { $0.isRefused = true }
        _ = deliver(head: nil, chunks: [], bytes: 0, end: .failed(error))
    }

    /// Starts the task that sends a streamed content.
    func startSending(_ content: StreamedContent) {
        let sender = Task { await content.send(for: self) }
        let isOver = state.withLock { state in
            if state.end == nil { state.sender = sender }
            return state.end != nil
        }
        if isOver { sender.cancel() }
    }

    /// No more of the content is wanted.
    func stopSending() {
        state.withLock { $0.takeSender() }?.cancel()
    }

    // MARK: The task's side

    /// The trailer section, once everything before it has been taken.
    var trailers: FieldSection {
        state.withLock { state in
            guard state.chunks.isEmpty, case .complete(let trailers) = state.end else { return [:] }
            return trailers
        }
    }

    /// Whether the reader has gone already.
    var isOver: Bool { state.withLock { $0.end != nil } }

    /// Whether nothing of the request was written.
    var wasRefused: Bool { state.withLock(\.isRefused) }

    /// Starts the exchange on its connection and waits for the head.
    ///
    /// It becomes a part of its only caller, as each asynchronous function in between has the executor asked for twice.
    @inline(__always)
    func run(_ request: SerializedRequest, deadline: NIODeadline?) async -> HeadResult {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let ready = state.withLock { state -> HeadResult? in
                    // Only a cancellation can have come before the start.
                    if let result = state.takeHead() { return result }
                    state.waiter = .head(continuation)
                    return nil
                }
                if let ready {
                    connection.close()
                    continuation.resume(returning: ready)
                } else {
                    connection.start(self, request, deadline: deadline)
                }
            }
        } onCancel: {
            cancel()
        }
    }

    /// What `TransportBody.next()` promises; a part of it, as `run` is of its caller.
    @inline(__always)
    func nextChunks() async throws(TransportError) -> [[UInt8]]? {
        if let ready = takeChunks(orWait: nil) { return try ready.get() }
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if let ready = takeChunks(orWait: continuation) { continuation.resume(returning: ready) }
            }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }

    private func takeChunks(orWait continuation: UnsafeContinuation<ChunksResult, Never>?) -> ChunksResult? {
        let (result, resumes) = state.withLock { state -> (ChunksResult?, Bool) in
            if let result = state.takeChunks() {
                let resumes = state.isPaused
                state.isPaused = false
                return (result, resumes)
            }
            if let continuation {
                guard state.waiter == nil else { return (.failure(Self.twoReaders), false) }
                state.waiter = .chunks(continuation)
            }
            return (nil, false)
        }
        if resumes { connection.resumeReading(self) }
        return result
    }

    private static let twoReaders = TransportError(.internal, .body, "two tasks read one response body at the same time")

    /// Ends the exchange from the reader's side; without effect on what was complete and has been read.
    func cancel() {
        let (waiter, isUnderWay, sender) = state.withLock { state -> (Waiter?, Bool, Task<Void, Never>?) in
            let isUnderWay = state.end == nil
            if isUnderWay || !state.chunks.isEmpty {
                state.end = .failed(cancellation(.body))
                state.chunks = []
                state.head = nil
            }
            let waiter = state.waiter
            state.waiter = nil
            return (waiter, isUnderWay, state.takeSender())
        }
        sender?.cancel()
        switch waiter {
        case .head(let continuation): continuation.resume(returning: .failure(cancellation(.head)))
        case .chunks(let continuation): continuation.resume(returning: .failure(cancellation(.body)))
        case nil: break
        }
        if isUnderWay { connection.abandon(self) }
    }

    private func cancellation(_ phase: TransportError.Phase) -> TransportError {
        TransportError(.cancelled, phase, "the exchange with \(connection.authority) was cancelled")
    }
}
