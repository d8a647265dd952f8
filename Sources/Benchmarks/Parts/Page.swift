import Foundation
import HTTPSemantics

/// A page that others wrote, with the URL that it could have.
struct Page {
    let url: WebURL
    let content: [UInt8]

    /// As much as is taken of one directory, in bytes, about.
    private static let bytesOfDirectory = 4_000_000
    /// The longest piece in which content reaches what reads it.
    private static let pieceLength = 1 << 16

    /// The content in pieces, as a connection or a decoder hands it on.
    var pieces: [[UInt8]] {
        stride(from: 0, to: content.count, by: Self.pieceLength).map {
            Array(content[$0..<min(content.count, $0 + Self.pieceLength)])
        }
    }

    /// The pages in all directories; of a directory that has more than enough, every n-th by name, the same each time.
    static func load(from directories: [String]) throws -> [Page] {
        try directories.flatMap { directory in
            // Debian's directory of Python's pages is a link.
            let directory = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
            let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
            let pages = try names.filter { $0.hasSuffix(".html") }.sorted().map { try Page(path: "\(directory)/\($0)") }
            guard !pages.isEmpty else { throw BenchmarkFailure("\(directory) has no HTML pages; --documents names others") }
            let total = pages.reduce(0) { $0 + $1.content.count }
            return stride(from: 0, to: pages.count, by: max(1, total / bytesOfDirectory)).map { pages[$0] }
        }
    }

    private init(path: String) throws {
        guard let url = WebURL("https://www.example.org\(path)") else { throw BenchmarkFailure("\(path) is no path of a URL") }
        self.url = url
        content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
