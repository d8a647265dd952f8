/// The table `queue`: what waits to be handed out.
final class QueueTable {
    private let insert: SQLiteStatement
    private let nextHost: SQLiteStatement
    private let first: SQLiteStatement
    private let delete: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        insert = try connection.prepare(
            "INSERT INTO queue (\(QueueRow.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        // One step down the tree, however many rows a server has.
        nextHost = try connection.prepare("SELECT host_id FROM queue WHERE host_id > ?1 ORDER BY host_id LIMIT 1")
        first = try connection.prepare(
            "SELECT \(QueueRow.columns) FROM queue WHERE host_id = ?1 ORDER BY priority, seq LIMIT ?2")
        delete = try connection.prepare("DELETE FROM queue WHERE host_id = ?1 AND priority = ?2 AND seq = ?3")
    }

    func add(_ row: QueueRow) throws(StoreError) {
        row.bind(to: insert, from: 1)
        try insert.run("queue a URL")
    }

    /// The next server with rows behind that number; nil: there is none.
    func host(after host: Int64) throws(StoreError) -> Int64? {
        nextHost.bind(host, at: 1)
        defer { nextHost.reset() }
        return try nextHost.step("look for a server") ? nextHost.integer(0) : nil
    }

    /// Removes the first rows of a server and returns them.
    func take(from host: Int64, atMost count: Int) throws(StoreError) -> [QueueRow] {
        first.bind(host, at: 1)
        first.bind(count, at: 2)
        var rows: [QueueRow] = []
        while try first.step("read the queue") { rows.append(QueueRow(first)) }
        first.reset()
        for row in rows {
            delete.bind(row.host, at: 1)
            delete.bind(row.priority, at: 2)
            delete.bind(row.seq, at: 3)
            try delete.run("take from the queue")
        }
        return rows
    }
}
