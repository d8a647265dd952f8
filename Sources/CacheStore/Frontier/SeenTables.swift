/// The tables `seen` and `seen_recent`.
final class SeenTables {
    private let connection: SQLiteConnection
    private let find: SQLiteStatement
    private let insert: SQLiteStatement
    private let readBatches: SQLiteStatement
    private let addBatch: SQLiteStatement
    private let dropBatches: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        find = try connection.prepare("SELECT 1 FROM seen WHERE fingerprint = ?1")
        insert = try connection.prepare("INSERT OR IGNORE INTO seen (fingerprint) VALUES (?1)")
        readBatches = try connection.prepare(
            "SELECT batch_id, fingerprints FROM seen_recent WHERE batch_id > ?1 ORDER BY batch_id")
        addBatch = try connection.prepare("INSERT INTO seen_recent (batch_id, fingerprints) VALUES (?1, ?2)")
        dropBatches = try connection.prepare("DELETE FROM seen_recent WHERE batch_id <= ?1")
    }

    func contains(_ fingerprint: Int64) throws(StoreError) -> Bool {
        find.bind(fingerprint, at: 1)
        defer { find.reset() }
        return try find.step("look a fingerprint up")
    }

    /// Adds to `seen`, in ascending order; returns how many were new.
    func insert(_ fingerprints: ArraySlice<Int64>) throws(StoreError) -> Int64 {
        var count: Int64 = 0
        for fingerprint in fingerprints {
            insert.bind(fingerprint, at: 1)
            try insert.run("merge fingerprints")
            count += Int64(connection.changedRows)
        }
        return count
    }

    /// Hands on the fingerprints of each batch behind `batch`.
    func forEachBatch(after batch: Int64, _ body: (_ batch: Int64, [Int64]) -> Void) throws(StoreError) {
        readBatches.bind(batch, at: 1)
        defer { readBatches.reset() }
        while try readBatches.step("read fingerprints") {
            let fingerprints = readBatches.withBytes(1) { bytes in
                stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map {
                    Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self))
                }
            }
            body(readBatches.integer(0), fingerprints)
        }
    }

    func addBatch(_ batch: Int64, _ fingerprints: [Int64]) throws(StoreError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fingerprints.count * 8)
        for fingerprint in fingerprints {
            withUnsafeBytes(of: fingerprint.littleEndian) { bytes.append(contentsOf: $0) }
        }
        addBatch.bind(batch, at: 1)
        try addBatch.run(binding: bytes[...], at: 2, operation: "note fingerprints")
    }

    func dropBatches(through batch: Int64) throws(StoreError) {
        dropBatches.bind(batch, at: 1)
        try dropBatches.run("drop fingerprints")
    }

    /// Without a condition SQLite frees whole pages instead of rows.
    func clear() throws(StoreError) {
        try connection.execute("DELETE FROM seen", operation: "begin a round")
        try connection.execute("DELETE FROM seen_recent", operation: "begin a round")
    }
}
