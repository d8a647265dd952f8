/// Tells bodies that a living process is staging from those that a killed one left behind.
///
/// Each store that writes holds one random byte of the lock file for as long as it lives, and stamps the number of the byte
/// on the bodies it stages. A stamp whose byte can be locked has no living owner: the kernel frees the byte with the process.
/// While a dead owner's bodies are deleted its byte is held, so nobody new can take the number meanwhile.
final class StagingOwner: Sendable {
    /// The byte, as stamped on the bodies.
    let number: Int64
    /// Holds the byte; dropping the last reference frees it.
    private let file: LockFile

    init(lockPath: String) throws(StoreError) {
        file = try LockFile(path: lockPath)
        var candidate = Int64.random(in: LockFile.Byte.owners)
        // Sixteen taken numbers in a row out of a billion mean that the system gives no locks. Then no other process can take
        // a byte either: left bodies stay, and nobody's living ones are deleted.
        for _ in 0..<16 where !file.tryLock(candidate) {
            candidate = Int64.random(in: LockFile.Byte.owners)
        }
        number = candidate
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
