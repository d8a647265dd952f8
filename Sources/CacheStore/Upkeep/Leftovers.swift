/// Rows that nothing refers to: of damage, of killed processes, and hosts whose last entry is gone.
///
/// They are looked for in a read transaction, which keeps nobody from writing, and each is looked at again when it is removed.
struct Leftovers {
    /// Rows of each kind that are found at once; more are for the next time.
    private static let maximumCount = 100_000
    /// Rows that one transaction removes.
    private static let rowsPerStep = 256

    /// Bodies that no entry has and that nobody is staging.
    private(set) var bodies: [Int64] = []
    /// Entries that are not there and have freshness or uses.
    private(set) var freshness: [Int64] = []
    /// Numbers of bodies that are not there and have chunks.
    private(set) var chunks: [Int64] = []
    private(set) var hosts: [Int64] = []
    /// The last entry when they were looked for.
    private var lastEntry: Int64 = 0

    static func find(in database: CacheDatabase) throws(StoreError) -> Leftovers {
        let connection = try database.openReader()
        try connection.execute("BEGIN", operation: "look for leftovers")
        var found = Leftovers()
        found.lastEntry = try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'entry'")
        found.bodies = try connection.integers(
            """
            SELECT body_id FROM body WHERE state = 0 AND reference_count <= 0 AND body_id NOT IN (SELECT body_id FROM entry)
            LIMIT \(maximumCount)
            """)
        found.freshness = try connection.integers(
            """
            SELECT entry_id FROM freshness WHERE entry_id NOT IN (SELECT entry_id FROM entry)
            UNION SELECT entry_id FROM entry_use WHERE entry_id NOT IN (SELECT entry_id FROM entry) LIMIT \(maximumCount)
            """)
        found.chunks = try connection.integers(strayChunks + " LIMIT \(maximumCount)")
        found.hosts = try connection.integers(
            """
            SELECT host_id FROM host WHERE host_id NOT IN (SELECT host_id FROM entry)
                AND host_id NOT IN (SELECT host_id FROM dictionary) LIMIT \(maximumCount)
            """)
        return found
    }

    /// Walks from body to body by the chunks' keys, without reading the chunks.
    static let strayChunks = """
        WITH RECURSIVE walk (body_id) AS (
            SELECT min(chunk_id) >> 20 FROM body_chunk
            UNION ALL
            SELECT (SELECT min(chunk_id) >> 20 FROM body_chunk WHERE chunk_id >= (walk.body_id + 1) << 20) FROM walk
            WHERE walk.body_id IS NOT NULL)
        SELECT body_id FROM walk WHERE body_id IS NOT NULL AND body_id NOT IN (SELECT body_id FROM body)
        """

    func remove(with session: UpkeepSession) throws(StoreError) {
        for row in bodies { try session.transaction { writer throws(StoreError) in try Self.removeBody(row, with: writer) } }
        for rows in Self.steps(freshness) {
            try session.transaction { writer throws(StoreError) in
                for row in rows { try Self.removeFreshness(row, with: writer) }
            }
        }
        for row in chunks {
            _ = try session.transaction { writer throws(StoreError) in try Self.removeChunks(of: row, with: writer) }
        }
        for rows in Self.steps(hosts) {
            try session.transaction { writer throws(StoreError) in try removeHosts(rows, with: writer) }
        }
    }

    private static func steps(_ rows: [Int64]) -> [ArraySlice<Int64>] {
        stride(from: 0, to: rows.count, by: rowsPerStep).map { rows[$0..<min($0 + rowsPerStep, rows.count)] }
    }

    private static func removeBody(_ row: Int64, with writer: DatabaseWriter) throws(StoreError) {
        let isUnused = try writer.connection.integer(
            "SELECT count(*) FROM body WHERE body_id = \(row) AND state = 0 AND reference_count <= 0")
        if isUnused != 0 { try writer.bodies.drop(row) }
    }

    /// Returns whether there was any.
    @discardableResult
    static func removeFreshness(_ row: Int64, with writer: DatabaseWriter) throws(StoreError) -> Bool {
        var removed = 0
        for table in ["freshness", "entry_use"] {
            try writer.connection.execute(
                "DELETE FROM \(table) WHERE entry_id = \(row) AND NOT EXISTS (SELECT 1 FROM entry WHERE entry_id = \(row))",
                operation: "remove leftovers")
            removed += writer.connection.changedRows
        }
        return removed > 0
    }

    /// Returns whether there were any.
    static func removeChunks(of row: Int64, with writer: DatabaseWriter) throws(StoreError) -> Bool {
        try writer.connection.execute(
            """
            DELETE FROM body_chunk WHERE chunk_id BETWEEN \(ChunkID.first(of: row)) AND \(ChunkID.last(of: row))
                AND NOT EXISTS (SELECT 1 FROM body WHERE body_id = \(row))
            """, operation: "remove leftovers")
        return writer.connection.changedRows > 0
    }

    /// Entries of these hosts may have come since they were looked for, in rows behind the last of then. Other processes remember
    /// rows of hosts, and forget them before they write again.
    private func removeHosts(_ rows: ArraySlice<Int64>, with writer: DatabaseWriter) throws(StoreError) {
        try SettingsTable(connection: writer.connection).beginHostGeneration()
        let list = rows.map(String.init).joined(separator: ", ")
        try writer.connection.execute(
            """
            DELETE FROM host WHERE host_id IN (\(list))
                AND host_id NOT IN (SELECT host_id FROM entry WHERE entry_id > \(lastEntry))
            """, operation: "remove hosts")
    }
}

extension SQLiteConnection {
    /// The first column of all rows.
    func integers(_ sql: String) throws(StoreError) -> [Int64] {
        let statement = try prepare(sql)
        var values: [Int64] = []
        while try statement.step() { values.append(statement.integer(0)) }
        return values
    }
}
