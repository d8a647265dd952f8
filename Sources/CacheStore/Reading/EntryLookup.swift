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
            Self.select + " WHERE e.key_hash = ?1 AND e.url = ?2 AND e.method = ?3 ORDER BY e.entry_id")
    }

    private static let select = """
        SELECT e.entry_id, e.body_id, e.status, e.version, e.request_time_ms, e.created_ms, e.vary_fields, e.reason, e.fields,
            f.response_time_ms, f.initial_age_s, f.date_s, f.last_use_ms,
            b.digest, b.coding, b.wire_bytes, b.stored_bytes, b.decoded_bytes, b.chunk_count, e.held_ranges,
            \(FreshnessColumns.selected(from: "f")), f.is_pinned, f.expires_s, e.key_hash, e.url, e.method
        FROM entry e JOIN freshness f ON f.entry_id = e.entry_id JOIN body b ON b.body_id = e.body_id
        """

    /// All variants of each key, in the order in which they were first stored; an empty list where there is none.
    func variants(of keys: [CacheKey], hashes: [Int64]) throws(StoreError) -> [[StoredEntry]] {
        var found: [[StoredEntry]] = []
        found.reserveCapacity(keys.count)
        while found.count < keys.count {
            let start = found.count
            let count = min(Self.groupCount, keys.count - start)
            if count < Self.leastGroup {
                found.append(try variants(of: keys[start], hash: hashes[start]))
            } else {
                found += try variants(of: keys[start..<start + count], hashes: hashes[start..<start + count])
            }
        }
        return found
    }

    private func variants(of key: CacheKey, hash: Int64) throws(StoreError) -> [StoredEntry] {
        single.bind(hash, at: 1)
        single.bind(key.url.serialized, at: 2)
        single.bind(key.method.rawValue, at: 3)
        var found: [StoredEntry] = []
        while try single.step("look up") { found.append(entry(key, single)) }
        single.reset()
        return found
    }

    private func variants(of keys: ArraySlice<CacheKey>, hashes: ArraySlice<Int64>) throws(StoreError) -> [[StoredEntry]] {
        let statement = try groupStatement()
        statement.bind(hashes, from: 1, places: Self.groupCount)
        var found = Array(repeating: [StoredEntry](), count: keys.count)
        while try statement.step("look up") {
            let hash = statement.integer(32)
            // The same key may have been asked for twice, and two keys may have one hash.
            for index in keys.indices where hashes[index] == hash && isRow(of: keys[index], statement) {
                found[index - keys.startIndex].append(entry(keys[index], statement))
            }
        }
        statement.reset()
        for index in found.indices where found[index].count > 1 { found[index].sort { $0.id.row < $1.id.row } }
        return found
    }

    private func groupStatement() throws(StoreError) -> SQLiteStatement {
        if let group { return group }
        let statement = try connection.prepare(Self.select + " WHERE e.key_hash IN (\(SQLiteStatement.places(Self.groupCount)))")
        group = statement
        return statement
    }

    /// Whether the present row is that of the key, and not of another one with its hash.
    private func isRow(of key: CacheKey, _ statement: SQLiteStatement) -> Bool {
        statement.hasText(key.url.serialized, at: 33) && statement.hasText(key.method.rawValue, at: 34)
    }

    private func entry(_ key: CacheKey, _ statement: SQLiteStatement) -> StoredEntry {
        StoredEntry(
            id: EntryID(row: statement.integer(0), body: statement.integer(1)),
            key: key,
            response: StoredResponse(
                head: head(statement), freshness: freshness(statement), varyFields: fields(statement, 6),
                heldRanges: statement.optionalText(19)),
            body: body(statement),
            requestTime: UnixTime(milliseconds: statement.integer(4)),
            createdTime: UnixTime(milliseconds: statement.integer(5)),
            lastUse: UnixTime(milliseconds: statement.integer(12)), isPinned: statement.integer(30) != 0)
    }

    private func head(_ statement: SQLiteStatement) -> ResponseHead {
        let version = Int(statement.integer(3))
        var head = ResponseHead(
            version: HTTPVersion(major: version / 10, minor: version % 10), status: Int(statement.integer(2)),
            reason: statement.text(7), fields: fields(statement, 8))
        if let seconds = statement.optionalInteger(11) {
            head.fields.set(.date, HTTPDate.format(UnixTime(seconds: seconds)))
        }
        if let seconds = statement.optionalInteger(31) {
            head.fields.set("Expires", HTTPDate.format(UnixTime(seconds: seconds)))
        }
        return head
    }

    private func fields(_ statement: SQLiteStatement, _ column: Int32) -> FieldSection {
        let text = statement.text(column)
        return text.isEmpty ? FieldSection() : FieldSection(serialized: text)
    }

    private func freshness(_ statement: SQLiteStatement) -> Freshness {
        Freshness(
            responseTime: UnixTime(milliseconds: statement.integer(9)), initialAge: statement.integer(10),
            privateTerms: FreshnessColumns.terms(statement, at: 20), sharedTerms: FreshnessColumns.terms(statement, at: 25))
    }

    private func body(_ statement: SQLiteStatement) -> StoredBody {
        StoredBody(
            id: statement.integer(1), digest: statement.bytes(13),
            coding: StoredCoding(rawValue: Int(statement.integer(14))) ?? .asReceived, wireBytes: statement.integer(15),
            storedBytes: statement.integer(16), decodedBytes: statement.optionalInteger(17),
            chunkCount: Int(statement.integer(18)))
    }
}
