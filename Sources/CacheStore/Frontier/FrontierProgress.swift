/// The one row of the table `progress`: read where another process has written, kept in memory otherwise, and written by each
/// transaction.
struct FrontierProgress: Equatable, Sendable {
    /// 0 open, 1 done, 2 waiting.
    var state: Int64 = 0
    var round: Int64 = 1
    /// When the round began, in milliseconds since 1970.
    var roundMilliseconds: Int64 = 0
    var activeMilliseconds: Int64 = 0
    var lastSeq: Int64 = 0
    var lastPage: Int64 = 0
    var known: Int64 = 0
    var queued: Int64 = 0
    var delayed: Int64 = 0
    var inflight: Int64 = 0
    /// By `PageClass.rawValue`.
    var finished = [Int64](repeating: 0, count: PageClass.allCases.count)
    var cutRows: Int64 = 0
    /// Rows of `seen`.
    var seen: Int64 = 0
    var lastBatch: Int64 = 0
    var mergedBatch: Int64 = 0
    /// 0: no merge is under way.
    var mergingBatch: Int64 = 0
    var mergingFingerprint: Int64 = 0
    var listedPage: Int64 = 0

    private static let columns = """
        state, round, active_ms, last_seq, last_page_id, known_count, queued_count, delayed_count, inflight_count, \
        new_count, unchanged_count, changed_count, moved_count, gone_count, broken_count, refused_count, \
        cut_row_count, seen_count, last_batch_id, merged_batch_id, merging_batch_id, merging_fingerprint, listed_page_id, \
        round_ms
        """

    static let select = "SELECT \(columns) FROM progress"
    static let replace = """
        INSERT OR REPLACE INTO progress (progress_id, \(columns)) VALUES \
        (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
        """

    init() {}

    /// Runs `select` and reads its row; `corrupt` where there is none.
    init(_ statement: SQLiteStatement, path: String) throws(StoreError) {
        defer { statement.reset() }
        guard try statement.step("read the progress") else {
            throw StoreError(.corrupt, operation: "read the progress", path: path, detail: "it has none")
        }
        state = statement.integer(0)
        round = statement.integer(1)
        activeMilliseconds = statement.integer(2)
        lastSeq = statement.integer(3)
        lastPage = statement.integer(4)
        known = statement.integer(5)
        queued = statement.integer(6)
        delayed = statement.integer(7)
        inflight = statement.integer(8)
        for index in finished.indices { finished[index] = statement.integer(9 + Int32(index)) }
        cutRows = statement.integer(16)
        seen = statement.integer(17)
        lastBatch = statement.integer(18)
        mergedBatch = statement.integer(19)
        mergingBatch = statement.integer(20)
        mergingFingerprint = statement.integer(21)
        listedPage = statement.integer(22)
        roundMilliseconds = statement.integer(23)
    }

    /// Binds the row to `replace` and runs it.
    func write(_ statement: SQLiteStatement) throws(StoreError) {
        let values =
            [state, round, activeMilliseconds, lastSeq, lastPage, known, queued, delayed, inflight] + finished
            + [cutRows, seen, lastBatch, mergedBatch, mergingBatch, mergingFingerprint, listedPage, roundMilliseconds]
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        try statement.run("write the progress")
    }
}

/// How far a job is.
package struct FrontierCounts: Hashable, Sendable {
    /// Whether the engine has said that the job is done, and nothing came since.
    package let isDone: Bool
    /// Whether the last run has ended with nothing left but what waits for hosts, and nothing came or was handed out since.
    package let isWaiting: Bool
    /// 1, 2, ...
    package let round: Int
    /// When the round began, in milliseconds since 1970.
    package let roundMilliseconds: Int64
    /// Milliseconds since 1970 of the last change.
    package let activeMilliseconds: Int64
    /// URLs known in this round: the sum of the following.
    package let known: Int64
    package let queued: Int64
    /// Postponed.
    package let delayed: Int64
    /// Handed out, by all processes; those of a killed one count until somebody next leases.
    package let inflight: Int64
    /// Finished in this round.
    package let finished: [PageClass: Int64]

    /// Pages of former rounds that were not finished in this one, or not yet.
    package let missing: Int64

    /// URLs that are not finished.
    package var remaining: Int64 { queued + delayed + inflight }

    /// Whether there is nothing left to do, for any process.
    package var isDrained: Bool { queued == 0 && delayed == 0 && inflight == 0 }

    init(_ progress: FrontierProgress) {
        isDone = progress.state == 1
        isWaiting = progress.state == 2
        missing = progress.lastPage - progress.finished.reduce(0, +)
        round = Int(clamping: progress.round)
        roundMilliseconds = progress.roundMilliseconds
        activeMilliseconds = progress.activeMilliseconds
        known = progress.known
        queued = progress.queued
        delayed = progress.delayed
        inflight = progress.inflight
        finished = Dictionary(uniqueKeysWithValues: PageClass.allCases.map { ($0, progress.finished[$0.rawValue]) })
    }
}
