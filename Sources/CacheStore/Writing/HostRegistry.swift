import HTTPSemantics

/// The rows of the origins, remembered. Used by the writing thread inside its transaction.
final class HostRegistry {
    /// Beyond this many remembered rows the memory starts anew.
    private static let maximumRemembered = 16_384

    private let find: SQLiteStatement
    private let insert: SQLiteStatement
    private let connection: SQLiteConnection
    private var rows: [Origin: Int64] = [:]

    init(connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        find = try connection.prepare("SELECT host_id FROM host WHERE origin = ?1")
        insert = try connection.prepare("INSERT INTO host (origin, name) VALUES (?1, ?2)")
    }

    func row(of origin: Origin) throws(StoreError) -> Int64 {
        if let row = rows[origin] { return row }
        find.bind(origin.serialized, at: 1)
        let found = try find.step() ? find.integer(0) : nil
        find.reset()
        let row: Int64
        if let found {
            row = found
        } else {
            insert.bind(origin.serialized, at: 1)
            insert.bind(origin.host, at: 2)
            try insert.run("store a host")
            row = connection.lastInsertedRow
        }
        if rows.count >= Self.maximumRemembered { rows.removeAll(keepingCapacity: true) }
        rows[origin] = row
        return row
    }

    /// Forgets what a transaction that was rolled back may have written.
    func forget() {
        rows.removeAll(keepingCapacity: true)
    }
}
