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
            let hash = statement.integer(EntryRows.nextColumn)
            // The same key may have been asked for twice, and two keys may have one hash.
            var rest = indices
            while let index = Self.firstIndex(of: hash, in: hashes, rest) {
                if isRow(of: keys[index], statement) { rows.append(statement, keyAt: index) }
                rest = index + 1..<indices.upperBound
            }
        }
        statement.reset()
    }

    /// The first of these indices with that hash. For each row all of them are walked through in the end; without checks of bounds
    /// that takes a quarter of the time.
    private static func firstIndex(of hash: Int64, in hashes: [Int64], _ indices: Range<Int>) -> Int? {
        hashes.withUnsafeBufferPointer { hashes in
            var index = indices.lowerBound
            while index < indices.upperBound, hashes[index] != hash { index += 1 }
            return index < indices.upperBound ? index : nil
        }
    }

    private func groupStatement() throws(StoreError) -> SQLiteStatement {
        if let group { return group }
        let statement = try connection.prepare(
            """
            \(EntryRows.select), e.key_hash, e.url, e.method FROM \(EntryRows.tables)
            WHERE e.key_hash IN (\(SQLiteStatement.places(Self.groupCount)))
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
