/// The writing thread's connection with its prepared statements.
final class DatabaseWriter {
    let connection: SQLiteConnection
    let bodies: BodyWriter
    let hosts: HostRegistry
    let entries: EntryWriter
    let freshness: FreshnessWriter
    let activity: ActivityWriter
    let owner: StagingOwner

    /// Opens the connection and clears away what killed processes left. The caller holds the ticket.
    init(database: CacheDatabase) throws(StoreError) {
        connection = try database.openWriter()
        bodies = try BodyWriter(connection: connection)
        hosts = try HostRegistry(connection: connection)
        entries = try EntryWriter(connection: connection, bodies: bodies, hosts: hosts)
        freshness = try FreshnessWriter(connection: connection)
        activity = try ActivityWriter(connection: connection)
        owner = try StagingOwner(lockPath: database.directory.lockPath)
        try owner.removeAbandoned(connection, bodies: bodies, lockPath: database.directory.lockPath)
    }
}
