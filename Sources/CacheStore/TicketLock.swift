/// The right to write the database, given to the processes of a machine in the order in which they asked.
///
/// SQLite's own waiting is a lottery: with eight writers the worst wait was 3.3 s and one of them starved. Two bytes make a
/// queue of it: whoever holds the queue byte is next for the write byte, and the kernel wakes waiters in order.
struct TicketLock: Sendable {
    private let file: LockFile

    init(file: LockFile) {
        self.file = file
    }

    /// Runs `body` with the right to write.
    func withTicket<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        file.lock(LockFile.Byte.queue)
        file.lock(LockFile.Byte.write)
        file.unlock(LockFile.Byte.queue)
        defer { file.unlock(LockFile.Byte.write) }
        return try body()
    }
}
