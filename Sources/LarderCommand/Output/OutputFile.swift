#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that appears under its name only when it is complete: it is written beside it and renamed.
///
/// What is there and no regular file (a device, a pipe) is written directly, for a rename would replace it.
final class OutputFile {
    private let path: String
    private let target: String
    private let temporary: String?
    private var descriptor: Int32

    init(path: String) throws(CommandFailure) {
        self.path = path
        let target = Self.resolved(path)
        self.target = target
        var status = stat()
        let exists = stat(target, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            temporary = nil
            descriptor = open(target, O_WRONLY | O_CLOEXEC)
        } else {
            let name = "\(target).\(getpid()).part"
            temporary = name
            descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, exists ? 0o600 : 0o666)
            // What is replaced keeps its permissions.
            if exists, descriptor >= 0 { fchmod(descriptor, status.st_mode & 0o7777) }
        }
        guard descriptor >= 0 else { throw .fileIO("cannot write", path: path, error: errno) }
    }

    deinit {
        abandon()
    }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        if let error = FileDescriptor.writeAll(bytes, to: descriptor) {
            throw .fileIO("cannot write", path: path, error: error)
        }
    }

    /// Gives the file its name.
    func publish() throws(CommandFailure) {
        let closing = close(descriptor)
        descriptor = -1
        guard closing == 0 else { throw .fileIO("cannot write", path: path, error: errno) }
        if let temporary, rename(temporary, target) != 0 {
            let error = errno
            unlink(temporary)
            throw .fileIO("cannot write", path: path, error: error)
        }
    }

    /// Removes what was written; nothing happens after `publish`.
    func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        if let temporary { unlink(temporary) }
    }

    /// Where a symbolic link leads, so that the link stays and its target is replaced.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
