import HTTPSemantics

/// Removes what was used longest ago. Used by the owner of a writing connection inside its transaction.
final class Evictor {
    /// How much one call may do.
    struct Bounds {
        /// Entries that are removed at most.
        var entries: Int
        /// Stops once so few pages are in use; nil: goes on.
        var usedPages: Int64?
        /// Removes only what was last used before; nil: anything.
        var unusedSince: UnixTime?
    }

    /// Entries that are looked for at once.
    private static let batchCount = 32

    private let entries: EntryWriter
    private let pages: PageCounter
    private let candidates: SQLiteStatement
    private let any: SQLiteStatement

    init(connection: SQLiteConnection, entries: EntryWriter, pages: PageCounter) throws(StoreError) {
        self.entries = entries
        self.pages = pages
        // The index leaves out what is pinned. The order is total, so that what is spared is passed over.
        candidates = try connection.prepare(
            """
            SELECT last_use_ms, entry_id, body_id FROM freshness
            WHERE is_pinned = 0 AND last_use_ms >= ?1 AND (last_use_ms > ?1 OR entry_id > ?2) AND last_use_ms < ?3
            ORDER BY last_use_ms, entry_id LIMIT \(Self.batchCount)
            """)
        any = try connection.prepare("SELECT 1 FROM freshness WHERE is_pinned = 0 LIMIT 1")
    }

    /// Whether there is an entry that is not pinned.
    func hasCandidates() throws(StoreError) -> Bool {
        defer { any.reset() }
        return try any.step("make room")
    }

    /// Removes entries in the order of their last use, those of `spared` excepted, until `bounds` are met, nothing is left, or
    /// `isEnough` says so; that is asked after each of them, with the number of those that went.
    ///
    /// - Returns: the rows of what went.
    func evict(
        _ bounds: Bounds, sparing spared: Set<Int64> = [], isEnough: (_ count: Int) throws(StoreError) -> Bool = { _ in false }
    ) throws(StoreError) -> [Int64] {
        var gone: [Int64] = []
        var last: (use: Int64, row: Int64) = (.min, .min)
        while gone.count < bounds.entries {
            let found = try next(after: last, before: bounds.unusedSince)
            for candidate in found {
                last = (candidate.use, candidate.id.row)
                if spared.contains(candidate.id.row) { continue }
                if let goal = bounds.usedPages, try pages.count().used <= goal { return gone }
                try entries.evict(candidate.id)
                gone.append(candidate.id.row)
                if gone.count >= bounds.entries { return gone }
                if try isEnough(gone.count) { return gone }
            }
            if found.count < Self.batchCount { break }
        }
        return gone
    }

    private func next(
        after last: (use: Int64, row: Int64), before end: UnixTime?
    ) throws(StoreError) -> [(use: Int64, id: EntryID)] {
        candidates.bind(last.use, at: 1)
        candidates.bind(last.row, at: 2)
        candidates.bind(end?.milliseconds ?? .max, at: 3)
        var found: [(use: Int64, id: EntryID)] = []
        while try candidates.step("make room") {
            found.append((candidates.integer(0), EntryID(row: candidates.integer(1), body: candidates.integer(2))))
        }
        candidates.reset()
        return found
    }
}

/// How many pages the database has, the open transaction included.
final class PageCounter {
    struct Count: Equatable {
        let all: Int64
        /// In the file, and used for nothing.
        let free: Int64

        var used: Int64 { all - free }
    }

    private let all: SQLiteStatement
    private let free: SQLiteStatement

    init(connection: SQLiteConnection) throws(StoreError) {
        all = try connection.prepare("PRAGMA page_count")
        free = try connection.prepare("PRAGMA freelist_count")
    }

    func count() throws(StoreError) -> Count {
        Count(all: try value(all), free: try value(free))
    }

    private func value(_ statement: SQLiteStatement) throws(StoreError) -> Int64 {
        defer { statement.reset() }
        return try statement.step("count pages") ? statement.integer(0) : 0
    }
}
