import CacheStore
import Synchronization

extension CachingClient {
    /// How long an answer waits for the store, where that is held up by another process, before it goes on without.
    static let patience = Duration.seconds(2)
    /// The longest stored part that a new one is put together with, in bytes.
    static let longestCombinedBytes: Int64 = 64 * 1024 * 1024
}

extension CommitHandle {
    /// Waits until the write is committed or has failed, but no longer than that.
    func isDone(within limit: Duration) async {
        hurry()
        let gate = Gate()
        whenDone { _ in gate.open() }
        await gate.wait(within: limit)
    }
}

/// Opens once, and lets through whoever waits.
final class Gate: Sendable {
    private enum State {
        case closed(CheckedContinuation<Void, Never>?)
        case open
    }

    private let state = Mutex(State.closed(nil))

    func open() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .open }
            if case .closed(let waiter) = state { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// For one to wait.
    func wait(within limit: Duration) async {
        guard state.withLock({ if case .open = $0 { false } else { true } }) else { return }
        let timer = Task { [self] in
            try? await Task.sleep(for: limit)
            open()
        }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if case .open = state { return true }
                state = .closed(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
        timer.cancel()
    }
}
