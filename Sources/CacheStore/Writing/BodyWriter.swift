/// The statements that write bodies. Used by the writing thread inside its transaction.
final class BodyWriter {
    private let connection: SQLiteConnection
    private let find: SQLiteStatement
    private let share: SQLiteStatement
    private let insert: SQLiteStatement
    private let insertChunk: SQLiteStatement
    private let publish: SQLiteStatement
    private let release: SQLiteStatement
    private let delete: SQLiteStatement
    private let deleteChunks: SQLiteStatement
    /// Bodies that are gone since the connection was opened, transactions that were taken back included.
    private(set) var droppedCount: Int64 = 0
    /// What those that were visible had stored, in bytes.
    private(set) var droppedBytes: Int64 = 0

    init(connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        find = try connection.prepare(
            "SELECT body_id FROM body WHERE digest_prefix = ?1 AND state = 0 AND digest = ?2 AND wire_bytes = ?3")
        share = try connection.prepare("UPDATE body SET reference_count = reference_count + 1 WHERE body_id = ?1")
        insert = try connection.prepare(
            """
            INSERT INTO body (digest_prefix, digest, coding, wire_bytes, stored_bytes, decoded_bytes, chunk_count,
                reference_count, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0)
            """)
        insertChunk = try connection.prepare("INSERT INTO body_chunk (chunk_id, bytes) VALUES (?1, ?2)")
        publish = try connection.prepare(
            """
            UPDATE body SET digest_prefix = ?2, digest = ?3, coding = ?4, wire_bytes = ?5, stored_bytes = ?6, decoded_bytes = ?7,
                chunk_count = ?8, reference_count = 1, state = 0, owner = NULL
            WHERE body_id = ?1 AND state = 1
            """)
        release = try connection.prepare(
            "UPDATE body SET reference_count = reference_count - 1 WHERE body_id = ?1 RETURNING reference_count, stored_bytes")
        delete = try connection.prepare("DELETE FROM body WHERE body_id = ?1")
        deleteChunks = try connection.prepare("DELETE FROM body_chunk WHERE chunk_id BETWEEN ?1 AND ?2")
    }

    /// Stores the body, or one more reference to an equal one, and returns its row.
    func store(_ body: CompleteBody) throws(StoreError) -> Int64 {
        let prefix = BodyDigest.prefix(of: body.digest)
        if let equal = try findEqual(prefix: prefix, digest: body.digest, wireBytes: body.wireBytes) { return equal }
        insert.bind(prefix, at: 1)
        insert.bind(body.digest, at: 2)
        insert.bind(body.coding.rawValue, at: 3)
        insert.bind(body.wireBytes, at: 4)
        insert.bind(body.storedBytes, at: 5)
        insert.bind(body.decodedBytes, at: 6)
        insert.bind(
            body.chunks.reduce(0) { $0 + ($1.count + ChunkID.maximumBytes - 1) / ChunkID.maximumBytes }, at: 7)
        try insert.run("store a body")
        let id = connection.lastInsertedRow
        var ordinal: Int64 = 0
        for chunk in body.chunks {
            var start = 0
            while start < chunk.count {
                let end = min(start + ChunkID.maximumBytes, chunk.count)
                try store(chunk: chunk[start..<end], ordinal: ordinal, of: id)
                ordinal += 1
                start = end
            }
        }
        return id
    }

    /// The row of an equal body, which has one more reference now; nil where there is none.
    private func findEqual(prefix: Int64, digest: [UInt8], wireBytes: Int64) throws(StoreError) -> Int64? {
        find.bind(prefix, at: 1)
        find.bind(digest, at: 2)
        find.bind(wireBytes, at: 3)
        let found = try find.step() ? find.integer(0) : nil
        find.reset()
        if let found {
            share.bind(found, at: 1)
            try share.run("store a body")
        }
        return found
    }

    private func store(chunk: ArraySlice<UInt8>, ordinal: Int64, of body: Int64) throws(StoreError) {
        insertChunk.bind(ChunkID.first(of: body) + ordinal, at: 1)
        try insertChunk.run(binding: chunk, at: 2, operation: "store a body")
    }

    // MARK: Staged bodies

    /// Makes the row of a body that nobody sees yet.
    func beginStaging(owner: Int64) throws(StoreError) -> Int64 {
        try connection.execute(
            """
            INSERT INTO body (coding, wire_bytes, stored_bytes, chunk_count, reference_count, state, owner)
            VALUES (0, 0, 0, 0, 0, 1, \(owner))
            """, operation: "stage a body")
        return connection.lastInsertedRow
    }

    func append(_ chunk: [UInt8], ordinal: Int64, to body: Int64) throws(StoreError) {
        try store(chunk: chunk[...], ordinal: ordinal, of: body)
    }

    /// Makes a staged body visible, or drops it for an equal one, and returns the row of what is visible; nil where the staged
    /// row is gone.
    func publish(_ body: Int64, facts: StagedBodyFacts, storedBytes: Int64, chunkCount: Int64) throws(StoreError) -> Int64? {
        let prefix = BodyDigest.prefix(of: facts.digest)
        if let equal = try findEqual(prefix: prefix, digest: facts.digest, wireBytes: facts.wireBytes) {
            try drop(body)
            return equal
        }
        publish.bind(body, at: 1)
        publish.bind(prefix, at: 2)
        publish.bind(facts.digest, at: 3)
        publish.bind(facts.coding.rawValue, at: 4)
        publish.bind(facts.wireBytes, at: 5)
        publish.bind(storedBytes, at: 6)
        publish.bind(facts.decodedBytes, at: 7)
        publish.bind(chunkCount, at: 8)
        try publish.run("publish a body")
        return connection.changedRows == 1 ? body : nil
    }

    // MARK: Removal

    /// Takes one reference away, and the body with the last.
    func release(_ body: Int64) throws(StoreError) {
        release.bind(body, at: 1)
        let (left, storedBytes) = try release.step("release a body") ? (release.integer(0), release.integer(1)) : (1, 0)
        release.reset()
        guard left <= 0 else { return }
        try drop(body)
        droppedBytes += storedBytes
    }

    /// Corrects the number of references of a visible body; without any left the body goes. Returns whether it is there.
    func addReferences(_ difference: Int64, to body: Int64) throws(StoreError) -> Bool {
        try connection.execute(
            "UPDATE body SET reference_count = reference_count + \(difference) WHERE body_id = \(body) AND state = 0",
            operation: "correct a body")
        guard connection.changedRows == 1 else { return false }
        if try connection.integer("SELECT reference_count FROM body WHERE body_id = \(body)") <= 0 { try drop(body) }
        return true
    }

    /// Hides a body whose bytes are not what its digest says: no reader gets them, and no new entry comes to share them.
    func setApart(_ body: Int64, digest: [UInt8]) throws(StoreError) {
        try connection.execute(
            """
            UPDATE body SET digest_prefix = NULL
            WHERE body_id = \(body) AND state = 0 AND digest_prefix = \(BodyDigest.prefix(of: digest))
            """, operation: "set a body apart")
    }

    /// Deletes a body and its bytes.
    func drop(_ body: Int64) throws(StoreError) {
        deleteChunks.bind(ChunkID.first(of: body), at: 1)
        deleteChunks.bind(ChunkID.last(of: body), at: 2)
        try deleteChunks.run("delete a body")
        delete.bind(body, at: 1)
        try delete.run("delete a body")
        droppedCount += 1
    }
}
