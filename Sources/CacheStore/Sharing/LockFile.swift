#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file DIR/cache.lock, whose bytes are locked as open-file-description locks: the kernel drops them with the process.
///
/// Locks belong to the open file description: two instances exclude each other, also within one process; one instance never
/// excludes itself. No instance is inherited by a child program. Integrity never depends on these locks, they save work and
/// keep order: where the system refuses one, the work goes on without it.
final class LockFile: Sendable {
    /// The bytes and what each is for.
    enum Byte {
        /// Held while a transaction is written.
        static let write: Int64 = 0
        /// Held while waiting for `write`, so that writers come in order.
        static let queue: Int64 = 1
        /// Held while the write-ahead log is copied.
        static let checkpoint: Int64 = 2
        /// Held while the file of shared memory is made.
        static let sharedMemory: Int64 = 3
        /// One byte for each process that stages bodies or takes turns at hosts: its mark.
        static let owners: Range<Int64> = 1 << 20..<1 << 30
    }

    let path: String
    private let descriptor: Int32

    /// Opens the file and makes it, readable by its owner alone, where it is missing.
    init(path: String) throws(StoreError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(errno, operation: "open the lock file", path: path) }
    }

    deinit {
        close(descriptor)
    }

    /// What became of an attempt to take a byte.
    enum Attempt {
        case taken
        /// Another instance has it.
        case held
        /// The system gives no such locks.
        case refused
    }

    /// Waits for the byte, without a limit: the holder may be a stopped process.
    func lock(_ byte: Int64) {
        _ = set(byte, type: F_WRLCK, waiting: true)
    }

    /// Waits for the byte, for at most about `limit`; returns whether it was taken. Waiters have no order.
    func lock(_ byte: Int64, within limit: Duration) -> Bool {
        if tryLock(byte) { return true }
        let end = ContinuousClock.now + limit
        var pause: UInt32 = 1000
        while ContinuousClock.now < end {
            usleep(pause)
            if tryLock(byte) { return true }
            pause = min(pause * 2, 10_000)
        }
        return false
    }

    /// Takes the byte if nobody has it; returns whether it was taken.
    func tryLock(_ byte: Int64) -> Bool {
        attempt(byte) == .taken
    }

    /// Takes the byte if nobody has it.
    func attempt(_ byte: Int64) -> Attempt {
        switch set(byte, type: F_WRLCK, waiting: false) {
        case 0: .taken
        case EAGAIN, EACCES: .held
        default: .refused
        }
    }

    func unlock(_ byte: Int64) {
        _ = set(byte, type: F_UNLCK, waiting: false)
    }

    /// Whether another instance has the byte, without taking it; nil where the system does not tell. What this instance has itself
    /// counts as free.
    func isHeldElsewhere(_ byte: Int64) -> Bool? {
        var lock = Self.range(byte, type: F_WRLCK)
        while fcntl(descriptor, Self.getCommand, &lock) != 0 {
            if errno != EINTR { return nil }
        }
        return lock.l_type != Int16(F_UNLCK)
    }

    /// Whether another instance has one of the bytes; nil where the system does not tell.
    func isAnyHeldElsewhere(_ bytes: Range<Int64>) -> Bool? {
        var lock = Self.range(bytes.lowerBound, type: F_WRLCK, count: Int64(bytes.count))
        while fcntl(descriptor, Self.getCommand, &lock) != 0 {
            if errno != EINTR { return nil }
        }
        return lock.l_type != Int16(F_UNLCK)
    }

    /// Whether the path still leads to this file: it may have been removed, and perhaps made anew, since it was opened.
    var isInPlace: Bool {
        var (mine, present) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && lstat(path, &present) == 0 && mine.st_ino == present.st_ino
            && mine.st_dev == present.st_dev
    }

    #if os(Linux)
        private static let getCommand: Int32 = 36  // F_OFD_GETLK
        private static let setCommand: Int32 = 37  // F_OFD_SETLK
        private static let setAndWaitCommand: Int32 = 38  // F_OFD_SETLKW
    #else
        private static let getCommand: Int32 = 92
        private static let setCommand: Int32 = 90
        private static let setAndWaitCommand: Int32 = 91
    #endif

    /// 0, or the error number.
    private func set(_ byte: Int64, type: Int32, waiting: Bool) -> Int32 {
        var lock = Self.range(byte, type: type)
        while true {
            let result = fcntl(descriptor, waiting ? Self.setAndWaitCommand : Self.setCommand, &lock)
            if result == 0 { return 0 }
            if errno != EINTR { return errno }
        }
    }

    private static func range(_ byte: Int64, type: Int32, count: Int64 = 1) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(byte)
        lock.l_len = off_t(count)
        return lock
    }
}
