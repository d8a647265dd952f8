import Larder

/// Fetches pages through the cache that all programs of this user share, and says which have changed since they were last fetched by
/// any of them.
///
///     ChangedPages https://example.com/ https://www.swift.org/
@main
enum ChangedPages {
    static func main() async throws {
        let urls = CommandLine.arguments.dropFirst()
        guard !urls.isEmpty else { return print("usage: ChangedPages URL...") }
        try await Cache.withCache { cache in
            for (url, result) in await results(for: Array(urls), in: cache) {
                switch result {
                case .success(let page): print(page.line, url, page.title, separator: "  ")
                case .failure(let error): print("failed   ", url, error.message, separator: "  ")
                }
            }
        }
    }

    /// All of them at the same time: the cache sees to it that no server is asked twice for one page.
    static func results(for urls: [String], in cache: Cache) async -> [(String, Result<Page, LarderError>)] {
        await withTaskGroup(of: (Int, Result<Page, LarderError>).self) { group in
            for (index, url) in urls.enumerated() {
                group.addTask {
                    do throws(LarderError) {
                        return (index, .success(try await Page(url, in: cache)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [Int: Result<Page, LarderError>] = [:]
            for await (index, result) in group { results[index] = result }
            return urls.enumerated().compactMap { index, url in results[index].map { (url, $0) } }
        }
    }
}

/// What is told of one page.
struct Page {
    enum Change: String {
        case new = "new      ", changed = "changed  ", unchanged = "unchanged"
    }

    let change: Change
    let bytes: Int
    let title: String

    var line: String { "\(change.rawValue)  \(bytes) bytes" }

    /// Compares what was stored before with what there is now.
    init(_ url: String, in cache: Cache) async throws(LarderError) {
        let before = try await Self.stored(url, in: cache)
        // Whatever is stored is asked about again; where it has not changed, the server sends no content.
        let response = try await cache.fetch(url, options: FetchOptions(freshness: .refresh))
        let now = try await response.body.collect(upTo: Self.maximumBytes)
        change = before.map { $0 == now ? .unchanged : .changed } ?? .new
        bytes = now.count
        title = Self.title(of: String(decoding: now, as: UTF8.self)) ?? "(status \(response.status), no title)"
    }

    private static let maximumBytes = 16 << 20

    /// What is in the cache, redirects followed; nil: nothing. The network is not used.
    private static func stored(_ url: String, in cache: Cache) async throws(LarderError) -> [UInt8]? {
        do throws(LarderError) {
            return try await cache.fetch(url, options: FetchOptions(freshness: .offline)).body.collect(upTo: maximumBytes)
        } catch {
            if error.kind == .offlineMiss { return nil }
            throw error
        }
    }

    /// The text between `<title>` and `</title>` on one line, without what could command a terminal.
    static func title(of page: String) -> String? {
        guard let start = page.firstRange(of: /<title[^>]*>/.ignoresCase())?.upperBound,
            let end = page[start...].firstRange(of: /<\/title>/.ignoresCase())?.lowerBound
        else { return nil }
        let line = page[start..<end].split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(
            String.UnicodeScalarView(line.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }))
    }
}
