#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The cache directory and the names in it. The directory is its owner's alone (0700), and so are its files (0600).
struct CacheDirectory: Sendable {
    let path: String

    var databasePath: String { path + "/cache.db" }
    var logPath: String { path + "/cache.db-wal" }
    var lockPath: String { path + "/cache.lock" }
    var sharedMemoryPath: String { path + "/cache.shared" }
    var leasesPath: String { path + "/leases" }

    /// A trailing slash is dropped; an empty path is the present directory.
    init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path.isEmpty ? "." : path
    }

    /// Makes the directory and its missing parents.
    func create() throws(StoreError) {
        var position = path.startIndex
        while true {
            position = path[position...].dropFirst().firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<position])
            // Only the last name must be a directory of ours; parents are made as the user's mask says.
            let mode: mode_t = position == path.endIndex ? 0o700 : 0o777
            if mkdir(part, mode) != 0 {
                let number = errno
                // A part that is there is no error, whatever mkdir says of it first: EEXIST, EROFS, EACCES.
                if !Self.exists(part) || position == path.endIndex && !isDirectory {
                    throw .system(number == EEXIST ? ENOTDIR : number, operation: "make the directory", path: path)
                }
            }
            if position == path.endIndex { break }
        }
    }

    /// Makes the directory of the leases, where it is missing. Where that fails, opening a file in it tells.
    func createLeases() {
        mkdir(leasesPath, 0o700)
    }

    /// Whether the path leads to a directory, symbolic links followed.
    var isDirectory: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The file of the database.
    private var databaseFile: DatabaseFile { DatabaseFile(path: databasePath, operation: "open the database") }

    /// Makes an empty database file where there is none. The caller holds the ticket.
    func createDatabaseFile() throws(StoreError) {
        try databaseFile.createIfMissing()
    }

    /// Throws `notWritable` where the database is there and this user may not write it.
    func checkDatabaseIsWritable() throws(StoreError) {
        if try databaseFile.length() != nil, access(databasePath, R_OK | W_OK) != 0 {
            throw .system(errno, operation: "open the database", path: databasePath)
        }
    }

    /// Whether there is a database file with something in it. Throws where that cannot be seen.
    func hasDatabase() throws(StoreError) -> Bool {
        try databaseFile.length() ?? 0 > 0
    }

    /// The length of a file in bytes; 0 where there is none.
    static func fileLength(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
    }
}
