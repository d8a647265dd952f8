import NIOCore

/// What happens on one connection, as a value: events go in, actions come out, nothing is touched.
///
/// ```
///            start               head                end               readCompleted
///   idle ------------> awaiting ------> receiving ---------> finished ---------------> idle
///    |                    |                 |                    |
///    +--------------------+--- fault, end of input, time-out, ---+----------> closed
///                              cancellation, not persistent
/// ```
struct ConnectionMachine {
    struct Limits {
        var idleTimeout: TimeAmount
        var idleConnectionLifetime: TimeAmount
        var maximumHeadBytes: Int
    }

    /// What went wrong, before it is known what that means for the exchange.
    enum Fault: Error, Equatable {
        /// The connection ended: cleanly or in the middle of something is for the machine to judge.
        case endOfInput
        case reset
        case headTooLarge
        case protocolViolation(String)
        case tls(String)
        case other(String)
    }

    /// Why an exchange failed; the shell adds host and port.
    struct Failure: Equatable {
        var code: TransportError.Code
        var phase: TransportError.Phase
        var detail: String
        /// No byte of a response came.
        var isUnanswered = true
    }

    /// What is known of the exchange under way.
    struct Progress: Equatable {
        var isHead: Bool
        /// When the whole exchange must be over.
        var deadline: NIODeadline?
        var lastActivity: NIODeadline
        var started: NIODeadline
        var firstByte: NIODeadline?
        var headBytes = 0
        var bodyBytes: Int64 = 0
        /// Whether a part of the request still waits to be written.
        var isWriting: Bool
        /// Whether the caller owes the next piece of the content, so that nothing of the server can be late.
        var awaitsContent = false
        /// Whether the reader is behind, so that no byte is asked for and none can be late.
        var isPaused = false
    }

    enum State: Equatable {
        case idle(since: NIODeadline)
        case awaiting(Progress)
        case receiving(Progress, ResponseFraming)
        /// The response is complete; what else the same read brings decides whether the connection stays.
        case finished(isReusable: Bool)
        case closed
    }

    var state: State
    let limits: Limits

    init(limits: Limits, now: NIODeadline) {
        self.limits = limits
        state = .idle(since: now)
    }

    var isIdle: Bool {
        if case .idle = state { true } else { false }
    }

    var isFinished: Bool {
        if case .finished = state { true } else { false }
    }

    /// Whether bytes must not be asked for now.
    var isPaused: Bool {
        if case .receiving(let progress, _) = state { progress.isPaused } else { false }
    }

    var framing: ResponseFraming? {
        if case .receiving(_, let framing) = state { framing } else { nil }
    }

    /// From the start of the exchange to its first byte; zero while there is none.
    var firstByteDelay: TimeAmount {
        switch state {
        case .awaiting(let progress), .receiving(let progress, _):
            progress.firstByte.map { $0 - progress.started } ?? .zero
        case .idle, .finished, .closed: .zero
        }
    }

    // MARK: The request

    /// - Returns: false where the connection can't take a request; nothing must be written then.
    mutating func start(isHead: Bool, deadline: NIODeadline?, isWriting: Bool, now: NIODeadline) -> Bool {
        guard case .idle = state else { return false }
        state = .awaiting(
            Progress(isHead: isHead, deadline: deadline, lastActivity: now, started: now, isWriting: isWriting))
        return true
    }

    /// A part of the request has left.
    mutating func wrote(isLast: Bool, now: NIODeadline) {
        update { progress in
            progress.lastActivity = now
            if isLast { progress.isWriting = false }
        }
    }

    /// The caller begins, or ceases, to owe the next piece of the content.
    mutating func awaitContent(_ isAwaited: Bool, now: NIODeadline) {
        update { progress in
            progress.awaitsContent = isAwaited
            progress.lastActivity = now
        }
    }

    // MARK: The response

    var isAwaitingHead: Bool {
        if case .awaiting = state { true } else { false }
    }

    /// Bytes came from the socket, before any sense is made of them.
    ///
    /// - Returns: false where nobody asked for them: the connection is of no more use.
    mutating func bytesArrived(_ count: Int, now: NIODeadline) -> Bool {
        switch state {
        case .idle:
            state = .closed
            return false
        case .awaiting, .receiving:
            update { progress in
                progress.lastActivity = now
                if progress.firstByte == nil { progress.firstByte = now }
                progress.headBytes += count
            }
            return true
        case .finished:
            state = .finished(isReusable: false)
            return true
        case .closed:
            return true
        }
    }

