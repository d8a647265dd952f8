import NIOCore
import Synchronization

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

    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// The files that this process has made. One stays itself while its listener is open, which keeps its inode from being used
    /// again.
    private static let made = Mutex<[String: Identity]>([:])

    static func state(_ path: String) -> State {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .free }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .foreign }
        return isAnswered(path) ? .inUse : .stale
    }

    static func removeStale(_ path: String) {
        unlink(path)
    }

    /// Removes the file that `listen` made, and leaves one that has taken its place.
    static func remove(_ path: String) {
        guard let identity = made.withLock({ $0.removeValue(forKey: path) }), self.identity(path) == identity else { return }
        unlink(path)
    }

    /// Makes the file, which none but its owner may use, and listens. Nobody can connect before the file has its mode: until
    /// `listen` every attempt is refused.
    ///
    /// - Returns: the descriptor, which the caller owns.
    static func listen(_ path: String, backlog: Int32) throws(IOError) -> CInt {
        guard var address = address(path) else { throw IOError(errnoCode: ENAMETOOLONG, reason: "bind") }
        let descriptor = stream()
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        do throws(IOError) {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            // On Linux the file gets the mode of the descriptor as it is made, whatever the umask of the process.
            _ = fchmod(descriptor, 0o600)
            try check("bind", withAddress(&address) { bind(descriptor, $0, $1) })
            made.withLock { $0[path] = identity(path) }
            // Elsewhere it has that of the umask.
            #if !os(Linux)
                try check("fchmodat", fchmodat(AT_FDCWD, path, 0o600, AT_SYMLINK_NOFOLLOW))
            #endif
            #if canImport(Darwin)
                try check("listen", Darwin.listen(descriptor, backlog))
            #elseif canImport(Musl)
                try check("listen", Musl.listen(descriptor, backlog))
            #else
                try check("listen", Glibc.listen(descriptor, backlog))
            #endif
        } catch {
            close(descriptor)
            remove(path)
            throw error
        }
        return descriptor
    }

    private static func check(_ call: String, _ result: Int32) throws(IOError) {
        if result != 0 { throw IOError(errnoCode: errno, reason: call) }
    }

    private static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
    }

    private static func isAnswered(_ path: String) -> Bool {
        let descriptor = stream()
        guard descriptor >= 0, var address = address(path) else { return true }
        defer { close(descriptor) }
        let result = withAddress(&address) { connect(descriptor, $0, $1) }
        // Only a refusal proves that nobody listens.
        return result == 0 || errno != ECONNREFUSED
    }

    private static func stream() -> CInt {
        #if canImport(Glibc)
            socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
    }

    /// Nil where the path is longer than such an address holds.
    private static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_un, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
