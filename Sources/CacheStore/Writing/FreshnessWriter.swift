import HTTPCaching
import HTTPSemantics

/// The statements that change stored responses in place: after a 304, and after use. Used by the writing thread inside its
/// transaction. A change for a response that was replaced meanwhile changes no row; its uses are counted with those of what took
/// its place.
final class FreshnessWriter {
    private let freshen: SQLiteStatement
    private let changeHead: SQLiteStatement
    private let connection: SQLiteConnection
    private let moveUse: SQLiteStatement
    private let lists: CountStatements
    private let ranges: CountStatements
    private let pin: SQLiteStatement

    init(connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        // What is confirmed is in use, though nobody may have been served from it. A new head brings its own Date and Expires;
        // without one, the last that are known stay. It also
        // settles what numbers tell of it.
        freshen = try connection.prepare(
            """
            UPDATE freshness SET response_time_ms = ?3, initial_age_s = ?4, \(FreshnessColumns.assignments),
                date_s = CASE WHEN ?15 THEN ?16 ELSE coalesce(?16, date_s) END,
                expires_s = CASE WHEN ?15 THEN ?17 ELSE coalesce(?17, expires_s) END,
                last_use_ms = max(last_use_ms, ?18),
                key_check = CASE WHEN ?15 THEN ?19 ELSE key_check END, wire_bytes = CASE WHEN ?15 THEN ?20 ELSE wire_bytes END
            WHERE entry_id = ?1 AND body_id = ?2
            """)
        changeHead = try connection.prepare(
            """
            UPDATE entry SET status = ?3, version = ?4, reason = ?5, fields = ?6, content_type = ?7,
                vary_fields = coalesce(?8, vary_fields)
            WHERE entry_id = ?1 AND body_id = ?2
            """)
        moveUse = try connection.prepare(
            """
            UPDATE freshness SET last_use_ms = ?2 WHERE entry_id = ?1 AND body_id = ?3 AND last_use_ms <= ?2 - ?4
            """)
        lists = try CountStatements("IN (\(SQLiteStatement.places(Self.countedAtOnce, from: 2)))", connection)
        ranges = try CountStatements("BETWEEN ?2 AND ?3", connection)
        pin = try connection.prepare("UPDATE freshness SET is_pinned = ?2 WHERE entry_id = ?1 AND is_pinned <> ?2")
    }

    func write(_ pending: PendingFreshness) throws(StoreError) {
        if let head = pending.head {
            changeHead.bind(pending.id.row, at: 1)
            changeHead.bind(pending.id.body, at: 2)
            changeHead.bind(head.status, at: 3)
            changeHead.bind(head.version.major * 10 + head.version.minor, at: 4)
            changeHead.bind(head.reason, at: 5)
            changeHead.bind(head.fields.serialized, at: 6)
            changeHead.bind(NewEntry.essence(of: head), at: 7)
            changeHead.bind(pending.varyFields, at: 8)
            try changeHead.run("freshen an entry")
        }
        let freshness = pending.freshness
        freshen.bind(pending.id.row, at: 1)
        freshen.bind(pending.id.body, at: 2)
        freshen.bind(freshness.responseTime.milliseconds, at: 3)
        freshen.bind(freshness.initialAge, at: 4)
        FreshnessColumns.bind(freshness, to: freshen)
        freshen.bind(pending.head == nil ? 0 : 1, at: 15)
        freshen.bind(pending.date?.seconds, at: 16)
        freshen.bind(pending.expires?.seconds, at: 17)
        freshen.bind(pending.time.milliseconds, at: 18)
        freshen.bind(pending.keyCheck, at: 19)
        freshen.bind(pending.keyCheck.map { _ in pending.wireBytes }, at: 20)
        try freshen.run("freshen an entry")
    }

    /// - Parameter uses: in the order of their rows.
    func write(_ uses: [UseLedger.Use], pace: UseLedger.Pace) throws(StoreError) {
        moveUse.bind(pace.resolutionMilliseconds, at: 4)
        for use in uses where use.time.milliseconds(since: use.known) >= pace.resolutionMilliseconds {
            // A later use may be stored by now, not an earlier one.
            try move(use.entry, use.time)
        }
        var scattered: [Int64] = []
        var index = 0
        while index < uses.count {
            let run = Self.run(in: uses, from: index)
            index = run.endIndex
            if run.count >= Self.leastRange || uses[run.startIndex].count > 1 {
                try countRange(run)
            } else {
                for use in run {
                    // One row may come with two bodies, where one has taken the other's place between two uses.
                    if scattered.count == Self.countedAtOnce || scattered.last == use.entry.row { try countEach(&scattered) }
                    scattered.append(use.entry.row)
                }
            }
        }
        try countEach(&scattered)
    }

