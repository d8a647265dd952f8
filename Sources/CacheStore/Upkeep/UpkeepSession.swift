/// A writing connection of upkeep, beside that of the writing thread: short transactions under the ticket.
///
/// For one thread. Its commits look to everybody, the memory tier of this store included, like those of another process.
final class UpkeepSession {
    let database: CacheDatabase
    private let ticket: TicketLock
    private let checkpointer: Checkpointer
    private let writer: DatabaseWriter

    init(database: CacheDatabase) throws(StoreError) {
        self.database = database
        checkpointer = Checkpointer(database: database)
        let ticket = try TicketLock(path: database.directory.lockPath)
        self.ticket = ticket
        writer = try ticket.withTicket(within: database.lockTimeout) { () throws(StoreError) in
            try DatabaseWriter(database: database)
        }
    }

    /// Runs `body` in a transaction of its own; nothing of it stays where it throws.
    func transaction<Result>(_ body: (DatabaseWriter) throws(StoreError) -> Result) throws(StoreError) -> Result {
        let result = try ticket.withTicket(within: database.lockTimeout) { () throws(StoreError) in
            checkpointer.holdBackLog(writer.connection)
            return try writer.transaction { (writer) throws(StoreError) in
                writer.entries.begin()
                try writer.room.begin(forgetHosts: writer.hosts.forget)
                checkpointer.keepLog(within: writer.room.logPauseBytes)
                return try body(writer)
            }
        }
        checkpointer.logHasGrown(to: writer.connection.logPages)
        return result
    }

    /// Runs `body` with the right to write and outside of a transaction.
    func alone<Result>(_ body: (DatabaseWriter) throws(StoreError) -> Result) throws(StoreError) -> Result {
        try ticket.withTicket(within: database.lockTimeout) { () throws(StoreError) in try body(writer) }
    }

    /// Copies the log into the database and gives its space back. Returns false where readers kept some of it.
    func cutLog() throws(StoreError) -> Bool {
        // Most of it while others write; the rest is short.
        checkpointer.copyLog(writer.connection)
        return try alone { (writer) throws(StoreError) in checkpointer.cutLog(writer.connection) }
    }

    /// Ends the copying thread.
    func end() {
        checkpointer.end()
    }
}
