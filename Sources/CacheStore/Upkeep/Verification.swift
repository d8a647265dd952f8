/// What a check of the whole store found.
package struct VerificationReport: Hashable, Sendable {
    /// One thing that is wrong.
    package struct Problem: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable {
            /// The database's own check (`PRAGMA quick_check`) complains, or a page cannot be read.
            case database
            /// A chunk of a body is not there, or chunks are there that belong to no body.
            case missingChunk = "missing_chunk"
            case strayChunk = "stray_chunk"
            /// The chunks are not as long together as the body's row says.
            case wrongLength = "wrong_length"
            /// The bytes are not those that the digest names.
            case wrongDigest = "wrong_digest"
            /// More or fewer entries refer to a body than its row says.
            case wrongReferenceCount = "wrong_reference_count"
            /// An entry's body, freshness or host is not there, or freshness without an entry.
            case brokenEntry = "broken_entry"
            /// What an entry says of the ranges that it holds can't be read, or doesn't fit its body's length.
            case wrongRanges = "wrong_ranges"
        }

        package let kind: Kind
        /// The body's row; nil where none is concerned.
        package let body: Int64?
        /// The entry's row; nil where none is concerned.
        package let entry: Int64?
        /// For the log: no URL in it.
        package let detail: String
    }

    /// Problems beyond this many are counted, not listed.
    package static let maximumProblems = 1000

    package internal(set) var entries: Int64 = 0
    package internal(set) var bodies: Int64 = 0
    /// Stored bytes that were read and compared with a digest.
    package internal(set) var checkedBytes: Int64 = 0
    /// Bodies that no decoder was given for, so that only their lengths were checked.
    package internal(set) var uncheckedBodies: Int64 = 0
    package internal(set) var problemCount: Int64 = 0
    package internal(set) var problems: [Problem] = []

    package var isClean: Bool { problemCount == 0 }

    mutating func add(_ kind: Problem.Kind, body: Int64? = nil, entry: Int64? = nil, _ detail: String) {
        problemCount += 1
        if problems.count < Self.maximumProblems {
            problems.append(Problem(kind: kind, body: body, entry: entry, detail: detail))
        }
    }
}

/// Turns the stored bytes of one body into its wire bytes, piece by piece: called with each piece, and with nil at the end.
/// Throws where the bytes are no valid coding.
package typealias StoredBodyDecoder = ([UInt8]?) throws -> [[UInt8]]

