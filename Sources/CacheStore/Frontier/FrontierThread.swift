import HTTPSemantics
import Synchronization

/// The one thread of this process that writes a job's file. Started by the first write.
///
/// What waits in the queue while a transaction is written becomes the next one: with little to do each write is committed at once, with
/// much of it a transaction grows up to its bound.
final class FrontierThread: Sendable {
    /// Bounds of one transaction. In it other processes wait.
    private static let maximumCount = 4096
    private static let maximumBytes = 4 << 20

    /// The log's length at which a full pass is due. One transaction over many servers can add 20 MiB, and 64 are the bound.
    private static let logBytes: Int64 = 40 << 20

    private let database: FrontierDatabase
    private let mark: ProcessMark
    private let known: KnownFingerprints
    private let recentLimit: Int
    private let now: @Sendable () -> UnixTime
    private let queue: WorkQueue<FrontierWrite>
    private let thread: LazyThread
    /// Until when it is waited for once the store is being closed.
    private let closingDeadline = Mutex<ContinuousClock.Instant?>(nil)

    init(
        database: FrontierDatabase, mark: ProcessMark, known: KnownFingerprints, recentLimit: Int, maximumQueuedBytes: Int,
        now: @escaping @Sendable () -> UnixTime
    ) {
        self.database = database
        thread = LazyThread(name: "larder-frontier", path: database.path)
        self.mark = mark
        self.known = known
        self.recentLimit = recentLimit
        self.now = now
        queue = WorkQueue(maximumBytes: maximumQueuedBytes)
    }

    // MARK: Callers' side

    /// Queues a write; waits only while the queue is over its bound.
    func submit(_ operation: FrontierOperation, byteCount: Int = 64, name: String) async throws(StoreError) -> CommitHandle {
        try startIfNeeded(name)
        let handle = CommitHandle()
        guard await queue.add(FrontierWrite(operation: operation, handle: handle, byteCount: byteCount)) else {
            throw closedError(name)
        }
        return handle
    }

    /// Writes what is queued, gives back what is handed out, and ends the thread. Returns what the last write failed with.
    func close() async -> StoreError? {
        closingDeadline.withLock { $0 = $0 ?? ContinuousClock.now + database.lockTimeout }
        var failure: StoreError?
        if thread.isRunning {
            do throws(StoreError) {
                try await submit(.giveAllBack, name: "close").value
            } catch {
                // Closed by another call: that one tells.
                if error.code != .closed { failure = error }
            }
        }
        if stop() { await thread.waitForEnd() }
        return failure
    }

    /// Ends the thread once the queue is written; does not wait. Returns whether it ran.
    @discardableResult
    func stop() -> Bool {
        let wasRunning = thread.stop()
        queue.close()
        return wasRunning
    }

    private func startIfNeeded(_ name: String) throws(StoreError) {
        try thread.startIfNeeded(closedError: { closedError(name) }) { [self] in run() }
    }

    private func closedError(_ operation: String) -> StoreError {
        StoreError(.closed, operation: operation, path: database.path)
    }

    // MARK: The thread

    /// Returns when the queue is closed and all is written; the connection is closed then.
    private func run() {
        let checkpointer = Checkpointer(path: database.path, lockPath: database.files.lockPath)
        checkpointer.keepLog(within: Self.logBytes)
        var ticket: TicketLock?
        var writer: FrontierWriter?
        loop: while true {
            let writes: [FrontierWrite]
            switch queue.next(maximumCount: Self.maximumCount, maximumBytes: Self.maximumBytes) {
            case .writes(let taken): writes = taken
            case .due: continue
            case .closed: break loop
            }
            do throws(StoreError) {
                try write(writes, &ticket, &writer, checkpointer)
                for write in writes { write.handle.complete(.success(())) }
                if let writer { checkpointer.logHasGrown(to: writer.connection.logPages) }
            } catch {
                for write in writes { write.handle.complete(.failure(error)) }
                // Whoever waits behind the group would wait as long once more.
                guard error.code == .busy, error.sqliteCode == nil else { continue }
                for write in queue.more(maximumCount: .max, maximumBytes: .max) { write.handle.complete(.failure(error)) }
            }
        }
        checkpointer.finish(writer?.connection)
    }

    /// Opens what is not open yet: a file that could not be written a moment ago may be by now.
    private func write(
        _ writes: [FrontierWrite], _ ticket: inout TicketLock?, _ writer: inout FrontierWriter?, _ checkpointer: Checkpointer
    ) throws(StoreError) {
        let held: TicketLock
        if let ticket { held = ticket } else { held = try TicketLock(path: database.files.lockPath) }
        ticket = held
        var opened = writer
        try held.withTicket(within: patience) { () throws(StoreError) in
            let present: FrontierWriter
            if let opened {
                present = opened
            } else {
                present = try FrontierWriter(database: database, mark: mark, known: known, recentLimit: recentLimit)
            }
            opened = present
            checkpointer.holdBackLog(present.connection)
            try present.write(writes, nowMilliseconds: now().milliseconds)
        }
        writer = opened
    }

    /// How long the ticket may be waited for now.
    private var patience: Duration {
        guard let deadline = closingDeadline.withLock({ $0 }) else { return database.lockTimeout }
        return max(.zero, min(database.lockTimeout, deadline - ContinuousClock.now))
    }
}
