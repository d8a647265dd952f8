import HTTPCaching
import HTTPSemantics

/// A reading thread's connection with its prepared statements.
final class DatabaseReader {
    private let connection: SQLiteConnection
    private let beginStatement: SQLiteStatement
    private let endStatement: SQLiteStatement
    private let lookup: EntryLookup
    private let chunk: SQLiteStatement

    init(database: CacheDatabase) throws(StoreError) {
        connection = try database.openReader()
        beginStatement = try connection.prepare("BEGIN")
        endStatement = try connection.prepare("COMMIT")
        lookup = try EntryLookup(connection: connection)
        // The prefix of the digest proves that the row holds the body that was looked up, also where the whole database has been
        // made anew since.
        chunk = try connection.prepare(
            """
            SELECT c.bytes FROM body b JOIN body_chunk c ON c.chunk_id = ?3
            WHERE b.body_id = ?1 AND b.digest_prefix = ?2 AND b.state = 0
            """)
    }

    func begin() throws(StoreError) {
        try beginStatement.run("begin")
    }

    func end() {
        // A read transaction that cannot be ended cannot be begun again either, and that is reported.
        try? endStatement.run("end")
    }

    /// All variants of each key.
    func find(_ keys: [CacheKey], hashes: [Int64]) throws(StoreError) -> [[StoredEntry]] {
        var found: [[StoredEntry]] = []
        found.reserveCapacity(keys.count)
        for (key, hash) in zip(keys, hashes) { found.append(try lookup.variants(of: key, hash: hash)) }
        return found
    }

    /// The chunk of that number. Throws `bodyGone` where the body was removed.
    func chunk(_ ordinal: Int, of body: StoredBody) throws(StoreError) -> [UInt8] {
        chunk.bind(body.id, at: 1)
        chunk.bind(BodyDigest.prefix(of: body.digest), at: 2)
        chunk.bind(ChunkID.first(of: body.id) + Int64(ordinal), at: 3)
        let bytes = try chunk.step("read a body") ? chunk.bytes(0) : nil
        chunk.reset()
        guard let bytes else { throw StoreError(.bodyGone, operation: "read a body", path: connection.path) }
        return bytes
    }
}
