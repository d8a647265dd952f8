/// Tells bodies that a living process is staging from those that a killed one left behind.
///
/// Each store that writes stamps the number of its mark on the bodies it stages. A stamp whose byte can be locked has no living
/// owner. While a dead owner's bodies are deleted its byte is held, so nobody new can take the number meanwhile.
final class StagingOwner: Sendable {
    private let mark: ProcessMark

    /// The number, as stamped on the bodies.
    var number: Int64 { Int64(mark.number) }

    init(lockPath: String) throws(StoreError) {
        mark = try ProcessMark(lockPath: lockPath)
    }

    /// Deletes staged bodies whose owner is gone. Those that bear this owner's own number are left alone, though before the
    /// first is staged they can only be a dead owner's that drew the same number: a later start deletes them. The caller holds
    /// the ticket.
    func removeAbandoned(_ connection: SQLiteConnection, bodies: BodyWriter, lockPath: String) throws(StoreError) {
        let owners = try rows("SELECT DISTINCT owner FROM body WHERE state = 1", connection)
        guard !owners.isEmpty else { return }
        let probe = try LockFile(path: lockPath)
        for owner in owners where owner != number && probe.tryLock(owner) {
            defer { probe.unlock(owner) }
            for body in try rows("SELECT body_id FROM body WHERE state = 1 AND owner = \(owner)", connection) {
                // One transaction for each: a body can have gigabytes.
                try connection.execute("BEGIN IMMEDIATE", operation: "begin")
                do throws(StoreError) {
                    try bodies.drop(body)
                    try connection.execute("COMMIT", operation: "commit")
                } catch {
                    if connection.isInTransaction { try? connection.execute("ROLLBACK") }
                    throw error
                }
            }
        }
    }

    private func rows(_ sql: String, _ connection: SQLiteConnection) throws(StoreError) -> [Int64] {
        let statement = try connection.prepare(sql)
        var rows: [Int64] = []
        while try statement.step() { rows.append(statement.integer(0)) }
        return rows
    }
}
