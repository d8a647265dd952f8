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

    /// Makes an empty database file where there is none. The caller holds the ticket.
    ///
    /// A file that is there is not opened: closing any descriptor of it would drop the locks that SQLite holds for the other
    /// connections of this process, and the next process to leave would delete their log. An empty one no connection is
    /// reading, so the descriptor that makes it does no harm.
    func createDatabaseFile() throws(StoreError) {
        if try databaseLength() != nil { return }
        let descriptor = open(databasePath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .system(errno, operation: "open the database", path: databasePath)
        }
    }

    /// Throws `notWritable` where the database is there and this user may not write it.
    func checkDatabaseIsWritable() throws(StoreError) {
        if try databaseLength() != nil, access(databasePath, R_OK | W_OK) != 0 {
            throw .system(errno, operation: "open the database", path: databasePath)
        }
    }

    /// Whether there is a database file with something in it. Throws where that cannot be seen.
    func hasDatabase() throws(StoreError) -> Bool {
        try databaseLength() ?? 0 > 0
    }

    /// The length of the database file; nil where there is none. Throws where its name is taken by something other than a
    /// file, a symbolic link included: the lock file would then lie beside another database than the link leads to.
    private func databaseLength() throws(StoreError) -> Int64? {
        var status = stat()
        if lstat(databasePath, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw StoreError(
                    .cannotCreate, operation: "open the database", path: databasePath, detail: "it is not a regular file")
            }
            return Int64(status.st_size)
        }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .system(errno, operation: "open the database", path: databasePath)
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
