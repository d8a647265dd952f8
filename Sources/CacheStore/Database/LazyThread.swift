import Synchronization

/// One dedicated thread that is started by its first use, runs at most once, and whose end can be waited for.
///
/// Its owner closes the queue that the thread works off; this type knows only whether it runs.
final class LazyThread: Sendable {
    private enum Phase {
        case notStarted
        case running
        case stopped
    }

    private let name: String
    private let path: String
    private let phase = Mutex(Phase.notStarted)
    private let ended = CommitHandle()

    /// - Parameters:
    ///   - name: what debuggers and profilers list the thread under; at most 15 bytes.
    ///   - path: for the error where the system has no more threads.
    init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Whether the thread was started and not told to stop.
    var isRunning: Bool { phase.withLock { $0 == .running } }

    /// Starts the thread with `body` where it does not run. Throws `closedError` where it was stopped.
    func startIfNeeded(
        closedError: () -> StoreError, _ body: @escaping @Sendable () -> Void
    ) throws(StoreError) {
        let failure = phase.withLock { phase -> StoreError? in
            switch phase {
            case .running: return nil
            case .stopped: return closedError()
            case .notStarted:
                do throws(StoreError) {
                    try DedicatedThread.start(name, path: path) { [ended] in
                        body()
                        ended.complete(.success(()))
                    }
                    phase = .running
                    return nil
                } catch {
                    return error
                }
            }
        }
        if let failure { throw failure }
    }

    /// Forbids starting from now on; does not wait. Returns whether the thread ran, and then `waitForEnd` returns.
    func stop() -> Bool {
        phase.withLock { phase in
            defer { phase = .stopped }
            return phase == .running
        }
    }

    /// Returns when the body of a thread that was started has returned.
    func waitForEnd() async {
        try? await ended.value
    }
}
