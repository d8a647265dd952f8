import HTTPCaching
import HTTPSemantics

/// The statements that write entries. Used by the writing thread inside its transaction.
final class EntryWriter {
    /// Variants of one key (RFC 9111 section 4.1); beyond, the oldest goes.
    static let maximumVariants = 64

    private let connection: SQLiteConnection
    private let bodies: BodyWriter
    private let hosts: HostRegistry
    private let variants: SQLiteStatement
    private let partFields: SQLiteStatement
    private let insert: SQLiteStatement
    private let replace: SQLiteStatement
    private let insertFreshness: SQLiteStatement
    private let replaceFreshness: SQLiteStatement
    private let find: SQLiteStatement
    private let delete: SQLiteStatement
    private let deleteFreshness: SQLiteStatement
    private let deleteUses: SQLiteStatement
    /// Rows that were written since `begin`.
    private(set) var written: Set<Int64> = []

    init(connection: SQLiteConnection, bodies: BodyWriter, hosts: HostRegistry) throws(StoreError) {
        self.connection = connection
        self.bodies = bodies
        self.hosts = hosts
        variants = try connection.prepare(
            """
            SELECT entry_id, body_id, vary_fields, held_ranges FROM entry WHERE key_hash = ?1 AND url = ?2 AND method = ?3
            ORDER BY created_ms, entry_id
            """)
        partFields = try connection.prepare("SELECT fields FROM entry WHERE entry_id = ?1")
        insert = try connection.prepare(
            """
            INSERT INTO entry (key_hash, host_id, body_id, status, version, request_time_ms, created_ms, method, url,
                content_type, vary_fields, reason, fields, held_ranges)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """)
        replace = try connection.prepare(
            """
            UPDATE entry SET body_id = ?2, status = ?3, version = ?4, request_time_ms = ?5, created_ms = ?6, content_type = ?7,
                reason = ?8, fields = ?9, vary_fields = ?10, held_ranges = ?11
            WHERE entry_id = ?1
            """)
        insertFreshness = try connection.prepare(
            """
            INSERT INTO freshness (entry_id, body_id, response_time_ms, initial_age_s, \(FreshnessColumns.names), last_use_ms,
                key_check, wire_bytes)
            VALUES (?1, ?2, ?3, ?4, \(FreshnessColumns.parameters), ?15, ?16, ?17)
            """)
        replaceFreshness = try connection.prepare(
            """
            UPDATE freshness SET body_id = ?2, response_time_ms = ?3, initial_age_s = ?4, \(FreshnessColumns.assignments),
                last_use_ms = ?15, date_s = NULL, expires_s = NULL, key_check = ?16, wire_bytes = ?17
            WHERE entry_id = ?1
            """)
        find = try connection.prepare("SELECT 1 FROM entry WHERE entry_id = ?1 AND body_id = ?2")
        delete = try connection.prepare("DELETE FROM entry WHERE entry_id = ?1")
        deleteFreshness = try connection.prepare("DELETE FROM freshness WHERE entry_id = ?1")
        deleteUses = try connection.prepare("DELETE FROM entry_use WHERE entry_id = ?1")
    }

    /// Called at the beginning of a transaction.
    func begin() {
        written.removeAll(keepingCapacity: true)
    }

    /// Writes a response whose body, with a reference for this entry, is in the store already. Takes the place of the same
    /// variant of the same key and of the response that it replaces, or stands beside the others.
    ///
    /// A part never takes the place of a whole response (RFC 9111 section 3.3) or of a larger part of the same representation,
    /// unless that is the one that it replaces: the part is dropped then, and its body's reference given back.
    ///
    /// - Parameter wireBytes: the length of the body as received.
    func put(_ pending: PendingEntry, body: Int64, wireBytes: Int64) throws(StoreError) {
        let known = try findVariants(of: pending)
        // Usually one: a 304 that changes Vary can make the same variant of two.
        let same = known.filter { $0.varyFields == pending.varyFields }
        let replaced = pending.replacing.flatMap { id in known.first { $0.row == id.row && $0.body == id.body } }
        if let ranges = pending.entry.response.heldRanges {
            for other in same where other.row != replaced?.row {
                guard try isBetter(other, than: ranges, of: pending.entry.response.head) else { continue }
                try bodies.release(body)
                return
            }
        }
        if let old = same.first ?? replaced {
            try overwrite(old.row, with: pending, body: body, wireBytes: wireBytes)
            try bodies.release(old.body)
            for other in known where other.row != old.row {
                guard other.row == replaced?.row || other.varyFields == pending.varyFields else { continue }
                try deleteRow(other.row, body: other.body)
            }
            return
        }
        for oldest in known.prefix(max(0, known.count - Self.maximumVariants + 1)) {
            try deleteRow(oldest.row, body: oldest.body)
        }
        try insertRow(pending, body: body, wireBytes: wireBytes)
    }

    private struct Variant {
        let row: Int64
        let body: Int64
        let varyFields: String
        /// Nil: all bytes of its content are there.
        let heldRanges: String?
    }

