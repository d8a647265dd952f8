/// Walks the whole store, a body at a time, each in a read transaction of its own: others read and write meanwhile.
struct Verifier {
    let connection: SQLiteConnection
    private let bodies: BodyChecker
    private let progress: (@Sendable (_ checkedBodies: Int64, _ totalBodies: Int64) -> Void)?
    var report = VerificationReport()

    init(
        database: CacheDatabase, makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)?,
        progress: (@Sendable (_ checkedBodies: Int64, _ totalBodies: Int64) -> Void)?
    ) throws(StoreError) {
        connection = try database.openReader()
        // Through the map a page that the disk cannot read would be a signal, not an error.
        try connection.execute("PRAGMA mmap_size = 0")
        bodies = try BodyChecker(connection: connection, makeDecoder: makeDecoder)
        self.progress = progress
    }

    mutating func run() throws(StoreError) -> VerificationReport {
        // One page that cannot be read keeps none of the checks from what lies elsewhere.
        try note { (verifier) throws(StoreError) in
            for line in try verifier.connection.complaints() { verifier.report.add(.database, line) }
        }
        try note { (verifier) throws(StoreError) in try verifier.checkReferences() }
        try note { (verifier) throws(StoreError) in try verifier.checkRanges() }
        try note { (verifier) throws(StoreError) in try verifier.checkNumbers() }
        try note { (verifier) throws(StoreError) in try verifier.checkBodies() }
        return report
    }

    /// Runs a check. A damaged page is a finding; that the file cannot be read at all is not.
    private mutating func note(_ check: (inout Verifier) throws(StoreError) -> Void) throws(StoreError) {
        do throws(StoreError) {
            try check(&self)
        } catch {
            guard error.code == .corrupt else { throw error }
            let isKnown = report.problems.contains { $0.kind == .database && $0.body == nil && $0.detail == error.detail }
            if !isKnown { report.add(.database, error.detail) }
        }
    }

    /// In one transaction, so that what others write meanwhile is seen as a whole or not at all.
    private mutating func checkReferences() throws(StoreError) {
        try connection.execute("BEGIN", operation: "verify")
        defer { if connection.isInTransaction { try? connection.execute("COMMIT") } }
        report.entries = try connection.integer("SELECT count(*) FROM entry")
        let broken = try connection.prepare(
            """
            SELECT e.entry_id, e.body_id FROM entry e LEFT JOIN freshness f ON f.entry_id = e.entry_id AND f.body_id = e.body_id
                LEFT JOIN body b ON b.body_id = e.body_id AND b.state = 0 LEFT JOIN host h ON h.host_id = e.host_id
            WHERE f.entry_id IS NULL OR b.body_id IS NULL OR h.host_id IS NULL
            """)
        while try broken.step("verify") {
            report.add(
                .brokenEntry, body: broken.integer(1), entry: broken.integer(0), "the body, the freshness or the host is missing")
        }
        let stray = try connection.prepare(
            """
            SELECT f.entry_id, f.body_id FROM freshness f LEFT JOIN entry e ON e.entry_id = f.entry_id WHERE e.entry_id IS NULL
            UNION ALL
            SELECT u.entry_id, NULL FROM entry_use u
            WHERE u.entry_id NOT IN (SELECT entry_id FROM entry) AND u.entry_id NOT IN (SELECT entry_id FROM freshness)
            """)
        while try stray.step("verify") {
            report.add(.strayFreshness, body: stray.optionalInteger(1), entry: stray.integer(0), "there is no such entry")
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
        let chunks = try connection.prepare(Leftovers.strayChunks)
        while try chunks.step("verify") { report.add(.strayChunk, body: chunks.integer(0), "chunks without a body") }
    }

    private mutating func checkBodies() throws(StoreError) {
        let total = try connection.integer("SELECT count(*) FROM body WHERE state = 0")
        var last = Int64.min
        while true {
            try connection.execute("BEGIN", operation: "verify")
            defer { if connection.isInTransaction { try? connection.execute("COMMIT") } }
            guard let body = try bodies.next(after: last) else { return }
            last = body.id
            report.bodies += 1
            switch try bodies.check(body) {
            case .good: report.checkedBytes += body.storedBytes
            case .unchecked: report.uncheckedBodies += 1
            case .damaged(let kind, let detail): report.add(kind, body: body.id, detail)
            }
            progress?(report.bodies, max(total, report.bodies))
        }
    }
}

extension SQLiteConnection {
    /// What SQLite's own checks complain of: the structure of the whole file, and the indexes of all tables but that of the bytes,
    /// which has none and is by far the longest. Each check sees one state of the database.
    func complaints() throws(StoreError) -> [String] {
        var lines: [String] = []
        for sql in ["PRAGMA quick_check(100)"] + ["entry", "freshness", "body", "host"].map({ "PRAGMA integrity_check(\($0))" }) {
            do throws(StoreError) {
                let check = try prepare(sql)
                while try check.step("verify") {
                    let line = check.text(0)
                    if line != "ok", !lines.contains(line) { lines.append(line) }
                }
            } catch {
                // Some damage stops the check itself.
                guard error.code == .corrupt else { throw error }
                if !lines.contains(error.detail) { lines.append(error.detail) }
            }
        }
        return lines
    }
}
