/// The table `cut`: what was not followed, by reason and subject.
final class CutTable {
    /// Subjects beyond so many are counted as one, for each reason.
    static let maximumRows: Int64 = 10_000

    private struct Key: Hashable {
        let reason: String
        let subject: String
    }

    private let connection: SQLiteConnection
    private let update: SQLiteStatement
    private let insert: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        update = try connection.prepare("UPDATE cut SET count = count + ?3 WHERE reason = ?1 AND subject = ?2")
        insert = try connection.prepare(
            """
            INSERT INTO cut (reason, subject, count, example_url) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (reason, subject) DO UPDATE SET count = count + excluded.count
            """)
    }

    /// Adds the counts, those of one subject at once.
    func add(_ cuts: [FrontierCut], _ progress: inout FrontierProgress) throws(StoreError) {
        if cuts.isEmpty { return }
        var total: [Key: FrontierCut] = [:]
        for cut in cuts {
            let key = Key(reason: cut.reason, subject: cut.subject)
            if total[key] == nil { total[key] = cut } else { total[key]?.count &+= cut.count }
        }
        for cut in total.values.sorted(by: { ($0.reason, $0.subject) < ($1.reason, $1.subject) }) { try add(cut, &progress) }
    }

    private func add(_ cut: FrontierCut, _ progress: inout FrontierProgress) throws(StoreError) {
        update.bind(cut.reason, at: 1)
        update.bind(cut.subject, at: 2)
        update.bind(cut.count, at: 3)
        try update.run("count what was cut")
        if connection.changedRows > 0 { return }
        let isRoom = progress.cutRows < Self.maximumRows
        insert.bind(cut.reason, at: 1)
        insert.bind(isRoom ? cut.subject : "", at: 2)
        insert.bind(cut.count, at: 3)
        insert.bind(cut.exampleURL, at: 4)
        try insert.run("count what was cut")
        if isRoom { progress.cutRows += 1 }
    }

    func clear(_ progress: inout FrontierProgress) throws(StoreError) {
        try connection.execute("DELETE FROM cut", operation: "begin a round")
        progress.cutRows = 0
    }
}
