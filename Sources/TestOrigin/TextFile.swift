#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Small text files, by the C library.
package enum TextFile {
    /// The first 64 KiB of a file.
    static func read(_ path: String) throws(TestOriginError) -> String {
        guard let file = fopen(path, "r") else { throw failure("read", path) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Writes a file whole: who waits for its name never sees a part of it.
    package static func write(_ text: String, to path: String) throws(TestOriginError) {
        let unfinished = path + ".new"
        guard let file = fopen(unfinished, "w") else { throw failure("write", unfinished) }
        let bytes = Array(text.utf8)
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count, rename(unfinished, path) == 0 else { throw failure("write", path) }
    }

    private static func failure(_ verb: String, _ path: String) -> TestOriginError {
        TestOriginError(code: .fileError, message: "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
