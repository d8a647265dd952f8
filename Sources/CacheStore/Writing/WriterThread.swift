import Synchronization

/// The one thread of this process that writes: takes what waits in the queue, a group at a time, and commits it under the
/// ticket. Started by the first write.
final class WriterThread: Sendable {
    private enum Phase {
        case notStarted
        case running
        case stopped
    }

    let queue: WriterQueue
    let uses = UseLedger()
    let activity = ActivityLedger()

    private let database: CacheDatabase
    private let checkpointer: Checkpointer
    private let phase = Mutex(Phase.notStarted)
    private let ended = CommitHandle()
    /// For how long the ticket is waited for.
    private let lockTimeout: Duration
    /// Told of each commit; nil: there is none.
    private let memory: MemoryTier?
    /// Until when it is waited for once the store is being closed.
    private let closingDeadline = Mutex<ContinuousClock.Instant?>(nil)

    init(database: CacheDatabase, maximumQueuedBytes: Int, lockTimeout: Duration, memory: MemoryTier?) {
        self.memory = memory
        self.database = database
        self.lockTimeout = lockTimeout
        self.queue = WriterQueue(maximumBytes: maximumQueuedBytes)
        self.checkpointer = Checkpointer(database: database)
    }

    // MARK: Callers' side

    /// Queues a write; waits only while the queue is over its bound.
    func submit(_ operation: WriteOperation, byteCount: Int, name: String) async throws(StoreError) -> CommitHandle {
        try startIfNeeded(name)
        let handle = CommitHandle()
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

    /// Returns when all that was queued before is committed, collected uses and sums included.
    func flush() async throws(StoreError) {
        let isIdle = phase.withLock { $0 != .running } && uses.isEmpty && activity.isEmpty
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
        if wasRunning { try? await ended.value }
        return failure
    }

    /// Ends the threads once the queue is written; does not wait. Returns whether they ran.
    @discardableResult
    func stop() -> Bool {
        let wasRunning = phase.withLock { phase in
            defer { phase = .stopped }
            return phase == .running
        }
        queue.close()
        return wasRunning
    }

    private func startIfNeeded(_ name: String) throws(StoreError) {
        let failure = phase.withLock { phase -> StoreError? in
            switch phase {
            case .running: return nil
            case .stopped: return closedError(name)
            case .notStarted:
                do throws(StoreError) {
                    try DedicatedThread.start("larder-writer", path: database.path) { [self] in run() }
                    phase = .running
                    return nil
                } catch {
                    return error
                }
            }
        }
        if let failure { throw failure }
    }

    private func closedError(_ operation: String) -> StoreError {
        StoreError(.closed, operation: operation, path: database.directory.path)
    }

    // MARK: The thread

    /// A group takes in what arrives while it is written, for at most this long.
    private static let maximumGroupTime = Duration.milliseconds(20)

    private func run() {
        var writer: DatabaseWriter?
        var ticket: TicketLock?
        var leftovers: [StagedBody] = []
        while true {
            let writes = queue.next(maximumCount: WriteGroup.maximumCount, maximumBytes: WriteGroup.maximumBytes)
            if writes.isEmpty { break }
            var group = WriteGroup(tellsNames: memory != nil)
            group.accept(writes)
            do throws(StoreError) {
                try write(writes, in: &group, ticket: &ticket, writer: &writer, leftovers: &leftovers)
                group.complete(.success(()))
                if let writer { checkpointer.logHasGrown(to: writer.connection.logPages) }
            } catch {
                writer?.hosts.forget()
                // Whoever waits behind the group would wait as long once more: a flush or a close must end within the limit.
                if error.code == .busy, error.sqliteCode == nil { acceptAll(&group) }
                leftovers += group.abandoned
                group.complete(.failure(error))
            }
        }
        checkpointer.finish(writer?.connection)
        writer = nil
        ended.complete(.success(()))
    }

    /// Takes everything that is queued into the group.
    private func acceptAll(_ group: inout WriteGroup) {
        while true {
            let more = queue.more(maximumCount: .max, maximumBytes: .max)
            if more.isEmpty { return }
            group.accept(more)
        }
    }

    /// How long the ticket may be waited for now.
    private var patience: Duration {
        guard let deadline = closingDeadline.withLock({ $0 }) else { return lockTimeout }
        return max(.zero, min(lockTimeout, deadline - ContinuousClock.now))
    }

    /// Opens what is not open yet: a store that could not be written a moment ago may be by now.
    private func write(
        _ writes: [QueuedWrite], in group: inout WriteGroup, ticket: inout TicketLock?, writer: inout DatabaseWriter?,
        leftovers: inout [StagedBody]
    ) throws(StoreError) {
        let held: TicketLock
        if let known = ticket { held = known } else { held = try TicketLock(path: database.directory.lockPath) }
        ticket = held
        try held.withTicket(within: patience) { () throws(StoreError) in
            let opened: DatabaseWriter
            if let known = writer { opened = known } else { opened = try DatabaseWriter(database: database) }
            writer = opened
            checkpointer.holdBackLog(opened.connection)
            try commit(writes, in: &group, with: opened)
            drop(&leftovers, with: opened)
        }
    }

    /// Drops staged bodies whose own group failed, each in a transaction of its own: one that cannot be dropped must fail
    /// nobody else. What is left at the end goes when a store on the same directory next starts to write.
    private func drop(_ leftovers: inout [StagedBody], with writer: DatabaseWriter) {
        let connection = writer.connection
        while let body = leftovers.last {
            do throws(StoreError) {
                try connection.execute("BEGIN IMMEDIATE", operation: "begin")
                try body.drop(with: writer.bodies)
                try connection.execute("COMMIT", operation: "commit")
            } catch {
                if connection.isInTransaction { try? connection.execute("ROLLBACK") }
                return
            }
            body.forgetRow(.dropped)
            leftovers.removeLast()
        }
    }

    private func commit(_ writes: [QueuedWrite], in group: inout WriteGroup, with writer: DatabaseWriter) throws(StoreError) {
        let start = ContinuousClock.now
        let connection = writer.connection
        var taken: (uses: UseLedger.Uses, sums: ActivityLedger.Sums) = ([:], [:])
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE", operation: "begin")
            try group.write(writes, with: writer)
            while !group.isFull, ContinuousClock.now - start < Self.maximumGroupTime {
                let more = queue.more(
                    maximumCount: WriteGroup.maximumCount - group.count,
                    maximumBytes: WriteGroup.maximumBytes - group.byteCount)
                if more.isEmpty { break }
                group.accept(more)
                try group.write(more, with: writer)
            }
            taken = (uses.take(), activity.take())
            try writer.freshness.write(taken.uses)
            try writer.activity.write(taken.sums)
            try commit(group, connection)
        } catch {
            // Some failures have rolled back by themselves.
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            group.failStaged(error)
            uses.add(taken.uses)
            activity.add(taken.sums)
            throw error
        }
    }
    private func commit(_ group: WriteGroup, _ connection: SQLiteConnection) throws(StoreError) {
        memory?.willCommit(group.touched)
        do throws(StoreError) {
            try connection.execute("COMMIT", operation: "commit")
            memory?.didCommit(logPages: connection.logPages)
        } catch {
            memory?.didCommit(logPages: nil)
            throw error
        }
    }
}
