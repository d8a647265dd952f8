package import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
/// The record of a crawl of a plain list, DIR/jobs/NAME.list: there from the crawl's beginning to its end.
///
/// A list needs no frontier: it can be read again, and the cache knows what has been fetched. What it does need is the moment at
/// which the crawl began, so that the same crawl, after it was stopped or killed, takes what was fetched since then as fresh.
///
/// One process at a time has a record; a byte of DIR/jobs/lists.lock, chosen by the name, tells. The kernel drops it with the process.
package final class ListRecord: Sendable {
    /// What a record says.
    package struct Contents: Hashable, Sendable {
        /// When the crawl began.
        package var start: UnixTime
        /// How to run it again, as its maker wrote it.
        package var settings: String

        package init(start: UnixTime, settings: String) {
            self.start = start
            self.settings = settings
        }
    }

    package let name: JobName
    package let contents: Contents
    /// Whether the record was there already: the crawl goes on.
    package let isContinued: Bool
    private let path: String
    /// Holds the byte of the name.
    private let lock: LockFile

    private init(name: JobName, contents: Contents, isContinued: Bool, path: String, lock: LockFile) {
        self.name = name
        self.contents = contents
        self.isContinued = isContinued
        self.path = path
        self.lock = lock
    }

    /// Takes the record of a crawl, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - contents: what a new record says.
    ///   - oldest: a record of a crawl that began before is replaced.
    /// - Returns: nil where another process is at the same crawl.
    /// - Throws: where the directory or the file cannot be written.
    package static func begin(
        cacheDirectory: String, name: JobName, _ contents: Contents, oldest: UnixTime
    ) throws(StoreError) -> ListRecord? {
        let files = JobFiles(directory: CacheDirectory(cacheDirectory), name: name)
        try files.createDirectory()
        let lock = try LockFile(path: files.listsLockPath)
        guard lock.tryLock(lockByte(name)) else { return nil }
        if let known = try read(files.listPath), known.start >= oldest {
            return ListRecord(name: name, contents: known, isContinued: true, path: files.listPath, lock: lock)
        }
        try write(contents, to: files.listPath)
        return ListRecord(name: name, contents: contents, isContinued: false, path: files.listPath, lock: lock)
    }

    /// The crawl has come to its end: there is nothing to go on with.
    package func finish() throws(StoreError) {
        if unlink(path) != 0, errno != ENOENT { throw .system(errno, operation: "remove the record of a crawl", path: path) }
    }

    /// What the record of a crawl says; nil where there is none.
    package static func read(cacheDirectory: String, name: JobName) throws(StoreError) -> Contents? {
        try read(JobFiles(directory: CacheDirectory(cacheDirectory), name: name).listPath)
    }

    /// Removes a record; throws `busy` where a process is at the crawl. Returns whether there was one.
    static func remove(_ files: JobFiles) throws(StoreError) -> Bool {
        guard try DatabaseFile(path: files.listPath, operation: "remove a job").length() != nil else { return false }
        let lock = try LockFile(path: files.listsLockPath)
        guard lock.attempt(lockByte(files.name)) != .held else {
            throw StoreError(.busy, operation: "remove a job", path: files.listPath, detail: JobFiles.inUseDetail)
        }
        guard unlink(files.listPath) == 0 || errno == ENOENT else {
            throw .system(errno, operation: "remove a job", path: files.listPath)
        }
        return true
    }

    /// The byte that stands for a name: FNV-1a, cut to what a file's offset holds. Two names with one byte hinder each other's records,
    /// nothing else.
    private static func lockByte(_ name: JobName) -> Int64 {
        let hash = name.text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int64(hash >> 24)
    }

    // MARK: - The file

    private static let firstLine = "larder list 1"
    private static let maximumBytes = 1 << 20

    /// Nil also for a file that is none of ours, or longer than one can be.
    private static func read(_ path: String) throws(StoreError) -> Contents? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system(errno, operation: "read the record of a crawl", path: path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var count = 0
        repeat {
            let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { target, initialized in
                #if canImport(Darwin)
                    count = Darwin.read(descriptor, target.baseAddress, target.count)
                #elseif canImport(Musl)
                    count = Musl.read(descriptor, target.baseAddress, target.count)
                #else
                    count = Glibc.read(descriptor, target.baseAddress, target.count)
                #endif
                initialized = max(0, count)
            }
            bytes += piece
        } while count > 0 && bytes.count <= maximumBytes || count < 0 && errno == EINTR
        guard count == 0 else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0] == firstLine, let start = Int64(lines[1]) else { return nil }
        return Contents(start: UnixTime(milliseconds: start), settings: String(lines[2]))
    }

    /// Writes the file whole or not at all: under another name first.
    private static func write(_ contents: Contents, to path: String) throws(StoreError) {
        let operation = "write the record of a crawl"
        let text = Array("\(firstLine)\n\(contents.start.milliseconds)\n\(contents.settings)".utf8)
        guard text.count <= maximumBytes else {
            throw StoreError(.invalidArgument, operation: operation, path: path, detail: "the command line is too long")
        }
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(errno, operation: operation, path: path) }
        #if canImport(Darwin)
            let written = Darwin.write(descriptor, text, text.count)
        #elseif canImport(Musl)
            let written = Musl.write(descriptor, text, text.count)
        #else
            let written = Glibc.write(descriptor, text, text.count)
        #endif
        let number = written < 0 ? errno : ENOSPC
        close(descriptor)
        guard written == text.count, rename(temporary, path) == 0 else {
            let number = written == text.count ? errno : number
            unlink(temporary)
            throw .system(number, operation: operation, path: path)
        }
    }
}
