import NIOCore

/// Where the content of the request under way stands, on the connection's event loop.
struct ContentSending {
    enum State {
        /// There is none, or all of it has been handed to the channel, or no more of it is wanted.
        case over
        /// It waits for 100 (Continue) or for the time to pass (RFC 9110 section 10.1.1).
        case held(SerializedRequest, Scheduled<Void>)
        /// The task that sends it makes or waits for the next piece.
        case streaming(StreamedContent)
        /// The task that sends it waits until the channel can take more.
        case full(StreamedContent, UnsafeContinuation<Bool, Never>)
        /// The announced end of a streamed content has been written; whether more would come is still to be seen.
        case sent
    }

    /// How long content waits for 100 (Continue): servers need not send it.
    static let continueTimeout = TimeAmount.seconds(1)

    var state = State.over

    /// Whether nothing of the content is left to be done.
    var isOver: Bool {
        if case .over = state { true } else { false }
    }

    /// The streamed content under way; nil: none.
    var stream: StreamedContent? {
        switch state {
        case .streaming(let stream), .full(let stream, _): stream
        case .over, .held, .sent: nil
        }
    }

    /// Whether a task sends the content.
    var isStreamed: Bool {
        switch state {
        case .streaming, .full, .sent: true
        case .over, .held: false
        }
    }

    /// The channel can take more.
    ///
    /// - Returns: whom to tell.
    mutating func becameWritable() -> UnsafeContinuation<Bool, Never>? {
        guard case .full(let stream, let continuation) = state else { return nil }
        state = .streaming(stream)
        return continuation
    }

    /// No more content is to be sent.
    ///
    /// - Returns: whether some was still to come.
    mutating func stop() -> Bool {
        defer { state = .over }
        switch state {
        case .over, .sent:
            return false
        case .held(_, let timer):
            timer.cancel()
        case .streaming:
            break
        case .full(_, let continuation):
            continuation.resume(returning: false)
        }
        return true
    }
}
