internal import HTTPSemantics

/// The sites of a crawl's seeds, and the directories on them that the seeds lie in.
///
/// A site is a host and a port, where http and https with their default ports are one: servers send visitors from the one to the
/// other, and a page that links to both would be cut in half otherwise. Any other port is another server, often another owner's.
struct SeedSites: Sendable {
    private struct Site {
        /// Directories with both slashes. One that came before another that contains it stays; it does no harm.
        var directories: Set<String> = []
        /// The only one, where there is one.
        var onlyDirectory: String?

        mutating func add(directory: String) {
            guard !contains(path: directory) else { return }
            directories.insert(directory)
            onlyDirectory = directories.count == 1 ? directory : nil
        }

        func contains(path: String) -> Bool {
            if let onlyDirectory { return path.hasPrefix(onlyDirectory) }
            var slash = path.utf8.startIndex
            while let next = path.utf8[slash...].firstIndex(of: UInt8(ascii: "/")) {
                slash = path.utf8.index(after: next)
                if directories.contains(String(path[..<slash])) { return true }
            }
            return false
        }
    }

    /// By host and port as `WebURL.authority` gives them.
    private var sites: [String: Site] = [:]

    mutating func add(_ url: WebURL) {
        sites[url.authority, default: Site()].add(directory: Self.directory(of: url.path))
    }

    func contains(authority: String) -> Bool {
        sites[authority] != nil
    }

    /// Whether the path lies in the directory of a seed of that site; a site without seeds has no directories, and all of it counts.
    func containsDirectory(of url: WebURL, authority: String) -> Bool {
        sites[authority]?.contains(path: url.path) ?? true
    }

    /// The path up to and with its last slash.
    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "/" }
        return String(path[...slash])
    }
}
