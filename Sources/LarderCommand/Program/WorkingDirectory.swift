#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The directory that relative names of files count from.
enum WorkingDirectory {
    /// Nil where the system cannot tell: it was removed, for one.
    static var path: String? {
        guard let buffer = getcwd(nil, 0) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// A path that means the same in any directory.
    static func absolute(_ path: String) throws(CommandFailure) -> String {
        if path.hasPrefix("/") { return path }
        guard let directory = self.path else {
            throw .fileIO("cannot tell the present directory", path: ".", error: errno)
        }
        return (directory == "/" ? "" : directory) + "/" + path
    }
}
