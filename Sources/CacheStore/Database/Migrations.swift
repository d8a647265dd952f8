import HTTPCaching

/// The schema's versions: how a database is made, and how an older one becomes the present one.
///
/// The version is SQLite's `user_version`. A step is frozen once a release has shipped it: databases out there were made by it.
struct Migrations: Sendable {
    /// What turns a database of the version before into `version`.
    struct Step: Sendable {
        let version: Int
        let sql: String
    }

    /// Marks the file as ours (SQLite's `application_id`): "LARD".
    static let applicationID: Int64 = 0x4C41_5244

    /// The schema of the present version, for a new database.
    let schema: String
    /// Steps from version 1 upwards, in order and without a gap.
    let steps: [Step]

    /// The version that databases have after `create` or `migrate`.
    var currentVersion: Int { steps.last?.version ?? 1 }

    /// What this program uses.
    static let current = Migrations(
        schema: String(decoding: PackageResources.schema_sql, as: UTF8.self),
        steps: [
            Step(version: 2, sql: toVersion2), Step(version: 3, sql: toVersion3), Step(version: 4, sql: toVersion4),
            Step(version: 5, sql: toVersion5), Step(version: 6, sql: toVersion6),
        ])

    /// Responses held in part, and terms of reuse for each kind of cache. Of what lies there from before nobody knows whether a
    /// shared cache may use it, so it must not: 64.
    private static let toVersion2 = """
        ALTER TABLE entry ADD COLUMN held_ranges TEXT;
        CREATE TABLE freshness_2 (
            entry_id INTEGER PRIMARY KEY,
            body_id INTEGER NOT NULL,
            response_time_ms INTEGER NOT NULL,
            initial_age_s INTEGER NOT NULL,
            lifetime_s INTEGER NOT NULL,
            lifetime_source INTEGER NOT NULL,
            demands INTEGER NOT NULL,
            stale_while_revalidate_s INTEGER NOT NULL,
            stale_if_error_s INTEGER NOT NULL,
            shared_lifetime_s INTEGER NOT NULL,
            shared_lifetime_source INTEGER NOT NULL,
            shared_demands INTEGER NOT NULL,
            shared_stale_while_revalidate_s INTEGER NOT NULL,
            shared_stale_if_error_s INTEGER NOT NULL,
            date_s INTEGER,
            last_use_ms INTEGER NOT NULL,
            use_count INTEGER NOT NULL
        ) STRICT;
        INSERT INTO freshness_2
            SELECT entry_id, body_id, response_time_ms, initial_age_s, lifetime_s, lifetime_source, demands, 0, 0,
                0, 0, demands | 64, 0, 0, date_s, last_use_ms, use_count
            FROM freshness;
        DROP TABLE freshness;
        ALTER TABLE freshness_2 RENAME TO freshness;
        """

    /// Limits that whoever writes keeps, and entries that they spare.
    private static let toVersion3 = """
        ALTER TABLE freshness ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX freshness_by_use ON freshness (last_use_ms) WHERE is_pinned = 0;
        CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// The Expires of a 304, which most servers that send one move on with each: it no longer rewrites the wide row.
    private static let toVersion4 = "ALTER TABLE freshness ADD COLUMN expires_s INTEGER;"

    /// The count of uses, which changes with each answer, beside the row of freshness and no longer in it.
    private static let toVersion5 = """
        CREATE TABLE entry_use (
            entry_id INTEGER PRIMARY KEY,
            use_count INTEGER NOT NULL
        ) STRICT;
        INSERT INTO entry_use SELECT entry_id, use_count FROM freshness WHERE use_count > 0;
        ALTER TABLE freshness DROP COLUMN use_count;
        """

    /// What tells of a reuse without the wide row. Entries from before have none of it until they are stored anew, and are looked up whole.
    private static let toVersion6 = """
        ALTER TABLE freshness ADD COLUMN key_check INTEGER;
        ALTER TABLE freshness ADD COLUMN wire_bytes INTEGER;
        """

    /// What is in the file.
    enum Found: Equatable {
        /// No table yet.
        case empty
        /// A cache database of that version.
        case version(Int)
    }

    /// Reads the version without writing. Throws `corrupt` for a database that is not ours.
    static func inspect(_ connection: SQLiteConnection) throws(StoreError) -> Found {
        guard !connection.isInTransaction else { return try read(connection) }
        // In one transaction: another process may be making the schema at this moment.
        try connection.execute("BEGIN", operation: "open")
        defer { try? connection.execute("COMMIT") }
        return try read(connection)
    }

    private static func read(_ connection: SQLiteConnection) throws(StoreError) -> Found {
        let version = try connection.integer("PRAGMA user_version")
        let application = try connection.integer("PRAGMA application_id")
        if version == 0, application == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 { return .empty }
        guard application == applicationID, version > 0 else {
            throw StoreError(
                .corrupt, operation: "open", path: connection.path, detail: "it belongs to another program")
        }
        return .version(Int(version))
    }

    /// Throws unless this program may use a database of that version.
    func check(_ found: Found, path: String) throws(StoreError) {
        if case .version(let version) = found, version > currentVersion {
            throw StoreError(.newerSchema(found: version, supported: currentVersion), operation: "open", path: path)
        }
    }

    /// Brings the database to the present version in one transaction. The caller holds the ticket.
    func bringUp(_ connection: SQLiteConnection, createdMilliseconds: Int64) throws(StoreError) {
        try connection.execute("BEGIN IMMEDIATE", operation: "begin")
        do throws(StoreError) {
            // Asked again inside the transaction: another process may have been faster.
            let found = try Self.inspect(connection)
            try check(found, path: connection.path)
            switch found {
            case .empty:
                try connection.execute(schema, operation: "create the schema")
                try write("key_recipe", CacheKey.recipe, connection)
                try write("created_ms", String(createdMilliseconds), connection)
                try connection.execute("PRAGMA application_id = \(Self.applicationID)")
            case .version(let version):
                for step in steps where step.version > version {
                    try connection.execute(step.sql, operation: "migrate to version \(step.version)")
                }
            }
            try connection.execute("PRAGMA user_version = \(currentVersion)")
            try connection.execute("COMMIT", operation: "commit")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private func write(_ name: String, _ value: String, _ connection: SQLiteConnection) throws(StoreError) {
        let statement = try connection.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2)")
        statement.bind(name, at: 1)
        statement.bind(value, at: 2)
        try statement.run()
    }
}