/// Walks the whole store, a body at a time, each in a read transaction of its own: others read and write meanwhile.
struct Verifier {
    let connection: SQLiteConnection
    private let makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)?
    var report = VerificationReport()

    init(database: CacheDatabase, makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)?) throws(StoreError) {
        connection = try database.openReader()
        // Through the map a page that the disk cannot read would be a signal, not an error.
        try connection.execute("PRAGMA mmap_size = 0")
        self.makeDecoder = makeDecoder
    }

    mutating func run() throws(StoreError) -> VerificationReport {
        do throws(StoreError) {
            try checkDatabase()
            try checkReferences()
            try checkRanges()
            try checkBodies()
        } catch {
            // A damaged page is a finding; that the file cannot be read at all is not.
            guard error.code == .corrupt else { throw error }
            report.add(.database, error.detail)
        }
        return report
    }

    private mutating func checkDatabase() throws(StoreError) {
        let check = try connection.prepare("PRAGMA quick_check(100)")
        while try check.step("verify") {
            let line = check.text(0)
            if line != "ok" { report.add(.database, line) }
        }
    }

    private mutating func checkReferences() throws(StoreError) {
        try connection.execute("BEGIN", operation: "verify")
        report.entries = try connection.integer("SELECT count(*) FROM entry")
        let broken = try connection.prepare(
            """
            SELECT e.entry_id, e.body_id FROM entry e LEFT JOIN freshness f ON f.entry_id = e.entry_id AND f.body_id = e.body_id
                LEFT JOIN body b ON b.body_id = e.body_id AND b.state = 0 LEFT JOIN host h ON h.host_id = e.host_id
            WHERE f.entry_id IS NULL OR b.body_id IS NULL OR h.host_id IS NULL
            UNION ALL
            SELECT f.entry_id, f.body_id FROM freshness f LEFT JOIN entry e ON e.entry_id = f.entry_id WHERE e.entry_id IS NULL
            """)
        while try broken.step("verify") {
            report.add(
                .brokenEntry, body: broken.integer(1), entry: broken.integer(0), "the body, the freshness or the host is missing")
        }
        let counts = try connection.prepare(
            """
            SELECT b.body_id, b.reference_count, coalesce(r.found, 0)
            FROM body b LEFT JOIN (SELECT body_id, count(*) AS found FROM entry GROUP BY body_id) r ON r.body_id = b.body_id
            WHERE b.state = 0 AND b.reference_count <> coalesce(r.found, 0)
            """)
        while try counts.step("verify") {
            report.add(
                .wrongReferenceCount, body: counts.integer(0), "\(counts.integer(1)) noted, \(counts.integer(2)) found")
        }
        // Walks from body to body by the chunks' keys, without reading the chunks.
        let stray = try connection.prepare(
            """
            WITH RECURSIVE walk (body_id) AS (
                SELECT min(chunk_id) >> 20 FROM body_chunk
                UNION ALL
                SELECT (SELECT min(chunk_id) >> 20 FROM body_chunk WHERE chunk_id >= (walk.body_id + 1) << 20) FROM walk
                WHERE walk.body_id IS NOT NULL)
            SELECT body_id FROM walk WHERE body_id IS NOT NULL AND body_id NOT IN (SELECT body_id FROM body)
            """)
        while try stray.step("verify") { report.add(.strayChunk, body: stray.integer(0), "chunks without a body") }
        try connection.execute("COMMIT", operation: "verify")
    }

    private mutating func checkBodies() throws(StoreError) {
        let next = try connection.prepare(
            """
            SELECT body_id, digest, coding, wire_bytes, stored_bytes, chunk_count FROM body WHERE body_id > ?1 AND state = 0
            ORDER BY body_id LIMIT 1
            """)
        let chunk = try connection.prepare("SELECT chunk_id, bytes FROM body_chunk WHERE chunk_id BETWEEN ?1 AND ?2 ORDER BY 1")
        var last = Int64.min
        while true {
            try connection.execute("BEGIN", operation: "verify")
            defer { if connection.isInTransaction { try? connection.execute("COMMIT") } }
            next.bind(last, at: 1)
            guard try next.step("verify") else { break }
            last = next.integer(0)
            let row = BodyRow(
                id: last, digest: next.bytes(1), coding: StoredCoding(rawValue: Int(next.integer(2))),
                wireBytes: next.integer(3), storedBytes: next.integer(4), chunkCount: next.integer(5))
            next.reset()
            report.bodies += 1
            do throws(StoreError) {
                try check(row, chunk)
            } catch {
                chunk.reset()
                guard error.code == .corrupt else { throw error }
                report.add(.database, body: last, error.detail)
            }
        }
        next.reset()
    }

    private struct BodyRow {
        let id: Int64
        let digest: [UInt8]
        let coding: StoredCoding?
        let wireBytes: Int64
        let storedBytes: Int64
        let chunkCount: Int64
    }

    private mutating func check(_ body: BodyRow, _ chunk: SQLiteStatement) throws(StoreError) {
        let decoder: StoredBodyDecoder? =
            switch body.coding {
            case .asReceived: { $0.map { [$0] } ?? [] }
            case .gzip: makeDecoder?(.gzip)
            case nil: nil
            }
        var digest = BodyDigest()
        var ordinal: Int64 = 0
        var storedBytes: Int64 = 0
        var wireBytes: Int64 = 0
        var isDecodable = true
        func feed(_ bytes: [UInt8]?) {
            guard let decoder, isDecodable else { return }
            do {
                for piece in try decoder(bytes) {
                    digest.update(piece)
                    wireBytes += Int64(piece.count)
                }
            } catch {
                isDecodable = false
            }
        }
        chunk.bind(ChunkID.first(of: body.id), at: 1)
        chunk.bind(ChunkID.last(of: body.id), at: 2)
        while try chunk.step("verify") {
            guard chunk.integer(0) == ChunkID.first(of: body.id) + ordinal else { break }
            let bytes = chunk.bytes(1)
            ordinal += 1
            storedBytes += Int64(bytes.count)
            feed(bytes)
        }
        chunk.reset()
        feed(nil)
        if ordinal != body.chunkCount {
            report.add(.missingChunk, body: body.id, "\(ordinal) of \(body.chunkCount) chunks")
        } else if storedBytes != body.storedBytes {
            report.add(.wrongLength, body: body.id, "\(storedBytes) of \(body.storedBytes) bytes")
        } else if decoder == nil {
            report.uncheckedBodies += 1
        } else {
            report.checkedBytes += storedBytes
            if !isDecodable || wireBytes != body.wireBytes || digest.finalized() != body.digest {
                report.add(.wrongDigest, body: body.id, isDecodable ? "the digest differs" : "the bytes cannot be decoded")
            }
        }
    }
}
