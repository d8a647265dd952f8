/// The table `delayed`: what is not to be handed out before a time.
final class DelayedTable {
    /// Rows that come back in one transaction at most.
    private static let step = 1024

    private let insert: SQLiteStatement
    private let due: SQLiteStatement
    private let delete: SQLiteStatement
    private let next: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        insert = try connection.prepare(
            "INSERT INTO delayed (due_ms, \(QueueRow.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        due = try connection.prepare(
            "SELECT \(QueueRow.columns), due_ms FROM delayed WHERE due_ms <= ?1 ORDER BY due_ms, seq LIMIT \(Self.step)")
        delete = try connection.prepare("DELETE FROM delayed WHERE due_ms = ?1 AND seq = ?2")
        next = try connection.prepare("SELECT due_ms FROM delayed ORDER BY due_ms LIMIT 1")
    }

    func add(_ row: QueueRow, dueMilliseconds: Int64) throws(StoreError) {
        insert.bind(dueMilliseconds, at: 1)
        row.bind(to: insert, from: 2)
        try insert.run("postpone a URL")
    }

    /// Moves what is due back into the queue, the earliest first; returns how many.
    func release(nowMilliseconds: Int64, into queue: QueueTable) throws(StoreError) -> Int64 {
        due.bind(nowMilliseconds, at: 1)
        var rows: [(row: QueueRow, due: Int64)] = []
        while try due.step("look for what is due") { rows.append((QueueRow(due), due.integer(QueueRow.columnCount))) }
        due.reset()
        for (row, dueMilliseconds) in rows {
            delete.bind(dueMilliseconds, at: 1)
            delete.bind(row.seq, at: 2)
            try delete.run("take what is due")
            try queue.add(row)
        }
        return Int64(rows.count)
    }

    /// When the earliest comes back; nil: there is none.
    func nextDueMilliseconds() throws(StoreError) -> Int64? {
        defer { next.reset() }
        return try next.step("look for what is due") ? next.integer(0) : nil
    }
}
