#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files of one crawl job: DIR/jobs/NAME.db with its log, and NAME.lock, whose bytes are locked as those of `LockFile`; or
/// DIR/jobs/NAME.list, where the crawl is of a plain list (`ListRecord`).
struct JobFiles: Sendable {
    let directory: CacheDirectory
    let name: JobName

    var jobsPath: String { Self.jobsPath(directory) }
    var databasePath: String { "\(jobsPath)/\(name.text)\(Self.databaseSuffix)" }
    var lockPath: String { "\(jobsPath)/\(name.text).lock" }
    var listPath: String { "\(jobsPath)/\(name.text)\(Self.listSuffix)" }
    /// One for all lists; no name of a job begins with a dot.
    var listsLockPath: String { "\(jobsPath)/.lists" }
    private var logPaths: [String] { [databasePath + "-wal", databasePath + "-shm"] }

    static let databaseSuffix = ".db"
    static let listSuffix = ".list"

    /// Tells a job that is in use from a lock that took too long.
    static let inUseDetail = "the crawl job is in use"

    private static func jobsPath(_ directory: CacheDirectory) -> String { directory.path + "/jobs" }

    /// Makes the directory of the jobs, where it is missing.
    func createDirectory() throws(StoreError) {
        try directory.create()
        if mkdir(jobsPath, 0o700) != 0, errno != EEXIST {
            throw .system(errno, operation: "make the directory of the jobs", path: jobsPath)
        }
    }

    /// The file of the database.
    private var databaseFile: DatabaseFile { DatabaseFile(path: databasePath, operation: "open a job") }

    /// Makes an empty database where there is none. The caller holds the ticket.
    func createDatabaseFile() throws(StoreError) {
        try databaseFile.createIfMissing()
    }

    /// The length of the database; nil where there is none. Throws where its name is taken by something other than a file.
    func databaseLength() throws(StoreError) -> Int64? {
        try databaseFile.length()
    }

    /// Removes the files; throws `busy` where a process has the job open. Where it is killed half way, a log can
    /// stay: SQLite removes it when a job of the name is next made.
    func remove(within limit: Duration) throws(StoreError) {
        guard try databaseLength() != nil else { throw StoreError(.noJob, operation: "remove a job", path: name.text) }
        let ticket = try TicketLock(path: lockPath)
        try ticket.withTicket(within: limit) { () throws(StoreError) in
            // The mark of each process that has it open.
            if try LockFile(path: lockPath).isAnyHeldElsewhere(LockFile.Byte.owners) ?? false {
                throw StoreError(.busy, operation: "remove a job", path: databasePath, detail: Self.inUseDetail)
            }
            for path in [databasePath] + logPaths + [lockPath] where unlink(path) != 0 && errno != ENOENT {
                throw .system(errno, operation: "remove a job", path: path)
            }
        }
    }

    /// The names of the jobs in a cache directory that have a file with this ending, in ascending order; none where there is no directory
    /// of jobs.
    static func names(in directory: CacheDirectory, suffix: String) throws(StoreError) -> [JobName] {
        let path = jobsPath(directory)
        guard let stream = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw .system(errno, operation: "list the jobs", path: path)
        }
        defer { closedir(stream) }
        var names: [JobName] = []
        while let entry = readdir(stream) {
            let file = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if file.hasSuffix(suffix), let name = JobName(String(file.dropLast(suffix.count))) { names.append(name) }
        }
        return names.sorted { $0.text < $1.text }
    }
}
