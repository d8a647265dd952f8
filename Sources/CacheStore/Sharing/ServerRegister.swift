#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Says on which ports of this machine servers answer out of this cache. A client of the cache that went through such a server
/// would wait for itself: it holds the lease of what it asks for, and the server wants that lease too.
///
/// DIR/serving has a file for each port, whose first byte its server holds: what a killed one leaves counts for nothing.
package final class ServerRegistration: Sendable {
    private let files: [LockFile]

    fileprivate init(files: [LockFile]) {
        self.files = files
    }

    /// The servers have stopped.
    package func end() {
        for file in files {
            unlink(file.path)
            file.unlock(0)
        }
    }
}

extension CacheStore {
    private var registerPath: String { directory + "/serving" }

    /// Registers servers of this process, until the registration is ended or let go. Nil where the directory cannot be made.
    package func register(ports: [Int]) -> ServerRegistration? {
        guard mkdir(registerPath, 0o700) == 0 || errno == EEXIST else { return nil }
        let files = ports.compactMap { port -> LockFile? in
            guard let file = try? LockFile(path: "\(registerPath)/\(port)"), file.lock(0, within: .seconds(1)) else { return nil }
            return file
        }
        return ServerRegistration(files: files)
    }

    /// The ports of this machine on which living servers answer out of this cache.
    package func servedPorts() -> Set<Int> {
        guard let listing = opendir(registerPath) else { return [] }
        defer { closedir(listing) }
        var ports: Set<Int> = []
        while let entry = readdir(listing) {
            // Read where it lies: an entry is shorter than its type, and the last one of a buffer may end where the memory does.
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return ports }
            let name = String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
            guard let port = Int(name), let file = try? LockFile(path: "\(registerPath)/\(name)") else { continue }
            if file.attempt(0) == .held { ports.insert(port) }
        }
        return ports
    }
}
