/// A writing connection with its prepared statements.
final class DatabaseWriter {
    let connection: SQLiteConnection
    let bodies: BodyWriter
    let hosts: HostRegistry
    let entries: EntryWriter
    let freshness: FreshnessWriter
    let activity: ActivityWriter
    let owner: StagingOwner
    let room: RoomKeeper

    /// Opens the connection and clears away what killed processes left. The caller holds the ticket.
    init(database: CacheDatabase) throws(StoreError) {
        connection = try database.openWriter()
        bodies = try BodyWriter(connection: connection)
        hosts = try HostRegistry(connection: connection)
        entries = try EntryWriter(connection: connection, bodies: bodies, hosts: hosts)
        freshness = try FreshnessWriter(connection: connection)
        activity = try ActivityWriter(connection: connection)
        owner = try StagingOwner(lockPath: database.directory.lockPath)
        room = try RoomKeeper(connection: connection, database: database, entries: entries)
        try owner.removeAbandoned(connection, bodies: bodies, lockPath: database.directory.lockPath)
    }

    /// Runs `body` in a transaction of its own. The caller holds the ticket.
    func transaction<Result>(_ body: (DatabaseWriter) throws(StoreError) -> Result) throws(StoreError) -> Result {
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE", operation: "begin")
            let result = try body(self)
            try connection.execute("COMMIT", operation: "commit")
            return result
        } catch {
            // Some failures have rolled back by themselves.
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }
}
