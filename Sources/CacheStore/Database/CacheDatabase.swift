import CSQLite
import HTTPCaching
import HTTPSemantics

/// Opens connections to the cache database with the settings that the measurements in the design call for.
struct CacheDatabase: Sendable {
    let directory: CacheDirectory
    let migrations: Migrations
    /// Whether each commit waits until the disk has it.
    let durable: Bool
    /// Bound of the database's length in pages; nil: none. For tests of a full disk.
    let maximumPages: Int?
    /// For how long the ticket is waited for.
    let lockTimeout: Duration
    /// Tells the room of the file system that a directory lies on; nil where nobody knows.
    var freeSpace: @Sendable (_ directory: String) -> FreeSpace? = FreeSpace.probe

    var path: String { directory.databasePath }

    /// The length of a page.
    static let pageBytes: Int64 = 8192

    /// Makes the database where it is missing and brings an older one up to date. Processes that come at the same moment take
    /// turns; where there is nothing to do the ticket is left alone, so that a process that holds it keeps nobody from reading.
    /// A newer database, one of another program or of another key recipe is refused as it lies.
    func create(now: UnixTime) throws(StoreError) {
        if try isCurrent(inspect()) { return }
        try bringUp(now: now)
        _ = try inspect()
    }

    private func isCurrent(_ found: Migrations.Found) -> Bool { found == .version(migrations.currentVersion) }

    /// Throws where the database, or the lock file, is not to be written by this user.
    func checkIsWritable() throws(StoreError) {
        _ = try LockFile(path: directory.lockPath)
        try directory.checkDatabaseIsWritable()
    }

    private func bringUp(now: UnixTime) throws(StoreError) {
        let ticket = try TicketLock(path: directory.lockPath)
        try ticket.withTicket(within: lockTimeout) { () throws(StoreError) in
            try directory.createDatabaseFile()
            let found = try inspect()
            if !isCurrent(found) {
                let connection = try SQLiteConnection(path: path, mode: .readWrite)
                connection.setBusyTimeout(milliseconds: Self.busyMilliseconds)
                if found == .empty {
                    // Both are settled by the first page that is written. 8 KiB: faster than 4 while the database is small,
                    // and half the log of 16 when it is large. Incremental vacuum: so that space can be given back.
                    try connection.execute("PRAGMA page_size = \(Self.pageBytes); PRAGMA auto_vacuum = INCREMENTAL")
                }
                guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
                    throw StoreError(
                        .ioError, operation: "switch to write-ahead logging", path: path,
                        detail: "the file system has no shared memory")
                }
                try migrations.bringUp(connection, createdMilliseconds: now.milliseconds)
            }
        }
    }

    /// What the file holds, seen through a connection that cannot write, so that a refused database stays as it is.
    private func inspect() throws(StoreError) -> Migrations.Found {
        guard try directory.hasDatabase() else { return .empty }
        let connection = try SQLiteConnection(path: path, mode: .readOnly)
        connection.setBusyTimeout(milliseconds: Self.busyMilliseconds)
        let found = try Migrations.inspect(connection)
        try migrations.check(found, path: path)
        if found != .empty { try checkKeyRecipe(connection) }
        return found
    }

    private func checkKeyRecipe(_ connection: SQLiteConnection) throws(StoreError) {
        guard try connection.text("SELECT value FROM meta WHERE name = 'key_recipe'") == CacheKey.recipe else {
            throw StoreError(.differentKeyRecipe, operation: "open", path: path)
        }
    }

    /// The connection of the writing thread.
    func openWriter() throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: .readWrite)
        connection.setBusyTimeout(milliseconds: Self.busyMilliseconds)
        // secure_delete: Debian's library overwrites what is deleted unless told not to, which doubles the cost of eviction.
        try connection.execute(
            """
            PRAGMA synchronous = \(durable ? "FULL" : "NORMAL");
            PRAGMA cache_size = -16384;
            PRAGMA mmap_size = 0;
            PRAGMA secure_delete = OFF;
            PRAGMA wal_autocheckpoint = 0;
            """, operation: "open")
        if let maximumPages { try connection.execute("PRAGMA max_page_count = \(maximumPages)") }
        connection.followLogLength()
        return connection
    }

    /// The connection of the thread that copies the write-ahead log.
    static func openCheckpointer(path: String) throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: .readWrite)
        connection.setBusyTimeout(milliseconds: 0)
        try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0", operation: "open")
        return connection
    }

    /// A connection that only reads. It can have temporary tables.
    func openReader() throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: .readOnly)
        connection.setBusyTimeout(milliseconds: Self.busyMilliseconds)
        // No memory map: what is read through one counts as resident, and look-ups are no faster with it (docs/adr/0006).
        try connection.execute("PRAGMA cache_size = -4096; PRAGMA mmap_size = 0", operation: "open")
        return connection
    }

    /// A backstop: the ticket keeps writers apart, so nobody waits here unless a foreign program holds the database.
    static let busyMilliseconds: Int32 = 10_000
}
