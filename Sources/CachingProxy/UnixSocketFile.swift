#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file of a Unix socket that is listened on.
enum UnixSocketFile {
    enum State {
        /// Nothing is there.
        case free
        /// A socket on which nobody listens any more.
        case stale
        /// Somebody listens.
        case inUse
        /// Something that is no socket.
        case foreign
    }

    static func state(_ path: String) -> State {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .free }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .foreign }
        return isAnswered(path) ? .inUse : .stale
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    /// Only its owner may connect.
    static func restrict(_ path: String) {
        chmod(path, 0o600)
    }

    /// Runs `body` while new files get no rights for others: the socket must not be open to them even for a moment.
    static func withPrivateFiles<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let before = umask(0o177)
        defer { umask(before) }
        return try await body()
    }

    private static func isAnswered(_ path: String) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return true }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // Only a refusal proves that nobody listens.
        return result == 0 || errno != ECONNREFUSED
    }
}
