#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file DIR/cache.shared, mapped into the memory of every process that uses the cache: counters of changes and the turns at
/// hosts. It only saves work and keeps the pace at hosts; whoever cannot have it works by its own view.
///
/// Unchecked because the bytes are handed out as bare pointers: the users of each part (`ChangeCounters`, `HostTable`) reach them
/// through atomics, or under a lock of atomics. The map lies at one address for the life of the object and is dropped with its last
/// reference, which each user holds.
final class SharedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer

    private init(_ base: UnsafeMutableRawPointer) {
        self.base = base
    }

    deinit {
        munmap(base, Layout.length)
    }

    /// What lies where, in bytes from the beginning.
    enum Layout {
        /// What a file must begin with. A change of what lies behind it needs another version.
        static let header: [UInt64] = [
            0x3168_736d_7264_6c00, 1, UInt64(length), UInt64(ChangeCounters.count), UInt64(HostTable.bucketCount),
            UInt64(HostTable.bucketStride), UInt64(HostTable.slotStride),
        ]
        static let counters = 4096
        static let hosts = counters + ChangeCounters.count * 4
        static let length = (hosts + HostTable.length + 4095) / 4096 * 4096
    }

    /// Maps the file; nil where there is none or it is of another layout.
    static func openExisting(in directory: CacheDirectory) -> SharedMemory? {
        let descriptor = open(directory.sharedMemoryPath, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        // A file that is shorter than its map would end the process at the first touch behind its end.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == Int64(Layout.length)
        else { return nil }
        var header = [UInt64](repeating: 0, count: Layout.header.count)
        let size = header.count * 8
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, size, 0) }
        guard count == size, header == Layout.header else { return nil }
        guard let base = mmap(nil, Layout.length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED
        else { return nil }
        return SharedMemory(base)
    }

    /// Maps the file and makes it where there is none; one of another layout is replaced, and those that use it keep the old one.
    /// Nil where it cannot be had: a full disk, no locks, a directory that may not be written.
    static func openOrCreate(in directory: CacheDirectory) -> SharedMemory? {
        if let memory = openExisting(in: directory) { return memory }
        guard let lock = try? LockFile(path: directory.lockPath) else { return nil }
        switch lock.attempt(LockFile.Byte.sharedMemory) {
        case .taken: break
        case .held: guard lock.lock(LockFile.Byte.sharedMemory, within: .seconds(1)) else { return nil }
        // Nobody could be told dead without locks.
        case .refused: return nil
        }
        defer { lock.unlock(LockFile.Byte.sharedMemory) }
        if let memory = openExisting(in: directory) { return memory }
        return create(in: directory) ? openExisting(in: directory) : nil
    }

    /// Makes the file under another name and moves it into its place, so that nobody sees half of it. Under the lock.
    private static func create(in directory: CacheDirectory) -> Bool {
        let draft = directory.sharedMemoryPath + ".new"
        unlink(draft)
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        let isComplete = reserve(descriptor) && writeHeader(descriptor)
        close(descriptor)
        if isComplete, rename(draft, directory.sharedMemoryPath) == 0 { return true }
        unlink(draft)
        return false
    }

    /// Gives the file its length, with all its blocks: a hole would end the process when it is written to on a full disk.
    private static func reserve(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
            let zeros = [UInt8](repeating: 0, count: 1 << 16)
            var left = Layout.length
            while left > 0 {
                let count = write(descriptor, zeros, min(left, zeros.count))
                guard count > 0 else { return false }
                left -= count
            }
            return true
        #else
            return posix_fallocate(descriptor, 0, off_t(Layout.length)) == 0
        #endif
    }

    private static func writeHeader(_ descriptor: Int32) -> Bool {
        let size = Layout.header.count * 8
        return Layout.header.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, size, 0) } == size
    }
}
