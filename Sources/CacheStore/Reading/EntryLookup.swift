import HTTPCaching
import HTTPSemantics

/// The statement that finds the stored responses of a key.
final class EntryLookup {
    private let statement: SQLiteStatement

    init(connection: SQLiteConnection) throws(StoreError) {
        statement = try connection.prepare(
            """
            SELECT e.entry_id, e.body_id, e.status, e.version, e.request_time_ms, e.created_ms, e.vary_fields, e.reason, e.fields,
                f.response_time_ms, f.initial_age_s, f.date_s, f.last_use_ms,
                b.digest, b.coding, b.wire_bytes, b.stored_bytes, b.decoded_bytes, b.chunk_count, e.held_ranges,
                \(FreshnessColumns.selected(from: "f")), f.is_pinned, f.expires_s
            FROM entry e JOIN freshness f ON f.entry_id = e.entry_id JOIN body b ON b.body_id = e.body_id
            WHERE e.key_hash = ?1 AND e.url = ?2 AND e.method = ?3
            ORDER BY e.entry_id
            """)
    }

    /// All variants, in the order in which they were first stored; empty where there is none.
    func variants(of key: CacheKey, hash: Int64) throws(StoreError) -> [StoredEntry] {
        statement.bind(hash, at: 1)
        statement.bind(key.url.serialized, at: 2)
        statement.bind(key.method.rawValue, at: 3)
        var found: [StoredEntry] = []
        while try statement.step("look up") { found.append(entry(key)) }
        statement.reset()
        return found
    }

    private func entry(_ key: CacheKey) -> StoredEntry {
        StoredEntry(
            id: EntryID(row: statement.integer(0), body: statement.integer(1)),
            key: key,
            response: StoredResponse(
                head: head(), freshness: freshness(), varyFields: fields(6), heldRanges: statement.optionalText(19)),
            body: body(),
            requestTime: UnixTime(milliseconds: statement.integer(4)),
            createdTime: UnixTime(milliseconds: statement.integer(5)),
            lastUse: UnixTime(milliseconds: statement.integer(12)), isPinned: statement.integer(30) != 0)
    }

    private func head() -> ResponseHead {
        let version = Int(statement.integer(3))
        var head = ResponseHead(
            version: HTTPVersion(major: version / 10, minor: version % 10), status: Int(statement.integer(2)),
            reason: statement.text(7), fields: fields(8))
        if let seconds = statement.optionalInteger(11) {
            head.fields.set(.date, HTTPDate.format(UnixTime(seconds: seconds)))
        }
        if let seconds = statement.optionalInteger(31) {
            head.fields.set("Expires", HTTPDate.format(UnixTime(seconds: seconds)))
        }
        return head
    }

    private func fields(_ column: Int32) -> FieldSection {
        let text = statement.text(column)
        return text.isEmpty ? FieldSection() : FieldSection(serialized: text)
    }

    private func freshness() -> Freshness {
        Freshness(
            responseTime: UnixTime(milliseconds: statement.integer(9)), initialAge: statement.integer(10),
            privateTerms: FreshnessColumns.terms(statement, at: 20), sharedTerms: FreshnessColumns.terms(statement, at: 25))
    }

    private func body() -> StoredBody {
        StoredBody(
            id: statement.integer(1), digest: statement.bytes(13),
            coding: StoredCoding(rawValue: Int(statement.integer(14))) ?? .asReceived, wireBytes: statement.integer(15),
            storedBytes: statement.integer(16), decodedBytes: statement.optionalInteger(17),
            chunkCount: Int(statement.integer(18)))
    }
}
