import HTTPSemantics

/// What a job is from its beginning to its end, as its file says.
package struct JobFacts: Hashable, Sendable {
    /// The settings of the last command that has given any, in a form of the engine's own.
    package var settings: String
    /// The key that its fingerprints are made with. With another one no URL would be known again.
    package var fingerprintKey: [UInt8]
    /// Whether commands with different settings have worked on it: not all of its seeds are those of `settings`.
    package var hasFormerSettings: Bool

    package init(settings: String, fingerprintKey: [UInt8], hasFormerSettings: Bool = false) {
        self.settings = settings
        self.fingerprintKey = fingerprintKey
        self.hasFormerSettings = hasFormerSettings
    }
}

/// Makes the file of a job and opens connections to it.
struct FrontierDatabase: Sendable {
    let files: JobFiles
    /// Whether each commit waits until the disk has it.
    let durable: Bool
    /// Bound of the pages that a writing connection keeps in memory, in bytes.
    let cacheBytes: Int
    /// Bound of the file's length in pages; nil: none. For tests of a full disk.
    let maximumPages: Int?
    /// For how long the ticket is waited for.
    let lockTimeout: Duration

    var path: String { files.databasePath }

    /// Marks the file as ours (SQLite's `application_id`): "LARJ".
    static let applicationID: Int64 = 0x4C41_524A
    /// The version of the schema (SQLite's `user_version`).
    static let version = 1

    /// Makes the job with these facts, unless it is there; then it keeps its own. Takes the mark of this process while it has the
    /// ticket, so that nobody removes the job in between.
    ///
    /// - Parameter facts: nil: throws `noJob` where it is not there.
    func create(_ facts: JobFacts?, now: UnixTime) throws(StoreError) -> ProcessMark {
        if facts == nil, try files.databaseLength() ?? 0 == 0 {
            throw StoreError(.noJob, operation: "open a job", path: files.name.text)
        }
        try files.createDirectory()
        while true {
            let ticket = try TicketLock(path: files.lockPath)
            let mark = try ticket.withTicket(within: lockTimeout) { () throws(StoreError) -> ProcessMark? in
                let mark = try ProcessMark(lockPath: files.lockPath)
                // Somebody has removed the job while this process waited, and the lock file with it.
                guard mark.isInPlace else { return nil }
                if let facts { try bringUp(facts, now: now) }
                return mark
            }
            if let mark {
                try check()
                return mark
            }
        }
    }

    private func bringUp(_ facts: JobFacts, now: UnixTime) throws(StoreError) {
        try files.createDatabaseFile()
        let connection = try SQLiteConnection(path: path, mode: .readWrite)
        connection.setBusyTimeout(milliseconds: CacheDatabase.busyMilliseconds)
        guard try Self.isEmpty(connection) else { return }
        // Settled by the first page that is written. 8 KiB, as the cache: `Checkpointer` counts in these.
        try connection.execute("PRAGMA page_size = \(CacheDatabase.pageBytes)")
        guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreError(
                .ioError, operation: "switch to write-ahead logging", path: path, detail: "the file system has no shared memory")
        }
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE", operation: "begin")
            try connection.execute(String(decoding: PackageResources.schema_frontier_sql, as: UTF8.self), operation: "make a job")
            try Self.write(facts, now: now, connection)
            var progress = FrontierProgress()
            progress.activeMilliseconds = now.milliseconds
            progress.roundMilliseconds = now.milliseconds
            try progress.write(connection.prepare(FrontierProgress.replace))
            try connection.execute("PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.version)")
            try connection.execute("COMMIT", operation: "commit")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func write(_ facts: JobFacts, now: UnixTime, _ connection: SQLiteConnection) throws(StoreError) {
        let statement = try connection.prepare("INSERT INTO job (name, value) VALUES (?1, ?2)")
        let values = [
            ("created_ms", String(now.milliseconds)), ("settings", facts.settings),
            ("fingerprint_key", hexadecimal(facts.fingerprintKey)),
        ]
        for (name, value) in values {
            statement.bind(name, at: 1)
            statement.bind(value, at: 2)
            try statement.run("make a job")
        }
    }

    /// Puts other settings in the place of those that a job has.
    static func write(settings: String, _ connection: SQLiteConnection) throws(StoreError) {
        let statement = try connection.prepare(
            "INSERT OR REPLACE INTO job (name, value) VALUES ('settings', ?1), ('has_former_settings', '1')")
        statement.bind(settings, at: 1)
        try statement.run("keep settings")
    }

    private static func isEmpty(_ connection: SQLiteConnection) throws(StoreError) -> Bool {
        let count = try connection.integer("SELECT count(*) FROM sqlite_schema")
        let version = try connection.integer("PRAGMA user_version")
        let application = try connection.integer("PRAGMA application_id")
        return count == 0 && version == 0 && application == 0
    }

    /// Throws `corrupt` for what is no job, `newerSchema` for one of a later version; reads only.
    private func check() throws(StoreError) {
        _ = try readFacts(openReader())
    }

    /// The facts of the job, through a connection that `openReader` has given.
    func readFacts(_ connection: SQLiteConnection) throws(StoreError) -> JobFacts {
        let settings = try connection.text("SELECT value FROM job WHERE name = 'settings'")
        let key = try connection.text("SELECT value FROM job WHERE name = 'fingerprint_key'").flatMap(Self.bytes)
        guard let settings, let key else {
            throw StoreError(.corrupt, operation: "open a job", path: path, detail: "facts are missing")
        }
        let hasFormer = try connection.text("SELECT value FROM job WHERE name = 'has_former_settings'") == "1"
        return JobFacts(settings: settings, fingerprintKey: key, hasFormerSettings: hasFormer)
    }

    /// The connection of the writing thread.
    func openWriter() throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: .readWrite)
        connection.setBusyTimeout(milliseconds: CacheDatabase.busyMilliseconds)
        try connection.execute(
            """
            PRAGMA synchronous = \(durable ? "FULL" : "NORMAL");
            PRAGMA cache_size = -\(max(1, cacheBytes / 1024));
            PRAGMA mmap_size = 0;
            PRAGMA secure_delete = OFF;
            PRAGMA wal_autocheckpoint = 0;
            """, operation: "open a job")
        if let maximumPages { try connection.execute("PRAGMA max_page_count = \(maximumPages)") }
        connection.followLogLength()
        return connection
    }

    /// A connection that only reads, to a file that was found to be a job of this version.
    func openReader() throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: .readOnly)
        connection.setBusyTimeout(milliseconds: CacheDatabase.busyMilliseconds)
        try connection.execute("PRAGMA cache_size = -4096; PRAGMA mmap_size = 0", operation: "open a job")
        let version = try connection.integer("PRAGMA user_version")
        guard try connection.integer("PRAGMA application_id") == Self.applicationID, version > 0 else {
            throw StoreError(.corrupt, operation: "open a job", path: path, detail: "it is no crawl job")
        }
        guard version <= Self.version else {
            throw StoreError(
                .newerSchema(found: Int(clamping: version), supported: Self.version), operation: "open a job", path: path)
        }
        return connection
    }

    // MARK: Hexadecimal digits

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
