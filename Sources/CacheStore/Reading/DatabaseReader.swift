import HTTPCaching
import HTTPSemantics

/// A reading thread's connection with its prepared statements.
final class DatabaseReader {
    private let connection: SQLiteConnection
    private let beginStatement: SQLiteStatement
    private let endStatement: SQLiteStatement
    private let lookup: EntryLookup
    /// Prepared when they are first needed.
    private var freshness: [CacheKind: FreshnessLookup] = [:]
    private let chunk: SQLiteStatement
    private let stagedChunk: SQLiteStatement
    private let chunkLength: SQLiteStatement

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
        stagedChunk = try connection.prepare("SELECT bytes FROM body_chunk WHERE chunk_id = ?1")
        // The length stands before the bytes: none of them is read.
        chunkLength = try connection.prepare("SELECT length(bytes) FROM body_chunk WHERE chunk_id = ?1")
    }

    func begin() throws(StoreError) {
        try beginStatement.run("begin")
    }

    func end() {
        // A read transaction that cannot be ended cannot be begun again either, and that is reported.
        try? endStatement.run("end")
    }

    /// The rows of all variants of each key.
    func find(_ keys: [CacheKey], hashes: [Int64]) throws(StoreError) -> EntryRows {
        try lookup.variants(of: keys, hashes: hashes)
    }

    /// What decides the reuse of the keys' responses by that kind of cache; nil where it takes more, or nothing is stored.
    func numbers(
        of keys: [CacheKey], _ digests: [KeyDigest], for kind: CacheKind
    ) throws(StoreError) -> [StoredFreshness?] {
        if let known = freshness[kind] { return try known.numbers(of: keys, digests) }
        let new = try FreshnessLookup(connection: connection, kind: kind, entries: lookup)
        freshness[kind] = new
        return try new.numbers(of: keys, digests)
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

    /// The chunk of that number of a body that nobody has looked up, because it is being staged; nil where there is none. Rows of
    /// bodies never return once they are committed; one whose transaction was taken back is given out again.
    func stagedChunk(_ ordinal: Int64, of body: Int64) throws(StoreError) -> [UInt8]? {
        stagedChunk.bind(ChunkID.first(of: body) + ordinal, at: 1)
        let bytes = try stagedChunk.step("read a staged body") ? stagedChunk.bytes(0) : nil
        stagedChunk.reset()
        return bytes
    }

    /// Where a stored byte lies: the number of its chunk, and its place in there. The number is `chunkCount` for what lies behind
    /// the end.
    func position(of offset: Int64, in body: StoredBody) throws(StoreError) -> (ordinal: Int, start: Int) {
        guard offset < body.storedBytes, body.chunkCount > 0 else { return (body.chunkCount, 0) }
        let longest = Int64(ChunkID.maximumBytes)
        // If the last chunk is as long as it is where all before it are as long as can be, then they are: none is longer.
        let last = body.chunkCount - 1
        if try length(ofChunk: last, of: body) == body.storedBytes - Int64(last) * longest {
            return (Int(offset / longest), Int(offset % longest))
        }
        var start: Int64 = 0
        for ordinal in 0..<body.chunkCount {
            let length = try length(ofChunk: ordinal, of: body)
            if offset < start + length { return (ordinal, Int(offset - start)) }
            start += length
        }
        return (body.chunkCount, 0)
    }

    private func length(ofChunk ordinal: Int, of body: StoredBody) throws(StoreError) -> Int64 {
        chunkLength.bind(ChunkID.first(of: body.id) + Int64(ordinal), at: 1)
        let length = try chunkLength.step("read a body") ? chunkLength.integer(0) : nil
        chunkLength.reset()
        guard let length else { throw StoreError(.bodyGone, operation: "read a body", path: connection.path) }
        return length
    }
}
