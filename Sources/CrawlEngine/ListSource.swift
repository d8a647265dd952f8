import CachingClient
import HTTPSemantics
import Synchronization

/// The URLs of a list, read no faster than they come to their end.
final class ListSource: CrawlSource {
    private let reader: SeedReader
    private let configuration: CrawlConfiguration
    private let journal: CrawlJournal
    private let now: @Sendable () -> UnixTime
    /// URLs that are still to be taken.
    private let left: Mutex<Int>

    init(_ inputs: [SeedInput], configuration: CrawlConfiguration, journal: CrawlJournal, now: @escaping @Sendable () -> UnixTime) {
        reader = SeedReader(inputs)
        self.configuration = configuration
        self.journal = journal
        self.now = now
        left = Mutex(configuration.maximumPages ?? .max)
    }

    func run(onFailure fail: @escaping @Sendable (CrawlError) -> Void) async {}

    func finish() {}

    func remaining() async -> Int? { nil }

    func waitForRoom() async {}

    func reader(for item: CrawlItem) -> PageReader? { nil }

    func findings(of item: CrawlItem, _ outcome: FetchOutcome, _ contents: PageContents?) -> PageFindings? { nil }

    func next(atMost room: Int) async throws(CrawlError) -> [CrawlItem]? {
        let left = left.withLock { $0 }
        guard left > 0 else { return nil }
        let lines: [SeedLine]?
        do {
            lines = try await reader.next(atMost: room)
        } catch let error as CrawlError {
            throw error
        } catch {
            throw .unreadableInput(path: "-", reason: "\(error)")
        }
        guard let lines else { return nil }
        var items: [CrawlItem] = []
        items.reserveCapacity(lines.count)
        for line in lines where items.count < left {
            switch makeItem(line) {
            case .success(let item): items.append(item)
            case .failure(let invalid): journal.add(.invalidSeed(invalid))
            }
        }
        self.left.withLock { $0 -= items.count }
        return items
    }

    func cancel() {
        reader.cancel()
    }

    var notesEnds: Bool { false }

    func ended(
        _ item: CrawlItem, _ result: CrawlResult, _ findings: PageFindings?, done: @escaping @Sendable (CrawlError?) -> Void
    ) {
        done(nil)
    }

    func retries(_ item: CrawlItem) -> Bool { true }

    func verdict(on item: CrawlItem, after error: FetchError) -> SilenceVerdict { .ends }

    func takesBack(_ item: CrawlItem) {}

    func takesBack(_ item: CrawlItem, until: UnixTime) -> Bool { false }

    private func makeItem(_ line: SeedLine) -> Result<CrawlItem, InvalidSeed> {
        line.url.map { url in
            let request = RequestHead(method: configuration.method, url: url, fields: configuration.fields)
                .takingCredentialsFromURL()
            // A password belongs neither into a report nor into a log of it.
            let seed = request.url == url ? line.text : request.url.serialized
            return CrawlItem(
                seed: seed, request: request, content: configuration.content,
                chain: RedirectChain(limit: configuration.maximumRedirects), startTime: now())
        }
    }
}

extension SeedLine {
    /// The URL that stands in the line.
    var url: Result<WebURL, InvalidSeed> {
        func invalid(_ reason: String) -> Result<WebURL, InvalidSeed> {
            .failure(InvalidSeed(source: source, line: line, text: String(text.prefix(200)), reason: reason))
        }
        guard !isTooLong else { return invalid("longer than \(SeedReader.maximumLineBytes) bytes") }
        guard let url = WebURL(text) else { return invalid("no absolute URL") }
        guard url.isHTTP else {
            // "example.com:8080/" is a URL, of a scheme with a dot.
            let hint = url.scheme.contains(".") || url.scheme == "localhost" ? "; did you leave out http://?" : ""
            return invalid("scheme \(url.scheme) is neither http nor https\(hint)")
        }
        return .success(url)
    }
}