    /// Whether a stored response has more than a part that has come: all, or more bytes of what is the same by a strong entity tag.
    private func isBetter(_ known: Variant, than ranges: String, of head: ResponseHead) throws(StoreError) -> Bool {
        guard let knownRanges = known.heldRanges else { return true }
        guard let tag = head.fields.first("ETag").flatMap(EntityTag.init), let new = HeldRanges(ranges)?.heldLength,
            let old = HeldRanges(knownRanges)?.heldLength, new < old
        else { return false }
        partFields.bind(known.row, at: 1)
        let text = try partFields.step("store an entry") ? partFields.text(0) : ""
        partFields.reset()
        return FieldSection(serialized: text).first("ETag").flatMap(EntityTag.init)?.stronglyMatches(tag) == true
    }

    private func findVariants(of pending: PendingEntry) throws(StoreError) -> [Variant] {
        variants.bind(pending.keyHash, at: 1)
        variants.bind(pending.entry.key.url.serialized, at: 2)
        variants.bind(pending.entry.key.method.rawValue, at: 3)
        var known: [Variant] = []
        while try variants.step() {
            known.append(
                Variant(
                    row: variants.integer(0), body: variants.integer(1), varyFields: variants.text(2),
                    heldRanges: variants.optionalText(3)))
        }
        variants.reset()
        return known
    }

    private func insertRow(_ pending: PendingEntry, body: Int64, wireBytes: Int64) throws(StoreError) {
        let head = pending.entry.response.head
        insert.bind(pending.keyHash, at: 1)
        insert.bind(try hosts.row(of: pending.origin), at: 2)
        insert.bind(body, at: 3)
        insert.bind(head.status, at: 4)
        insert.bind(head.version.major * 10 + head.version.minor, at: 5)
        insert.bind(pending.entry.requestTime.milliseconds, at: 6)
        insert.bind(pending.createdTime.milliseconds, at: 7)
        insert.bind(pending.entry.key.method.rawValue, at: 8)
        insert.bind(pending.entry.key.url.serialized, at: 9)
        insert.bind(pending.entry.contentType, at: 10)
        insert.bind(pending.varyFields, at: 11)
        insert.bind(head.reason, at: 12)
        insert.bind(pending.fields, at: 13)
        insert.bind(pending.entry.response.heldRanges, at: 14)
        try insert.run("store an entry")
        try write(pending, row: connection.lastInsertedRow, body: body, wireBytes: wireBytes, with: insertFreshness)
    }

    private func overwrite(
        _ row: Int64, with pending: PendingEntry, body: Int64, wireBytes: Int64
    ) throws(StoreError) {
        let head = pending.entry.response.head
        replace.bind(row, at: 1)
        replace.bind(body, at: 2)
        replace.bind(head.status, at: 3)
        replace.bind(head.version.major * 10 + head.version.minor, at: 4)
        replace.bind(pending.entry.requestTime.milliseconds, at: 5)
        replace.bind(pending.createdTime.milliseconds, at: 6)
        replace.bind(pending.entry.contentType, at: 7)
        replace.bind(head.reason, at: 8)
        replace.bind(pending.fields, at: 9)
        replace.bind(pending.varyFields, at: 10)
        replace.bind(pending.entry.response.heldRanges, at: 11)
        try replace.run("replace an entry")
        try write(pending, row: row, body: body, wireBytes: wireBytes, with: replaceFreshness)
    }

    private func write(
        _ pending: PendingEntry, row: Int64, body: Int64, wireBytes: Int64, with statement: SQLiteStatement
    ) throws(StoreError) {
        let freshness = pending.entry.response.freshness
        statement.bind(row, at: 1)
        statement.bind(body, at: 2)
        statement.bind(freshness.responseTime.milliseconds, at: 3)
        statement.bind(freshness.initialAge, at: 4)
        FreshnessColumns.bind(freshness, to: statement)
        statement.bind(pending.createdTime.milliseconds, at: 15)
        statement.bind(pending.keyCheck, at: 16)
        statement.bind(pending.keyCheck == nil ? nil : wireBytes, at: 17)
        try statement.run("store an entry")
        written.insert(row)
    }

    /// Removes the response, unless another took its place since it was read. Returns whether it was there.
    @discardableResult
    func remove(_ id: EntryID) throws(StoreError) -> Bool {
        find.bind(id.row, at: 1)
        find.bind(id.body, at: 2)
        let isThere = try find.step()
        find.reset()
        if isThere { try deleteRow(id.row, body: id.body) }
        return isThere
    }

    /// Removes a response that freshness tells of, and that freshness itself also where no such response is there.
    func evict(_ id: EntryID) throws(StoreError) {
        if try remove(id) { return }
        try removeNumbers(of: id.row)
    }

    /// Removes an entry whose body or freshness may be missing.
    func evictBroken(_ row: Int64, body: Int64) throws(StoreError) {
        try deleteRow(row, body: body)
    }

    private func deleteRow(_ row: Int64, body: Int64) throws(StoreError) {
        delete.bind(row, at: 1)
        try delete.run("remove an entry")
        try removeNumbers(of: row)
        try bodies.release(body)
    }

    private func removeNumbers(of row: Int64) throws(StoreError) {
        for statement in [deleteFreshness, deleteUses] {
            statement.bind(row, at: 1)
            try statement.run("remove an entry")
        }
    }
}
