import Synchronization

/// A finished page, as `page_known` names it.
struct KnownPage: Hashable, Sendable {
    let fingerprint: Int64
    let page: Int64
}

/// Finished pages in the order of `page_known`, part by part, in bounded memory.
///
/// They are sorted into a temporary table, a file beside the job's. So the parts need no view of the job, which would hold its log back
/// for as long as they are written.
final class PageListing: Sendable {
    /// Pages in one part at most: what is written in one transaction, in about 0.1 s.
    static let partSize = 65_536

    /// Memory for sorting, in KiB; 14 pieces of that size are 10 million pages.
    private static let sortingKibibytes = 16_384

    private struct Sorted {
        /// Owns the temporary table.
        let connection: SQLiteConnection
        let rows: SQLiteStatement
        var isAtEnd = false
    }

    private let database: FrontierDatabase
    private let range: ClosedRange<Int64>
    private let partSize: Int
    /// Nil before the first part.
    private let sorted = Mutex<Sorted?>(nil)

    /// - Parameter range: of the pages' numbers.
    init(database: FrontierDatabase, pages range: ClosedRange<Int64>, partSize: Int = PageListing.partSize) {
        self.database = database
        self.range = range
        self.partSize = max(1, partSize)
    }

    /// The next part; nil at the end. The first one takes as long as it takes to read and sort them all: some 10 s for ten million. For
    /// one consumer at a time.
    func next() async throws(StoreError) -> [KnownPage]? {
        try await DedicatedThread.run(path: database.path) { [self] () throws(StoreError) in
            let result = sorted.withLock { sorted -> Result<[KnownPage], StoreError> in
                do throws(StoreError) {
                    var present: Sorted
                    if let known = sorted { present = known } else { present = try sort() }
                    let part = try Self.read(&present, atMost: partSize)
                    sorted = present
                    return .success(part)
                } catch {
                    return .failure(error)
                }
            }
            let part = try result.get()
            return part.isEmpty ? nil : part
        }
    }

    private func sort() throws(StoreError) -> Sorted {
        let connection = try database.openReader()
        try connection.execute(
            """
            PRAGMA cache_size = -\(Self.sortingKibibytes);
            PRAGMA temp_store = FILE;
            CREATE TEMP TABLE listing (fingerprint INTEGER PRIMARY KEY, page_id INTEGER NOT NULL);
            """, operation: "list the pages")
        let fill = try connection.prepare(
            """
            INSERT OR REPLACE INTO temp.listing
                SELECT fingerprint, page_id FROM page WHERE page_id BETWEEN ?1 AND ?2 ORDER BY fingerprint
            """)
        fill.bind(range.lowerBound, at: 1)
        fill.bind(range.upperBound, at: 2)
        try fill.run("list the pages")
        return Sorted(
            connection: connection,
            rows: try connection.prepare("SELECT fingerprint, page_id FROM temp.listing ORDER BY fingerprint"))
    }

    private static func read(_ sorted: inout Sorted, atMost count: Int) throws(StoreError) -> [KnownPage] {
        var part: [KnownPage] = []
        while !sorted.isAtEnd, part.count < count {
            if try sorted.rows.step("list the pages") {
                part.append(KnownPage(fingerprint: sorted.rows.integer(0), page: sorted.rows.integer(1)))
            } else {
                // Another step would begin anew.
                sorted.isAtEnd = true
            }
        }
        return part
    }
}
