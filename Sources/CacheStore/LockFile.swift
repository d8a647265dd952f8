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
        /// One byte for each process that stages bodies.
        static let owners: Range<Int64> = 1 << 20..<1 << 30
    }

    private let descriptor: Int32

    /// Opens the file and makes it, readable by its owner alone, where it is missing.
    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(errno, operation: "open the lock file", path: path) }
    }

    deinit {
        close(descriptor)
    }

    /// Waits for the byte.
    func lock(_ byte: Int64) {
        _ = set(byte, type: F_WRLCK, waiting: true)
    }

    /// Takes the byte if nobody has it; returns whether it was taken.
    func tryLock(_ byte: Int64) -> Bool {
        set(byte, type: F_WRLCK, waiting: false)
    }

    func unlock(_ byte: Int64) {
        _ = set(byte, type: F_UNLCK, waiting: false)
    }

    #if os(Linux)
        private static let setCommand: Int32 = 37  // F_OFD_SETLK
        private static let setAndWaitCommand: Int32 = 38  // F_OFD_SETLKW
    #else
        private static let setCommand: Int32 = 90
        private static let setAndWaitCommand: Int32 = 91
    #endif

    private func set(_ byte: Int64, type: Int32, waiting: Bool) -> Bool {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(byte)
        lock.l_len = 1
        while true {
            let result = fcntl(descriptor, waiting ? Self.setAndWaitCommand : Self.setCommand, &lock)
            if result == 0 { return true }
            if errno != EINTR { return false }
        }
    }
}