    /// The bytes that came have been parsed as far as possible.
    ///
    /// - Returns: whether the head, still incomplete, is within its limit.
    func isHeadWithinLimit() -> Bool {
        if case .awaiting(let progress) = state { progress.headBytes <= limits.maximumHeadBytes } else { true }
    }

    /// - Returns: false where nobody waits for a head.
    mutating func headArrived(_ framing: ResponseFraming) -> Bool {
        guard case .awaiting(let progress) = state else { return false }
        state = .receiving(progress, framing)
        return true
    }

    /// Whether the request under way is HEAD, so that its response has no body.
    var expectsNoBody: Bool {
        if case .awaiting(let progress) = state { progress.isHead } else { false }
    }

    /// - Returns: false where the bytes belong to no exchange.
    mutating func bodyArrived(_ count: Int) -> Bool {
        guard case .receiving(var progress, let framing) = state else { return false }
        progress.bodyBytes += Int64(count)
        state = .receiving(progress, framing)
        return true
    }

    /// The parser says that the message is complete.
    mutating func endArrived() {
        guard case .receiving(let progress, let framing) = state else { return }
        state = .finished(isReusable: framing.isPersistent && !progress.isWriting)
    }

    /// The read that completed the response brought more than the response.
    mutating func foundExtraBytes() {
        if case .finished = state { state = .finished(isReusable: false) }
    }

    enum ReadCompletion: Equatable {
        case goOn
        /// The response is complete and the connection free for another request.
        case release
        /// The response is complete, the connection of no more use.
        case close
    }

    mutating func readCompleted(now: NIODeadline) -> ReadCompletion {
        guard case .finished(let isReusable) = state else { return .goOn }
        state = isReusable ? .idle(since: now) : .closed
        return isReusable ? .release : .close
    }

    // MARK: Reading and its pauses

    mutating func pause() {
        update { $0.isPaused = true }
    }

    mutating func resume(now: NIODeadline) {
        update { progress in
            progress.isPaused = false
            progress.lastActivity = now
        }
    }

    // MARK: Ends

    /// Something went wrong or the connection is over.
    ///
    /// - Returns: how the exchange under way failed; nil where there is none, or where it was complete already. Either way the
    ///   connection is closed.
    mutating func failed(_ fault: Fault) -> Failure? {
        defer {
            // A response that is complete stays complete: only its connection is lost.
            if case .finished = state { state = .finished(isReusable: false) } else { state = .closed }
        }
        switch state {
        case .idle, .finished, .closed:
            return nil
        case .awaiting(let progress):
            return Self.failure(of: fault, progress, phase: progress.isWriting && progress.headBytes == 0 ? .write : .head)
        case .receiving(let progress, let framing):
            guard fault == .endOfInput else { return Self.failure(of: fault, progress, phase: .body) }
            var detail = "the connection ended after \(progress.bodyBytes) bytes of the body"
            if case .bytes(let total) = framing.length { detail += ", \(total) were announced" }
            return Failure(code: .truncatedBody, phase: .body, detail: detail, isUnanswered: false)
        }
    }

    /// The reader gave up.
    mutating func cancelled() {
        state = .closed
    }

    private static func failure(of fault: Fault, _ progress: Progress, phase: TransportError.Phase) -> Failure {
        let isUnanswered = progress.headBytes == 0
        switch fault {
        case .endOfInput:
            return Failure(
                code: .connectionClosed, phase: phase,
                detail: isUnanswered
                    ? "the connection was closed without a response" : "the connection was closed within the response head",
                isUnanswered: isUnanswered)
        case .reset:
            return Failure(code: .connectionReset, phase: phase, detail: "the connection was reset", isUnanswered: isUnanswered)
        case .headTooLarge:
            return Failure(
                code: .headTooLarge, phase: phase, detail: "the response head is larger than the limit", isUnanswered: false)
        case .protocolViolation(let detail):
            return Failure(
                code: .protocolError, phase: phase, detail: "the response is not valid HTTP/1.1 (\(detail))", isUnanswered: false)
        case .tls(let detail):
            return Failure(code: .tlsFailed, phase: phase, detail: "TLS failed (\(detail))", isUnanswered: isUnanswered)
        case .other(let detail):
            return Failure(code: .internal, phase: phase, detail: detail, isUnanswered: isUnanswered)
        }
    }

    private mutating func update(_ change: (inout Progress) -> Void) {
        switch state {
        case .awaiting(var progress):
            change(&progress)
            state = .awaiting(progress)
        case .receiving(var progress, let framing):
            change(&progress)
            state = .receiving(progress, framing)
        case .idle, .finished, .closed:
            break
        }
    }
}
