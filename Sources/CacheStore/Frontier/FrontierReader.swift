import Synchronization

/// What is read beside the writing thread: counts, and whether anything has changed. One connection, one caller at a time.
final class FrontierReader: Sendable {
    private struct Open {
        let connection: SQLiteConnection
        let progress: SQLiteStatement
        let version: SQLiteStatement
    }

    private let database: FrontierDatabase
    /// Nil before the first read, and once closed.
    private let open = Mutex<Open?>(nil)

    init(database: FrontierDatabase) {
        self.database = database
    }

    /// How far the job is, as committed by now, by any process. Reads one page, which is in memory where nobody has written.
    func progress() throws(StoreError) -> FrontierProgress {
        try read { (open) throws(StoreError) in try FrontierProgress(open.progress, path: database.path) }
    }

    /// A number that another commit changes.
    func version() throws(StoreError) -> Int64 {
        try read { (open) throws(StoreError) in
            defer { open.version.reset() }
            _ = try open.version.step("look for changes")
            return open.version.integer(0)
        }
    }

    func close() {
        open.withLock { $0 = nil }
    }

    private func read<Value: Sendable>(_ body: (Open) throws(StoreError) -> Value) throws(StoreError) -> Value {
        let result = open.withLock { open -> Result<Value, StoreError> in
            do throws(StoreError) {
                let present: Open
                if let known = open {
                    present = known
                } else {
                    let connection = try database.openReader()
                    present = try Open(
                        connection: connection, progress: connection.prepare(FrontierProgress.select),
                        version: connection.prepare("PRAGMA data_version"))
                }
                open = present
                return .success(try body(present))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
