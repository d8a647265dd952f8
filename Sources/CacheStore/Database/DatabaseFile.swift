#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file of a database, as a name in a directory: it is looked at and made here, and opened only by SQLite.
///
/// A file that is there is never opened otherwise: closing any descriptor of it would drop the locks that SQLite holds for the
/// other connections of this process, and the next process to leave would delete their log. An empty one no connection is
/// reading, so the descriptor that makes it does no harm.
struct DatabaseFile: Sendable {
    let path: String
    /// What its errors say failed.
    let operation: String

    /// Makes an empty file, readable and writable by its owner alone, where there is none. The caller holds the ticket.
    func createIfMissing() throws(StoreError) {
        if try length() != nil { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .system(errno, operation: operation, path: path)
        }
    }

    /// The length in bytes; nil where there is no file. Throws where its name is taken by something other than a file, a
    /// symbolic link included: the lock file would then lie beside another database than the link leads to.
    func length() throws(StoreError) -> Int64? {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw StoreError(.cannotCreate, operation: operation, path: path, detail: "it is not a regular file")
            }
            return Int64(status.st_size)
        }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .system(errno, operation: operation, path: path)
    }
}