    /// The uses from one on whose rows follow one another, each used as often as the first: what was stored together is often used
    /// together.
    private static func run(in uses: [UseLedger.Use], from start: Int) -> ArraySlice<UseLedger.Use> {
        var end = start + 1
        // A damaged row may be the last that there is; what it wraps round to follows nothing.
        while end < uses.count, uses[end].entry.row == uses[end - 1].entry.row &+ 1, uses[end].count == uses[start].count {
            end += 1
        }
        return uses[start..<end]
    }

    /// Rows in one statement, which spares most of what SQLite does for each.
    private static let countedAtOnce = 64
    /// For so many rows that follow one another, going from one to the next is quicker than looking for each.
    private static let leastRange = 4

    private func countRange(_ run: ArraySlice<UseLedger.Use>) throws(StoreError) {
        guard let first = run.first, let last = run.last else { return }
        try ranges.count(first.count, rows: run.count) { statement in
            statement.bind(first.entry.row, at: 2)
            statement.bind(last.entry.row, at: 3)
        }
    }

    /// Counts one use of each row.
    private func countEach(_ rows: inout [Int64]) throws(StoreError) {
        if rows.isEmpty { return }
        try lists.count(1, rows: rows.count) { $0.bind(rows, from: 2, places: Self.countedAtOnce) }
        rows.removeAll(keepingCapacity: true)
    }

    /// Gives a use the place of the stored one, if it is so much later.
    private func move(_ id: EntryID, _ time: UnixTime) throws(StoreError) {
        moveUse.bind(id.row, at: 1)
        moveUse.bind(time.milliseconds, at: 2)
        moveUse.bind(id.body, at: 3)
        try moveUse.run("note a use")
    }

    /// Has whoever asks for the numbers of an entry read the entry itself. Returns whether there were any.
    func forgetNumbers(of row: Int64) throws(StoreError) -> Bool {
        try connection.execute(
            """
            UPDATE freshness SET key_check = NULL, wire_bytes = NULL
            WHERE entry_id = \(row) AND (key_check IS NOT NULL OR wire_bytes IS NOT NULL)
            """, operation: "repair an entry")
        return connection.changedRows > 0
    }

    /// Pins entries, or no longer. Returns how many were not what they are now.
    func pin(_ isPinned: Bool, rows: [Int64]) throws(StoreError) -> Int64 {
        var count: Int64 = 0
        for row in rows {
            pin.bind(row, at: 1)
            pin.bind(isPinned ? 1 : 0, at: 2)
            try pin.run("pin an entry")
            count += Int64(connection.changedRows)
        }
        return count
    }
}

/// Counts uses of several rows at a time. Rows whose entry is gone are passed over.
private struct CountStatements {
    private let connection: SQLiteConnection
    private let raise: SQLiteStatement
    private let begin: SQLiteStatement

    /// - Parameter condition: which rows, by parameters from the second on.
    init(_ condition: String, _ connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        // OR FAIL: what has failed is rolled back with the whole group. For ABORT, which takes back the one statement, SQLite would
        // write the former pages into a temporary file first.
        // A count that has come to its end, by damage, stays there.
        raise = try connection.prepare(
            "UPDATE OR FAIL entry_use SET use_count = min(use_count, \(Int64.max) - ?1) + ?1 WHERE entry_id \(condition)")
        begin = try connection.prepare(
            "INSERT OR IGNORE INTO entry_use SELECT entry_id, ?1 FROM freshness WHERE entry_id \(condition)")
    }

    /// - Parameters:
    ///   - times: uses of each row.
    ///   - rows: how many rows are meant.
    ///   - bind: says which.
    func count(_ times: Int64, rows: Int, _ bind: (SQLiteStatement) -> Void) throws(StoreError) {
        try run(raise, times, bind)
        // Those that were raised have a row, which this leaves alone.
        if connection.changedRows < rows { try run(begin, times, bind) }
    }

    private func run(_ statement: SQLiteStatement, _ times: Int64, _ bind: (SQLiteStatement) -> Void) throws(StoreError) {
        statement.bind(times, at: 1)
        bind(statement)
        try statement.run("note uses")
    }
}
