/// The table `inflight`: what was handed out and is not finished. The owner of a row is the mark of a process (`ProcessMark`): rows
/// of one that does not live any more go back into the queue.
final class InflightTable {
    private let connection: SQLiteConnection
    private let mark: ProcessMark
    private let insert: SQLiteStatement
    private let delete: SQLiteStatement
    private let owners: SQLiteStatement
    private let returnRows: SQLiteStatement
    private let deleteRows: SQLiteStatement

    init(_ connection: SQLiteConnection, mark: ProcessMark) throws(StoreError) {
        self.connection = connection
        self.mark = mark
        insert = try connection.prepare(
            "INSERT INTO inflight (owner, \(QueueRow.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        delete = try connection.prepare("DELETE FROM inflight WHERE seq = ?1 AND owner = ?2")
        owners = try connection.prepare("SELECT DISTINCT owner FROM inflight")
        returnRows = try connection.prepare(
            "INSERT INTO queue (\(QueueRow.columns)) SELECT \(QueueRow.columns) FROM inflight WHERE owner = ?1")
        deleteRows = try connection.prepare("DELETE FROM inflight WHERE owner = ?1")
    }

    func add(_ row: QueueRow) throws(StoreError) {
        insert.bind(Int64(mark.number), at: 1)
        row.bind(to: insert, from: 2)
        try insert.run("hand a URL out")
    }

    /// Whether it was there: no other process has it, and it was not finished before.
    func remove(_ seq: Int64) throws(StoreError) -> Bool {
        delete.bind(seq, at: 1)
        delete.bind(Int64(mark.number), at: 2)
        try delete.run("finish a URL")
        return connection.changedRows > 0
    }

    /// Moves the rows of processes that are gone back into the queue; returns how many. Reads the whole table, which is small.
    func releaseAbandoned() throws(StoreError) -> Int64 {
        var found: [Int64] = []
        while try owners.step("look for owners") { found.append(owners.integer(0)) }
        owners.reset()
        var count: Int64 = 0
        for owner in found where !isAlive(owner) { count += try release(owner) }
        return count
    }

    /// Moves the rows of this process back into the queue.
    func releaseOwn() throws(StoreError) -> Int64 {
        try release(Int64(mark.number))
    }

    private func isAlive(_ owner: Int64) -> Bool {
        // What is no number of a byte is nobody's.
        guard let number = UInt32(exactly: owner) else { return false }
        return mark.isAlive(number)
    }

    private func release(_ owner: Int64) throws(StoreError) -> Int64 {
        returnRows.bind(owner, at: 1)
        try returnRows.run("take URLs back")
        let count = Int64(connection.changedRows)
        deleteRows.bind(owner, at: 1)
        try deleteRows.run("take URLs back")
        return count
    }
}
