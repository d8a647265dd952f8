/// A number that tells a living process from a dead one.
///
/// It is the number of a byte of the lock file, drawn at random and held for as long as the mark lives: the kernel frees the byte
/// with the process. Whoever finds the number written somewhere asks whether the byte is held.
final class ProcessMark: Sendable {
    /// The byte; not 0.
    let number: UInt32
    /// False where the system gives no locks: then nobody can be told dead.
    let isHeld: Bool
    /// Holds the byte; dropping the last reference frees it.
    private let file: LockFile

    init(lockPath: String) throws(StoreError) {
        file = try LockFile(path: lockPath)
        var candidate = Int64.random(in: LockFile.Byte.owners)
        var isHeld = file.tryLock(candidate)
        // Sixteen taken numbers in a row out of a billion mean that the system gives no locks. Then no other process can take
        // a byte either, so what bears a dead one's number stays, and no living one's is touched.
        for _ in 0..<16 where !isHeld {
            candidate = Int64.random(in: LockFile.Byte.owners)
            isHeld = file.tryLock(candidate)
        }
        number = UInt32(candidate)
        self.isHeld = isHeld
    }

    /// Whether the process with this number lives; where the system does not tell, it counts as living.
    func isAlive(_ other: UInt32) -> Bool {
        // The file does not see its own locks.
        other == number || file.isHeldElsewhere(Int64(other)) ?? true
    }

    /// Whether the lock file still is where it was opened: without it nobody else sees the mark.
    var isInPlace: Bool { file.isInPlace }
}
