#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a cache directory takes of its file system.
struct DirectoryUsage: Equatable, Sendable {
    /// The database.
    var databaseBytes: Int64 = 0
    /// Its write-ahead log.
    var logBytes: Int64 = 0
    /// Everything else: locks, shared memory, and what other parts of the program keep there.
    var otherBytes: Int64 = 0

    var totalBytes: Int64 { databaseBytes + logBytes + otherBytes }

    /// Adds up what the files of the directory have allocated, of folders one level deep. Files that cannot be seen count as
    /// nothing.
    static func measure(_ directory: CacheDirectory) -> DirectoryUsage {
        var usage = DirectoryUsage()
        for name in names(directory.path) {
            let path = directory.path + "/" + name
            guard let (bytes, isDirectory) = allocated(path) else { continue }
            switch path {
            case directory.databasePath: usage.databaseBytes += bytes
            case directory.logPath: usage.logBytes += bytes
            default: usage.otherBytes += bytes
            }
            guard isDirectory else { continue }
            for inner in names(path) { usage.otherBytes += allocated(path + "/" + inner)?.bytes ?? 0 }
        }
        return usage
    }

    private static func names(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func allocated(_ path: String) -> (bytes: Int64, isDirectory: Bool)? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        // POSIX leaves the unit open; Linux and Darwin count in 512 bytes, whatever the block size.
        return (Int64(status.st_blocks) * 512, status.st_mode & S_IFMT == S_IFDIR)
    }
}
