import Synchronization

/// Wakes one task that waits. What was fired while nobody waited wakes the next one who does, once.
final class Signal: Sendable {
    private enum State {
        case quiet
        case fired
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    func fire() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if case .waiting(let continuation) = state {
                state = .quiet
                return continuation
            }
            state = .fired
            return nil
        }
        waiting?.resume()
    }

    /// Waits for the next `fire`, for as long as it takes. One task at a time.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isFired = state.withLock { state in
                if case .fired = state {
                    state = .quiet
                    return true
                }
                state = .waiting(continuation)
                return false
            }
            if isFired { continuation.resume() }
        }
    }

    /// The same, for no longer than that.
    func wait(atMost limit: Duration) async {
        let alarm = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { fire() }
        }
        await wait()
        alarm.cancel()
    }
}
