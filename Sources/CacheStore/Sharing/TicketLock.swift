import Synchronization

/// The right to write the database, given to the processes of a machine in the order in which they asked.
///
/// SQLite's own waiting is a lottery: with eight writers the worst wait was 3.3 s and one of them starved. Two bytes make a
/// queue of it: whoever holds the queue byte is next for the write byte, and the kernel wakes waiters in order.
///
/// For one thread at a time. Waiting has a limit, since whoever holds the right may be a stopped process.
final class TicketLock: Sendable {
    private let file: LockFile
    private let path: String
    /// Waits that ran out of time and go on in the background, by byte.
    private let unfinished = Mutex<[Int64: LockWait]>([:])

    init(path: String) throws(StoreError) {
        self.path = path
        file = try LockFile(path: path)
    }

    /// Runs `body` with the right to write. Throws `busy` where another process does not give it up within `limit`; `body` has
    /// not run then.
    func withTicket<Result>(
        within limit: Duration, _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        // The clock is read only where somebody else is there first.
        var deadline: ContinuousClock.Instant?
        try take(LockFile.Byte.queue, limit, &deadline)
        do throws(StoreError) {
            try take(LockFile.Byte.write, limit, &deadline)
        } catch {
            file.unlock(LockFile.Byte.queue)
            throw error
        }
        file.unlock(LockFile.Byte.queue)
        defer { file.unlock(LockFile.Byte.write) }
        return try body()
    }

    private func take(_ byte: Int64, _ limit: Duration, _ deadline: inout ContinuousClock.Instant?) throws(StoreError) {
        // The file does not exclude itself: a wait of before must be over, or be taken up again, before the byte is tried.
        let earlier = unfinished.withLock { $0.removeValue(forKey: byte) }
        let wait: LockWait
        if let earlier, earlier.resume() {
            wait = earlier
        } else {
            switch file.attempt(byte) {
            // Integrity does not depend on the lock: where the system has none, the work goes on without it.
            case .taken, .refused: return
            case .held: break
            }
            wait = LockWait(file: file, byte: byte)
            try wait.start()
        }
        let end = deadline ?? ContinuousClock.now + limit
        deadline = end
        if wait.wait(until: end) { return }
        unfinished.withLock { $0[byte] = wait }
        throw StoreError(
            .busy, operation: "wait for the right to write", path: path, detail: TicketLock.timeoutDetail)
    }

    /// Tells a wait that took too long from a lock that SQLite met.
    static let timeoutDetail = "another process holds the lock"
}
