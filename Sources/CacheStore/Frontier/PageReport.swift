import HTTPSemantics
import Synchronization

/// A finished page, as reports show it.
package struct ReportedPage: Hashable, Sendable {
    package let id: FrontierPageID
    package let url: String
    package let pageClass: PageClass
    package let answer: FinishedAnswer
    package let depth: Int
    /// Where it was first found; nil: a seed.
    package let referrerURL: String?
    /// The last round in which it was finished.
    package let round: Int
    /// The status in the round before that one; nil: none.
    package let previousStatus: Int?
}

/// What a report is about.
package enum PageSelection: Hashable, Sendable {
    /// Finished in the present round, of these classes.
    case classes(Set<PageClass>)
    /// Known from a former round, and not found in the present one: no link leads there any more, or not yet.
    case missing
    /// All, of all rounds.
    case all
}

/// The pages of a selection, part by part, in bounded memory: in the order in which they were first finished, and class by class where
/// none of the classes is `new` or `unchanged`. Each part is a short read of its own, so that a reader who takes an hour holds back
/// nobody's log.
package final class PageReport: Sendable {
    /// Pages in one part at most.
    package static let partSize = 500

    private struct Cursor {
        let statement: SQLiteStatement
        /// The classes that are still to come, the present one first; empty: the statement takes none.
        var classes: [Int]
        var last: Int64 = 0
    }

    private let database: FrontierDatabase
    private let selection: PageSelection
    /// Nil before the first part.
    private let cursor = Mutex<Cursor?>(nil)

    init(database: FrontierDatabase, selection: PageSelection) {
        self.database = database
        self.selection = selection
    }

    /// The next part; nil at the end. For one consumer at a time.
    package func next() async throws(StoreError) -> [ReportedPage]? {
        try await DedicatedThread.run(path: database.path) { [self] () throws(StoreError) in
            let result = cursor.withLock { cursor -> Result<[ReportedPage], StoreError> in
                do throws(StoreError) {
                    var present: Cursor
                    if let known = cursor { present = known } else { present = try open() }
                    let part = try Self.read(&present)
                    cursor = present
                    return .success(part)
                } catch {
                    return .failure(error)
                }
            }
            let part = try result.get()
            return part.isEmpty ? nil : part
        }
    }

    private func open() throws(StoreError) -> Cursor {
        let connection = try database.openReader()
        return Cursor(
            statement: try connection.prepare(
                """
                SELECT p.page_id, h.authority || p.path, p.class, p.status, p.outcome, p.error_code, p.digest, p.redirect_url,
                    p.fetched_ms, p.depth, rh.authority || r.path, p.round, p.previous_status
                FROM page p JOIN host h ON h.host_id = p.host_id
                    LEFT JOIN page r ON r.page_id = p.referrer_id LEFT JOIN host rh ON rh.host_id = r.host_id
                WHERE p.page_id > ?1 AND \(condition) ORDER BY p.page_id LIMIT \(Self.partSize)
                """),
            classes: notableClasses ?? [])
    }

    private var condition: String {
        let present = "(SELECT round FROM progress)"
        switch selection {
        case .all: return "TRUE"
        case .missing: return "p.round < \(present)"
        // The partial index is of use only where its own condition stands there word for word.
        case .classes where notableClasses != nil: return "p.class = ?2 AND p.class >= 2 AND p.round = \(present)"
        case .classes(let classes):
            return "p.class IN (\(classes.map { String($0.rawValue) }.joined(separator: ", "))) AND p.round = \(present)"
        }
    }

    /// The classes, where all of them are in the index: looked up one after another, each is in order there.
    private var notableClasses: [Int]? {
        guard case .classes(let classes) = selection else { return nil }
        let numbers = classes.map(\.rawValue).sorted()
        return (numbers.first ?? 0) >= PageClass.changed.rawValue ? numbers : nil
    }

    private static func read(_ cursor: inout Cursor) throws(StoreError) -> [ReportedPage] {
        let row = cursor.statement
        var pages: [ReportedPage] = []
        while true {
            row.bind(cursor.last, at: 1)
            if let number = cursor.classes.first { row.bind(number, at: 2) }
            while try row.step("report") {
                cursor.last = row.integer(0)
                pages.append(page(row))
            }
            row.reset()
            if !pages.isEmpty || cursor.classes.count < 2 { return pages }
            cursor.classes.removeFirst()
            cursor.last = 0
        }
    }

    private static func page(_ row: SQLiteStatement) -> ReportedPage {
        ReportedPage(
            id: FrontierPageID(row: row.integer(0)), url: row.text(1),
            pageClass: PageClass(rawValue: Int(clamping: row.integer(2))) ?? .broken,
            answer: FinishedAnswer(
                status: row.optionalInteger(3).map { Int(clamping: $0) }, outcome: Int(clamping: row.integer(4)),
                errorCode: row.optionalText(5), digest: row.optionalInteger(6).map { UInt64(bitPattern: $0) },
                redirectURL: row.optionalText(7), time: UnixTime(milliseconds: row.integer(8))),
            depth: Int(clamping: row.integer(9)), referrerURL: row.optionalText(10), round: Int(clamping: row.integer(11)),
            previousStatus: row.optionalInteger(12).map { Int(clamping: $0) })
    }
}

extension FrontierStore {
    /// The pages of a selection.
    package func pages(_ selection: PageSelection) -> PageReport {
        PageReport(database: database, selection: selection)
    }

    /// What was not followed, the largest counts first; at most `limit` rows.
    package func cuts(limit: Int) async throws(StoreError) -> [FrontierCut] {
        let database = database
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            let statement = try database.openReader().prepare(
                "SELECT reason, subject, count, example_url FROM cut ORDER BY count DESC, reason, subject LIMIT ?1")
            statement.bind(max(0, limit), at: 1)
            var cuts: [FrontierCut] = []
            while try statement.step("report") {
                cuts.append(
                    FrontierCut(
                        reason: statement.text(0), subject: statement.text(1), count: statement.integer(2),
                        exampleURL: statement.text(3)))
            }
            return cuts
        }
    }
}
