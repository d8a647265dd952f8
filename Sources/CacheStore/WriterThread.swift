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

    init(database: CacheDatabase, maximumQueuedBytes: Int) {
        self.database = database
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

    /// Writes what is queued, ends the threads and copies the write-ahead log. What fails on the way is told to its handles.
    func close() async {
        try? await flush()
        let wasRunning = stop()
        if wasRunning { try? await ended.value }
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
        while true {
            let writes = queue.next(maximumCount: WriteGroup.maximumCount, maximumBytes: WriteGroup.maximumBytes)
            if writes.isEmpty { break }
            var group = WriteGroup()
            group.accept(writes)
            do throws(StoreError) {
                try write(writes, in: &group, ticket: &ticket, writer: &writer)
                group.complete(.success(()))
                if let writer { checkpointer.logHasGrown(to: writer.connection.logPages) }
            } catch {
                writer?.hosts.forget()
                group.complete(.failure(error))
            }
        }
        checkpointer.finish(writer?.connection)
        writer = nil
        ended.complete(.success(()))
    }

    /// Opens what is not open yet: a store that could not be written a moment ago may be by now.
    private func write(
        _ writes: [QueuedWrite], in group: inout WriteGroup, ticket: inout TicketLock?, writer: inout DatabaseWriter?
    ) throws(StoreError) {
        let held: TicketLock
        if let known = ticket { held = known } else { held = TicketLock(file: try LockFile(path: database.directory.lockPath)) }
        ticket = held
        try held.withTicket { () throws(StoreError) in
            let opened: DatabaseWriter
            if let known = writer { opened = known } else { opened = try DatabaseWriter(database: database) }
            writer = opened
            checkpointer.holdBackLog(opened.connection)
            try commit(writes, in: &group, with: opened)
        }
    }

    private func commit(_ writes: [QueuedWrite], in group: inout WriteGroup, with writer: DatabaseWriter) throws(StoreError) {
        let start = ContinuousClock.now
        let connection = writer.connection
        let uses = uses.take()
        let sums = activity.take()
        try connection.execute("BEGIN IMMEDIATE", operation: "begin")
        do throws(StoreError) {
            try group.write(writes, with: writer)
            while !group.isFull, ContinuousClock.now - start < Self.maximumGroupTime {
                let more = queue.more(
                    maximumCount: WriteGroup.maximumCount - group.count,
                    maximumBytes: WriteGroup.maximumBytes - group.byteCount)
                if more.isEmpty { break }
                group.accept(more)
                try group.write(more, with: writer)
            }
            try writer.freshness.write(uses)
            try writer.activity.write(sums)
            try connection.execute("COMMIT", operation: "commit")
        } catch {
            // Some failures have rolled back by themselves.
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            activity.add(sums)
            throw error
        }
    }
}
