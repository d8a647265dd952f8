/// A wait for one byte of the lock file that can be given up.
///
/// The kernel wakes its waiters in order but knows no time limit, and polling would lose the order. So a thread of its own
/// waits in the kernel, and whoever wants the byte waits for that thread. A wait that was given up keeps its thread until the
/// byte comes free; the byte is let go at once then, unless the wait has been taken up again.
final class LockWait: Sendable {
    private enum State {
        case waiting
        case granted
        case givenUp
        /// The byte came when nobody wanted it any more, and was let go.
        case ended
    }

    private let monitor = Monitor(State.waiting)
    private let file: LockFile
    private let byte: Int64

    init(file: LockFile, byte: Int64) {
        self.file = file
        self.byte = byte
    }

    func start() throws(StoreError) {
        try DedicatedThread.start("larder-ticket", path: file.path) { [self] in
            file.lock(byte)
            monitor.withLock { state in
                if state == .waiting {
                    state = .granted
                } else {
                    // Under the monitor, so that nobody takes the byte through the same file in between.
                    file.unlock(byte)
                    state = .ended
                }
            }
            monitor.wakeAll()
        }
    }

    /// Takes a wait up again that was given up; false where it is over.
    func resume() -> Bool {
        monitor.withLock { state in
            guard state == .givenUp else { return false }
            state = .waiting
            return true
        }
    }

    /// Returns true once the byte is held, and false, given up, at the deadline.
    func wait(until deadline: ContinuousClock.Instant) -> Bool {
        monitor.wait(until: deadline) {
            $0 == .granted ? true : nil
        } late: { state in
            state = .givenUp
            return false
        }
    }
}
