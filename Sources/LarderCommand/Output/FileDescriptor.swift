#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system calls on descriptors that more than one place needs.
enum FileDescriptor {
    /// Writes all bytes, waiting where the descriptor does not block and is full; the error number where that fails.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = write(descriptor, base, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count < 0, errno == EAGAIN {
                    // A terminal or pipe that somebody else has set not to block.
                    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&poller, 1, 1000)
                } else if count < 0, errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }

    /// Reads until the end.
    /// - Parameter limit: the most bytes that are accepted.
    /// - Returns: nil where there are more.
    /// - Throws: the failure, naming `path`.
    static func readAll(_ descriptor: Int32, path: String, limit: Int) throws(CommandFailure) -> [UInt8]? {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw .fileIO("cannot read", path: path, error: errno)
            }
            result += buffer[..<count]
            if result.count > limit { return nil }
        }
    }

    /// Reads a file; `-` is standard input.
    /// - Parameter limit: the most bytes that are accepted.
    static func readFile(_ path: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fileIO("cannot open", path: path, error: errno) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        guard let bytes = try readAll(descriptor, path: path, limit: limit) else {
            throw CommandFailure("'\(path)' is larger than \(NumberText.bytes(Int64(limit))). Give a smaller one.", exit: .fileIO)
        }
        return bytes
    }
}
