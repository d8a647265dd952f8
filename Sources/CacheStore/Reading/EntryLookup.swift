import HTTPCaching
import HTTPSemantics

/// The statements that find the stored responses of keys: of one, and of many at once, which spares most of what SQLite does for
/// each statement.
final class EntryLookup {
    /// Keys in one statement.
    private static let groupCount = 64
    /// For fewer than this many the statement for one is quicker.
    private static let leastGroup = 4

    private let connection: SQLiteConnection
    private let single: SQLiteStatement
    /// Prepared when it is first needed.
    private var group: SQLiteStatement?

    init(connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        single = try connection.prepare(
            "\(EntryRows.select) FROM \(EntryRows.tables) WHERE e.key_hash = ?1 AND e.url = ?2 AND e.method = ?3")
    }

    /// All variants of each key.
    func variants(of keys: [CacheKey], hashes: [Int64]) throws(StoreError) -> EntryRows {
        var rows = EntryRows(capacity: keys.count)
        var start = 0
        while start < keys.count {
            let count = min(Self.groupCount, keys.count - start)
            if count < Self.leastGroup {
                try find(keys, hashes, at: start, &rows)
                start += 1
            } else {
                try find(keys, hashes, at: start..<start + count, &rows)
                start += count
            }
        }
        return rows
    }

    private func find(_ keys: [CacheKey], _ hashes: [Int64], at index: Int, _ rows: inout EntryRows) throws(StoreError) {
        single.bind(hashes[index], at: 1)
        single.bind(keys[index].url.serialized, at: 2)
        single.bind(keys[index].method.rawValue, at: 3)
        while try single.step("look up") { rows.append(single, keyAt: index) }
        single.reset()
    }

    private func find(
        _ keys: [CacheKey], _ hashes: [Int64], at indices: Range<Int>, _ rows: inout EntryRows
    ) throws(StoreError) {
        let statement = try groupStatement()
        statement.bind(hashes[indices], from: 1, places: Self.groupCount)
        while try statement.step("look up") {
            let index = indices.lowerBound + Int(statement.integer(EntryRows.nextColumn))
            // Two keys may have one hash.
            if isRow(of: keys[index], statement) { rows.append(statement, keyAt: index) }
        }
        statement.reset()
    }

    private func groupStatement() throws(StoreError) -> SQLiteStatement {
        if let group { return group }
        // The hashes are gone through as they stand, each with its number; a list after IN is sorted into a table first. CROSS JOIN: SQLite
        // keeps this order, the hashes before the entries.
        let hashes = (0..<Self.groupCount).map { "(\($0), ?\($0 + 1))" }.joined(separator: ", ")
        let statement = try connection.prepare(
            """
            WITH wanted (number, hash) AS (VALUES \(hashes))
            \(EntryRows.select), wanted.number, e.url, e.method
            FROM wanted CROSS JOIN \(EntryRows.tables) WHERE e.key_hash = wanted.hash
            """)
        group = statement
        return statement
    }

    /// Whether the present row is that of the key, and not of another one with its hash.
    private func isRow(of key: CacheKey, _ statement: SQLiteStatement) -> Bool {
        statement.hasText(key.url.serialized, at: EntryRows.nextColumn + 1)
            && statement.hasText(key.method.rawValue, at: EntryRows.nextColumn + 2)
    }
}
