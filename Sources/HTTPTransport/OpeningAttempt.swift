import NIOCore
import Synchronization

/// One attempt to open a connection, between the event loop that works on it and the task that waits: the first outcome
/// counts, and what comes too late is closed by whoever brings it.
final class OpeningAttempt<Opened: Sendable>: Sendable {
    typealias Outcome = Result<Opened, TransportError>

    private struct State {
        var continuation: UnsafeContinuation<Outcome, Never>?
        var outcome: Outcome?
        var channel: (any Channel)?
        var phase = TransportError.Phase.connect
        /// When each of the channels, one for each address tried, is ready for requests. Kept here, as a channel that fails at
        /// once has lost its handlers before anybody can ask them.
        var opened: [ObjectIdentifier: EventLoopFuture<Void>] = [:]
    }

    private let authority: String
    private let state = Mutex(State())

    init(authority: String) {
        self.authority = authority
    }

    /// Starts the work and waits for its outcome; a cancellation of the task ends both.
    func run(_ start: () -> Void) async throws(TransportError) -> Opened {
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.continuation = continuation }
                    return state.outcome
                }
                if let outcome { continuation.resume(returning: outcome) } else { start() }
            }
        } onCancel: {
            failed(TransportError(.cancelled, .connect, "\(authority): opening the connection was cancelled"))
        }
        return try outcome.get()
    }

    /// A channel has been made, for one of the addresses.
    func made(_ channel: any Channel, opened: EventLoopFuture<Void>) {
        state.withLock { $0.opened[ObjectIdentifier(channel)] = opened }
    }

    /// TCP stands; what follows happens on `channel`.
    ///
    /// - Returns: when the channel is ready for requests.
    func connected(_ channel: any Channel, phase: TransportError.Phase) -> EventLoopFuture<Void> {
        let (isLate, opened) = state.withLock { state in
            state.channel = channel
            state.phase = phase
            return (state.outcome != nil, state.opened.removeValue(forKey: ObjectIdentifier(channel)))
        }
        if isLate { channel.close(promise: nil) }
        return opened ?? channel.eventLoop.makeSucceededVoidFuture()
    }

    /// - Returns: false where the outcome is another one already.
    func succeeded(_ connection: Opened) -> Bool {
        settle(.success(connection))
    }

    func failed(_ error: TransportError) {
        if settle(.failure(error)) { state.withLock(\.channel)?.close(promise: nil) }
    }

    func timedOut(isMaximumTime: Bool) {
        let phase = state.withLock(\.phase)
        failed(
            isMaximumTime
                ? TransportError(.maximumTime, phase, "\(authority): the exchange took longer than its limit")
                : .connectTimeout(authority: authority, phase: phase))
    }

    private func settle(_ outcome: Outcome) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, UnsafeContinuation<Outcome, Never>?) in
            guard state.outcome == nil else { return (false, nil) }
            state.outcome = outcome
            defer { state.continuation = nil }
            return (true, state.continuation)
        }
        continuation?.resume(returning: outcome)
        return isFirst
    }
}
