import HTTPSemantics
import Synchronization

/// The one thread of this process that writes, as its callers see it. Started by the first write; `WriterLoop` is what it does.
final class WriterThread: Sendable {
    let queue: WriterQueue
    let uses = UseLedger()
    let activity = ActivityLedger()

    private let database: CacheDatabase
    private let thread: LazyThread
    /// For how long the ticket is waited for.
    private let lockTimeout: Duration
    /// Told of each commit; nil: there is none.
    private let memory: MemoryTier?
    /// Tells the time that ages of entries are counted from.
    private let now: @Sendable () -> UnixTime
    /// How long a write waits for others to share its transaction, where nobody waits for it.
    private static let gatheringTime = Duration.milliseconds(10)
    /// Until when it is waited for once the store is being closed.
    private let closingDeadline = Mutex<ContinuousClock.Instant?>(nil)

    init(
        database: CacheDatabase, maximumQueuedBytes: Int, lockTimeout: Duration, memory: MemoryTier?,
        now: @escaping @Sendable () -> UnixTime = CacheStore.systemTime
    ) {
        self.memory = memory
        self.now = now
        self.database = database
        thread = LazyThread(name: "larder-writer", path: database.path)
        self.lockTimeout = lockTimeout
        self.queue = WriterQueue(
            maximumBytes: maximumQueuedBytes,
            gathering: WriterQueue.Gathering(
                count: WriteGroup.maximumCount / 2, bytes: WriteGroup.maximumBytes / 2, time: Self.gatheringTime))
    }

    // MARK: Callers' side

    /// Queues a write; waits only while the queue is over its bound.
    func submit(_ operation: WriteOperation, byteCount: Int, name: String) async throws(StoreError) -> CommitHandle {
        try startIfNeeded(name)
        let handle = CommitHandle(in: queue)
        guard await queue.add(QueuedWrite(operation: operation, handle: handle, byteCount: byteCount)) else {
            throw closedError(name)
        }
        return handle
    }

    /// Queues a write that nobody waits for, from where nobody can wait. Does nothing once the store is closed.
    func submitAtOnce(_ operation: WriteOperation, byteCount: Int) {
        guard (try? startIfNeeded("write")) != nil else { return }
        _ = queue.addAtOnce(QueuedWrite(operation: operation, handle: nil, byteCount: byteCount))
    }

    /// Notes that entries were used; counted in the store within two seconds.
    func note(_ used: [UseLedger.Use]) {
        switch uses.note(used) {
        case .nothing: break
        case .writeSoon:
            // Where the thread cannot be started the notes wait for a write that tells why.
            guard (try? startIfNeeded("note a use")) != nil else { return }
            queue.wakeThread(at: .now + uses.pace.period)
        case .writeNow: submitAtOnce(.barrier, byteCount: 0)
        }
    }

    /// Returns when all that was queued before is committed, collected uses and sums included.
    func flush() async throws(StoreError) {
        let isIdle = !thread.isRunning && uses.isEmpty && activity.isEmpty
        if !isIdle { try await submit(.barrier, byteCount: 0, name: "flush").value }
    }

    /// Writes what is queued, ends the threads and copies the write-ahead log. What fails on the way is told to its handles,
    /// and the last failure returned.
    func close() async -> StoreError? {
        closingDeadline.withLock { $0 = $0 ?? ContinuousClock.now + lockTimeout }
        var failure: StoreError?
        do throws(StoreError) {
            try await flush()
        } catch {
            // Closed before: nothing was left to write.
            if error.code != .closed { failure = error }
        }
        let wasRunning = stop()
        if wasRunning { await thread.waitForEnd() }
        return failure
    }

    /// Ends the threads once the queue is written; does not wait. Returns whether they ran.
    @discardableResult
    func stop() -> Bool {
        let wasRunning = thread.stop()
        queue.close()
        return wasRunning
    }

    private func startIfNeeded(_ name: String) throws(StoreError) {
        try thread.startIfNeeded(closedError: { closedError(name) }) { [self] in
            WriterLoop(
                database: database, queue: queue, uses: uses, activity: activity, memory: memory, now: now,
                patience: { self.patience }
            ).run()
        }
    }

    private func closedError(_ operation: String) -> StoreError {
        StoreError(.closed, operation: operation, path: database.directory.path)
    }

    /// How long the ticket may be waited for now.
    private var patience: Duration {
        guard let deadline = closingDeadline.withLock({ $0 }) else { return lockTimeout }
        return max(.zero, min(lockTimeout, deadline - ContinuousClock.now))
    }
}
