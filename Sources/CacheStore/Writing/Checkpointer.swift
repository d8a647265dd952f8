import Synchronization

/// Keeps the write-ahead log short: a second thread copies it into the database beside the writing thread, and where it grows
/// nevertheless the writing thread pauses for one full pass.
///
/// With SQLite's own checkpoints inside the writer half the speed is lost; with the second thread alone the log has no bound.
final class Checkpointer: Sendable {
    /// Lengths of the log in pages.
    private struct Bounds: Equatable {
        /// At which writing pauses: 64 MiB.
        var pause: Int32 = 64 << 20 / 8192
        /// After which the thread copies: 4 MiB.
        var pass: Int32 = 4 << 20 / 8192
        /// By which the log may grow after a full pass that a reader held up: 16 MiB.
        var nextTry: Int32 = 16 << 20 / 8192

        /// - Parameter pauseBytes: the length at which writing pauses, where it is less than usual.
        init(pauseBytes: Int64? = nil) {
            guard let pauseBytes, pauseBytes / CacheDatabase.pageBytes < pause else { return }
            pause = Int32(pauseBytes / CacheDatabase.pageBytes)
            pass = min(pass, pause / 3)
            nextTry = min(nextTry, pause / 4)
        }
    }

    /// For how long a full pass waits for readers.
    private static let patienceMilliseconds: Int32 = 1000
    /// For how long a full pass waits for the pass that is under way, which a busy disk can make long: the log has no bound
    /// without it. A process that is stopped in the middle of its pass holds the others up no longer than this.
    private static let turnMilliseconds: Int32 = 10_000

    private struct State {
        var isStarted = false
        var isRunning = false
        var isDue = false
        var isStopped = false
    }

    private let monitor = Monitor(State())
    private let path: String
    private let lockPath: String
    /// Pages of the log at the last pass that was asked for, and those at which the next full pass is tried.
    private let marks = Mutex((lastPass: Int32(0), fullPass: Bounds().pause, bounds: Bounds()))

    /// - Parameters:
    ///   - path: of the database, whose pages have `CacheDatabase.pageBytes`.
    ///   - lockPath: of the file whose byte `LockFile.Byte.checkpoint` one of the processes holds while it copies.
    init(path: String, lockPath: String) {
        self.path = path
        self.lockPath = lockPath
    }

    convenience init(database: CacheDatabase) {
        self.init(path: database.path, lockPath: database.directory.lockPath)
    }

    /// Called by the writing thread inside its transaction, with the log's share of the cache's size limit, or of a small disk; nil:
    /// nothing makes it shorter than usual.
    func keepLog(within pauseBytes: Int64?) {
        let bounds = Bounds(pauseBytes: pauseBytes)
        marks.withLock { marks in
            guard bounds != marks.bounds else { return }
            marks.bounds = bounds
            marks.fullPass = bounds.pause
        }
    }

    /// Called by the writing thread after each commit.
    func logHasGrown(to pages: Int32) {
        let isDue = marks.withLock { marks in
            // A shorter log than before has begun anew.
            if pages < marks.lastPass { marks.lastPass = 0 }
            if pages < marks.bounds.pause { marks.fullPass = marks.bounds.pause }
            guard pages - marks.lastPass >= marks.bounds.pass else { return false }
            marks.lastPass = pages
            return true
        }
        if isDue { wake() }
    }

    /// Called by the writing thread before a transaction, with the ticket: one full pass where the log is over its bound.
    func holdBackLog(_ connection: SQLiteConnection) {
        let pages = connection.logPages
        guard pages >= marks.withLock({ $0.fullPass }) else { return }
        // A failure leaves the log as it is; if the disk is at fault, the transaction that follows will say so.
        let isDone = copyAlone(.restart, connection, patience: Self.patienceMilliseconds)
        marks.withLock { marks in
            marks.lastPass = isDone ? 0 : pages
            marks.fullPass = isDone ? marks.bounds.pause : pages + marks.bounds.nextTry
        }
    }

    /// Called by the writing thread at its end: ends the copying thread, and gives the log's space back if nobody else uses the
    /// database.
    func finish(_ connection: SQLiteConnection?) {
        end()
        if let connection { _ = copyAlone(.truncate, connection, patience: 100) }
    }

    /// Ends the copying thread.
    func end() {
        stop()
        monitor.wait { $0.isRunning ? nil : () }
    }

    /// Copies what can be copied beside writers and readers.
    func copyLog(_ connection: SQLiteConnection) {
        guard let lock = try? LockFile(path: lockPath), lock.tryLock(LockFile.Byte.checkpoint) else { return }
        _ = try? connection.checkpoint(.passive)
    }

    /// Copies the whole log and gives its space back, as far as readers let it; waits for them for a while. The caller holds the
    /// ticket, so that no writer meets the pass.
    func cutLog(_ connection: SQLiteConnection) -> Bool {
        copyAlone(.truncate, connection, patience: Self.patienceMilliseconds)
    }

    /// Runs a pass that waits for others. It must be the only one: SQLite refuses a second at once, whatever the time-out.
    private func copyAlone(_ mode: SQLiteConnection.CheckpointMode, _ connection: SQLiteConnection, patience: Int32) -> Bool {
        // Without the byte the pass waits for a later time: who holds it copies as well, or is a stopped process.
        guard let lock = try? LockFile(path: lockPath),
            lock.lock(LockFile.Byte.checkpoint, within: .milliseconds(Self.turnMilliseconds))
        else { return false }
        connection.setBusyTimeout(milliseconds: patience)
        defer { connection.setBusyTimeout(milliseconds: CacheDatabase.busyMilliseconds) }
        return (try? connection.checkpoint(mode)) ?? false
    }

    private func stop() {
        monitor.withLock { $0.isStopped = true }
        monitor.wakeAll()
    }

    private func wake() {
        let mustStart = monitor.withLock { state in
            state.isDue = true
            guard !state.isStarted, !state.isStopped else { return false }
            state.isStarted = true
            state.isRunning = true
            return true
        }
        guard mustStart else {
            monitor.wakeAll()
            return
        }
        do throws(StoreError) {
            try DedicatedThread.start("larder-copier", path: path) { [self] in
                run()
                noteEnd()
            }
        } catch {
            // Without the thread the full passes of the writing thread bound the log.
            noteEnd()
        }
    }

    private func noteEnd() {
        monitor.withLock { $0.isRunning = false }
        monitor.wakeAll()
    }

    /// Returns when stopped; the connection is closed then.
    private func run() {
        guard let connection = try? CacheDatabase.openCheckpointer(path: path), let lock = try? LockFile(path: lockPath)
        else { return }
        while true {
            let goesOn = monitor.wait { state -> Bool? in
                if state.isStopped { return false }
                guard state.isDue else { return nil }
                state.isDue = false
                return true
            }
            if !goesOn { return }
            // Another process that copies does this one's work as well.
            guard lock.tryLock(LockFile.Byte.checkpoint) else { continue }
            _ = try? connection.checkpoint(.passive)
            lock.unlock(LockFile.Byte.checkpoint)
        }
    }
}
