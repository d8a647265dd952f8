import HTTPSemantics

/// What the cache holds and what it did.
package struct StoreStatistics: Hashable, Sendable {
    /// How entries are gathered into groups.
    package enum Grouping: String, Hashable, Sendable, CaseIterable {
        case none
        /// By host name.
        case host
        /// By media type.
        case type
        case status
        /// By the day (UTC) on which the entry was written, as days since 1970.
        case day
    }

    /// Sums over entries. A body that several entries share counts for each of them here.
    package struct Group: Hashable, Sendable {
        /// Host, type, status or day number; empty for entries without one.
        package let name: String
        package let entries: Int64
        /// Of these, fresh at the time asked for.
        package let freshEntries: Int64
        package let wireBytes: Int64
        package let storedBytes: Int64
    }

    /// What was done on one day.
    package struct Activity: Hashable, Sendable {
        /// Days since 1970-01-01, UTC.
        package let day: Int64
        package let delta: ActivityDelta
    }

    package let entries: Int64
    package let hosts: Int64
    /// Distinct bodies; equal ones count once here and in the sums.
    package let bodies: Int64
    package let wireBytes: Int64
    package let storedBytes: Int64
    /// Sum of the lengths without coding over the bodies where it is known.
    package let decodedBytes: Int64
    /// How many bodies those are.
    package let decodedBodies: Int64
    /// Wire bytes that need not be stored because an equal body was there.
    package let sharedBytes: Int64
    /// Entries that the limits and `gc` spare.
    package let pinnedEntries: Int64
    /// What the owner has settled.
    package let settings: StoreSettings
    /// The room of the file system; nil where it does not say.
    package let freeSpace: FreeSpace?
    /// What the whole directory has allocated on the file system.
    package let directoryBytes: Int64
    /// Bytes of the database file that are used for nothing; new entries take them, and `gc` gives them back.
    package let freePageBytes: Int64
    /// Length of the database file.
    package let databaseFileBytes: Int64
    /// Length of the write-ahead log's file.
    package let logFileBytes: Int64
    /// The largest first; empty without a grouping.
    package let groups: [Group]
    /// By day and outcome.
    package let activity: [Activity]
}

extension StoreStatistics {
    /// Groups that are handed out: more hosts than this are of no use to a reader, and memory is bounded.
    static let maximumGroups = 10_000

    /// Counts in one read transaction. `query` narrows the groups, not the totals.
    static func gather(_ grouping: Grouping, query: EntryQuery, database: CacheDatabase) throws(StoreError) -> StoreStatistics {
        let connection = try database.openReader()
        try connection.execute("BEGIN", operation: "count")
        let bodies = try connection.prepare(
            """
            SELECT count(*), coalesce(sum(wire_bytes), 0), coalesce(sum(stored_bytes), 0), coalesce(sum(decoded_bytes), 0),
                count(decoded_bytes), coalesce(sum((reference_count - 1) * wire_bytes), 0)
            FROM body WHERE state = 0
            """)
        _ = try bodies.step("count")
        return StoreStatistics(
            entries: try connection.integer("SELECT count(*) FROM entry"),
            hosts: try connection.integer("SELECT count(*) FROM host"),
            bodies: bodies.integer(0), wireBytes: bodies.integer(1), storedBytes: bodies.integer(2),
            decodedBytes: bodies.integer(3), decodedBodies: bodies.integer(4), sharedBytes: bodies.integer(5),
            pinnedEntries: try connection.integer("SELECT count(*) FROM freshness WHERE is_pinned <> 0"),
            settings: try SettingsTable(connection: connection).read().settings,
            freeSpace: database.freeSpace(database.directory.path),
            directoryBytes: DirectoryUsage.measure(database.directory).totalBytes,
            freePageBytes: try connection.integer("PRAGMA freelist_count") * CacheDatabase.pageBytes,
            databaseFileBytes: CacheDirectory.fileLength(database.path),
            logFileBytes: CacheDirectory.fileLength(database.directory.logPath),
            groups: try groups(grouping, query: query, connection), activity: try activity(connection))
    }

    private static func groups(
        _ grouping: Grouping, query: EntryQuery, _ connection: SQLiteConnection
    ) throws(StoreError) -> [Group] {
        let column: String
        switch grouping {
        case .none: return []
        case .host: column = "h.name"
        case .type: column = "e.content_type"
        case .status: column = "e.status"
        case .day: column = "e.created_ms / 86400000"
        }
        let sql = EntryQuerySQL(query)
        let statement = try connection.prepare(
            """
            SELECT \(column), count(*), sum(\(EntryQuerySQL.isFresh(query.now.milliseconds))), sum(b.wire_bytes),
                sum(b.stored_bytes)
            FROM \(EntryQuerySQL.tables)\(sql.filter) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT \(maximumGroups)
            """)
        sql.bind(to: statement)
        var groups: [Group] = []
        while try statement.step("count") {
            groups.append(
                Group(
                    name: statement.text(0), entries: statement.integer(1), freshEntries: statement.integer(2),
                    wireBytes: statement.integer(3), storedBytes: statement.integer(4)))
        }
        return groups
    }

    private static func activity(_ connection: SQLiteConnection) throws(StoreError) -> [Activity] {
        let statement = try connection.prepare(
            "SELECT day, outcome, requests, network_bytes, saved_bytes FROM activity ORDER BY day, outcome")
        var activity: [Activity] = []
        while try statement.step("count") {
            activity.append(
                Activity(
                    day: statement.integer(0),
                    delta: ActivityDelta(
                        outcome: statement.text(1), requests: statement.integer(2), networkBytes: statement.integer(3),
                        savedBytes: statement.integer(4))))
        }
        return activity
    }
}
