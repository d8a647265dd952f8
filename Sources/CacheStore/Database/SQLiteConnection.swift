import CSQLite

/// One connection to the database. Not thread-safe: whoever owns it uses it from one thread at a time.
final class SQLiteConnection {
    enum Mode {
        case readOnly
        case readWrite
    }

    let handle: OpaquePointer
    let path: String
    /// Length of the write-ahead log in pages after this connection's last commit; 0 before the first.
    private(set) var logPages: Int32 = 0

    /// Has SQLite not count the memory it takes, for which all threads would wait for each other at one lock. Has an effect before
    /// the first connection is opened, for all of the process.
    static func leaveMemoryUncounted() {
        _ = larder_sqlite3_config_memstatus(0)
    }

    /// Opens an existing file (an empty one is an empty database).
    init(path: String, mode: Mode) throws(StoreError) {
        var opened: OpaquePointer?
        let access = mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let result = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, nil)
        guard result == SQLITE_OK, let opened else {
            let code = opened.map(sqlite3_extended_errcode) ?? result
            let system = opened.map(sqlite3_system_errno) ?? 0
            sqlite3_close_v2(opened)
            throw .sqlite(code, systemError: system, operation: "open", path: path)
        }
        self.handle = opened
        self.path = path
        sqlite3_extended_result_codes(opened, 1)
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs statements that return nothing of interest.
    func execute(_ sql: String, operation: String = "execute") throws(StoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(operation) }
    }

    func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
        try SQLiteStatement(sql, connection: self)
    }

    /// The first column of the first row as a number; 0 where there is no row.
    func integer(_ sql: String) throws(StoreError) -> Int64 {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// The first column of the first row as text; nil where there is no row.
    func text(_ sql: String) throws(StoreError) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.text(0) : nil
    }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    var changedRows: Int { Int(sqlite3_changes(handle)) }

    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// For how long a statement waits for another connection's lock.
    func setBusyTimeout(milliseconds: Int32) {
        sqlite3_busy_timeout(handle, milliseconds)
    }

    /// The error of the last call.
    func error(_ operation: String) -> StoreError {
        .sqlite(
            sqlite3_extended_errcode(handle), systemError: sqlite3_system_errno(handle), operation: operation, path: path)
    }

    /// Counts the pages of the write-ahead log after each commit, and stops SQLite's own checkpoints, which use the same hook.
    func followLogLength() {
        // The connection outlives its hook: it is closed in deinit, and the hook runs only inside calls on it.
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                if let context { Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue().logPages = pages }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    enum CheckpointMode {
        /// Copies what it can without waiting for anybody.
        case passive
        /// Copies everything and waits for readers, so that the next commit starts the log anew.
        case restart
        /// The same, and cuts the log's file to nothing.
        case truncate
    }

    /// Copies the write-ahead log into the database. Returns whether all of it was copied and, for the modes that wait,
    /// whether the log can start anew.
    func checkpoint(_ mode: CheckpointMode) throws(StoreError) -> Bool {
        var logFrames: Int32 = 0
        var copiedFrames: Int32 = 0
        let raw =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        let result = sqlite3_wal_checkpoint_v2(handle, nil, raw, &logFrames, &copiedFrames)
        if result & 0xFF == SQLITE_BUSY { return false }
        guard result == SQLITE_OK else { throw error("checkpoint") }
        if mode != .passive { logPages = 0 }
        return logFrames == copiedFrames
    }
}
