#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A directory that goes with its owner.
final class TemporaryDirectory {
    let path: String

    struct Failure: Error {
        let errorNumber: Int32
    }

    init() throws {
        // mkdtemp(3) puts a name that is not there yet in the place of the six letters.
        var template = Array("/tmp/larder-command-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(errorNumber: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.removeTree(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, its directory included.
    func write(_ text: String, to name: String) throws {
        if let slash = name.lastIndex(of: "/") { mkdir(file(String(name[..<slash])), 0o700) }
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw Failure(errorNumber: errno) }
        defer { close(descriptor) }
        var text = text
        let count = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count == text.utf8.count else { throw Failure(errorNumber: errno) }
    }

    /// The names in the directory, hidden ones included.
    var names: [String] { Self.names(in: path) }

    private static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func removeTree(_ path: String) {
        // Removes a file and an empty directory; a directory that is not empty is emptied first.
        if remove(path) == 0 { return }
        for name in names(in: path) { removeTree("\(path)/\(name)") }
        remove(path)
    }
}
