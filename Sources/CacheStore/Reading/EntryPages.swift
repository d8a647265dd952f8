import HTTPSemantics
import Synchronization

/// The entries of a query, page by page, in bounded memory.
///
/// The order is settled once, into a temporary table of row numbers; a page then is a short read of its own. So a reader who
/// takes an hour over a list holds back nobody's write-ahead log. Entries that go meanwhile are left out.
package final class EntryPages: Sendable {
    /// Entries in one page at most.
    package static let pageSize = 500

    private struct Cursor {
        let connection: SQLiteConnection
        let page: SQLiteStatement
        var position: Int64 = 0
    }

    private let database: CacheDatabase
    private let query: EntryQuery
    /// Nil before the first page. Reached under the lock, by one thread at a time.
    private let cursor = Mutex<Cursor?>(nil)

    init(database: CacheDatabase, query: EntryQuery) {
        self.database = database
        self.query = query
    }

    /// The next page; nil at the end. For one consumer at a time.
    package func next() async throws(StoreError) -> [EntrySummary]? {
        try await DedicatedThread.run(path: database.path) { [self] () throws(StoreError) in try nextPage() }
    }

    /// The same on the calling thread, which waits for the disk.
    func nextPage() throws(StoreError) -> [EntrySummary]? {
        let result = cursor.withLock { cursor -> Result<[EntrySummary], StoreError> in
            do throws(StoreError) {
                if cursor == nil { cursor = try open() }
                return .success(try Self.read(&cursor, now: query.now))
            } catch {
                return .failure(error)
            }
        }
        let page = try result.get()
        return page.isEmpty ? nil : page
    }

    private func open() throws(StoreError) -> Cursor {
        let connection = try database.openReader()
        let sql = EntryQuerySQL(query)
        try connection.execute("CREATE TEMP TABLE list (position INTEGER PRIMARY KEY, entry_id INTEGER)", operation: "list")
        let fill = try connection.prepare(
            "INSERT INTO list (entry_id) SELECT e.entry_id FROM \(EntryQuerySQL.tables)\(sql.filter)\(EntryQuerySQL.order(query))")
        sql.bind(to: fill)
        try fill.run("list")
        let now = query.now.milliseconds
        let page = try connection.prepare(
            """
            SELECT l.position, e.entry_id, e.body_id, e.method, e.url, h.name, e.status, e.content_type, b.coding, b.wire_bytes,
                b.stored_bytes, b.decoded_bytes, e.created_ms, f.response_time_ms, \(EntryQuerySQL.age(now)), f.lifetime_s,
                \(EntryQuerySQL.isFresh(now)), b.digest, f.last_use_ms, coalesce(u.use_count, 0),
                e.held_ranges, f.is_pinned
            FROM list l CROSS JOIN entry e ON e.entry_id = l.entry_id
                JOIN freshness f ON f.entry_id = e.entry_id JOIN body b ON b.body_id = e.body_id
                JOIN host h ON h.host_id = e.host_id LEFT JOIN entry_use u ON u.entry_id = e.entry_id
            WHERE l.position > ?1 ORDER BY l.position LIMIT ?2
            """)
        return Cursor(connection: connection, page: page)
    }

    private static func read(_ cursor: inout Cursor?, now: UnixTime) throws(StoreError) -> [EntrySummary] {
        guard let page = cursor?.page, let start = cursor?.position else { return [] }
        page.bind(start, at: 1)
        page.bind(pageSize, at: 2)
        var entries: [EntrySummary] = []
        entries.reserveCapacity(pageSize)
        while try page.step("list") {
            cursor?.position = page.integer(0)
            entries.append(summary(page))
        }
        page.reset()
        return entries
    }

    private static func summary(_ row: SQLiteStatement) -> EntrySummary {
        EntrySummary(
            id: EntryID(row: row.integer(1), body: row.integer(2)), method: row.text(3), url: row.text(4), host: row.text(5),
            status: Int(row.integer(6)), contentType: row.text(7),
            coding: StoredCoding(rawValue: Int(row.integer(8))) ?? .asReceived, digest: row.bytes(17),
            wireBytes: row.integer(9), storedBytes: row.integer(10), decodedBytes: row.optionalInteger(11),
            createdTime: UnixTime(milliseconds: row.integer(12)), lastUse: UnixTime(milliseconds: row.integer(18)),
            useCount: row.integer(19), responseTime: UnixTime(milliseconds: row.integer(13)), age: row.integer(14),
            lifetime: row.integer(15), isFresh: row.integer(16) != 0, heldRanges: row.optionalText(20),
            isPinned: row.integer(21) != 0)
    }
}
