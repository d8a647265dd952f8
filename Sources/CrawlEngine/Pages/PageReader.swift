import CacheStore
import CachingClient
import ContentCoding
import HTTPSemantics
import LinkExtraction
import Synchronization

/// Reads the content of one answer as it arrives, or out of the store, and collects what it links to.
///
/// One task feeds it. What cannot be read, a coding that is unknown or broken, ends the collecting and nothing else.
final class PageReader: Sendable {
    private let url: WebURL
    private let maximumLinks: Int
    private let isSitemap: Bool
    private let findsLinks: Bool
    private let state = Mutex(State())

    /// Bytes of one document that are read at most, its codings undone: what is beyond them is no page for people.
    static let maximumBytes: Int64 = 64 << 20

    /// With these bytes a file in gzip begins (RFC 1952 section 2.3.1).
    private static let gzipMark: [UInt8] = [0x1F, 0x8B]

    private struct State: ~Copyable {
        var decoder: ContentDecoder?
        /// The first bytes of a sitemap, until they tell whether it is a file in gzip; nil: that is known.
        var beginning: [UInt8]?
        /// Undoes the gzip of such a file.
        var inflater: Inflater?
        var extractor: Extractor?
        var contents = PageContents()
        var directives: RobotsDirectives = []
        /// Of content that is not stored.
        var digest: BodyDigest?
        /// Bytes held back to see what nobody tells.
        var isUnknown = false
    }

    private enum Extractor {
        case html(HTMLLinkExtractor)
        case styleSheet(CSSLinkExtractor)
        case sitemap(SitemapReader)
    }

    /// - Parameters:
    ///   - maximumLinks: what is beyond them is counted.
    ///   - isSitemap: whether the URL was named as a sitemap.
    ///   - findsLinks: false where only `PageContents.digest` is wanted.
    init(_ url: WebURL, maximumLinks: Int, isSitemap: Bool, findsLinks: Bool = true) {
        self.url = url
        self.findsLinks = findsLinks
        self.maximumLinks = maximumLinks
        self.isSitemap = isSitemap
    }

    /// Whether there is something to be read in an answer that lies in the store.
    func wants(_ outcome: FetchOutcome) -> Bool {
        guard findsLinks, let head = outcome.head, (200..<300).contains(head.status) else { return false }
        return PageFormat(head, isSitemap: isSitemap) != nil
    }

    @Sendable func consume(_ event: BodyEvent) async throws {
        state.withLock { state in
            switch event {
            case .head(let preamble):
                begin(preamble.head, &state)
                if preamble.outcome == .uncacheable { state.digest = BodyDigest() }
            case .bytes(let bytes):
                state.digest?.update(bytes)
                take(bytes, &state)
            case .spilled, .end: break
            }
        }
    }

    /// What was read; nothing more may come.
    func contents() -> PageContents {
        state.withLock { state in
            finish(&state)
            state.contents.digest = state.digest.take()?.finalized()
            if state.directives.contains(.nofollow) {
                for index in state.contents.links.indices { state.contents.links[index].isNoFollow = true }
            }
            return state.contents
        }
    }

    // MARK: - Reading

    private func begin(_ head: ResponseHead, _ state: inout State) {
        state = State()
        guard findsLinks, (200..<300).contains(head.status) else { return }
        var options = LinkExtractionOptions(maximumLinks: maximumLinks, sketchesText: true)
        state.contents.links = FieldLinks.links(in: head.fields, url: url, options: options)
        state.directives = RobotsDirectives(xRobotsTag: head.fields.values("X-Robots-Tag"))
        guard let format = PageFormat(head, isSitemap: isSitemap),
            let coding = try? ContentDecoder(
                contentEncoding: head.fields.combined("Content-Encoding"), maximumOutput: Self.maximumBytes)
        else { return }
        state.decoder = consume coding
        let type = head.fields.first("Content-Type").flatMap { MediaType($0) }
        options.maximumLinks = max(0, maximumLinks - state.contents.links.count)
        switch format {
        case .html, .unknown:
            state.isUnknown = format == .unknown
            state.extractor = .html(
                HTMLLinkExtractor(url: url, charset: type?["charset"], options: options, coders: LegacyCoder.all))
        case .styleSheet:
            state.extractor = .styleSheet(
                CSSLinkExtractor(url: url, charset: type?["charset"], options: options, coders: LegacyCoder.all))
        case .sitemap:
            state.beginning = []
            state.extractor = .sitemap(SitemapReader(documentURL: url, mediaType: type))
        }
    }

    private func take(_ bytes: [UInt8], _ state: inout State) {
        guard state.extractor != nil else { return }
        state.decoder?.append(bytes)
        do {
            while let piece = try state.decoder?.next() { try recognize(piece, &state) }
        } catch {
            // The links that stood before the fault are links.
            state.decoder = nil
        }
    }

    /// Looks how a sitemap begins: servers give files in gzip any type, and other files the types of gzip.
    private func recognize(_ bytes: [UInt8], _ state: inout State) throws {
        guard let beginning = state.beginning.take() else { return try inflate(bytes, &state) }
        let bytes = beginning.isEmpty ? bytes : beginning + bytes
        let mark = Self.gzipMark.prefix(bytes.count)
        if bytes.starts(with: mark) {
            guard mark.count == Self.gzipMark.count else {
                state.beginning = bytes
                return
            }
            state.inflater = try Inflater(format: .gzip, maximumOutput: Self.maximumBytes)
        }
        try inflate(bytes, &state)
    }

    private func inflate(_ bytes: [UInt8], _ state: inout State) throws {
        guard state.inflater != nil else { return extract(bytes, &state) }
        state.inflater?.append(bytes)
        while let piece = try state.inflater?.next() { extract(piece, &state) }
    }

    private func extract(_ bytes: [UInt8], _ state: inout State) {
        if state.isUnknown {
            guard let first = bytes.first(where: { $0 > 0x20 }) else { return }
            state.isUnknown = false
            // A byte order mark may stand before the tag.
            if first != UInt8(ascii: "<"), first != 0xEF {
                state.extractor = nil
                return
            }
        }
        guard let extractor = state.extractor.take() else { return }
        state.extractor = bytes.withUnsafeBufferPointer { bytes in
            switch consume extractor {
            case .html(var extractor):
                extractor.append(bytes, to: &state.contents.links)
                return .html(extractor)
            case .styleSheet(var extractor):
                extractor.append(bytes, to: &state.contents.links)
                return .styleSheet(extractor)
            case .sitemap(var reader):
                var entries: [SitemapEntry] = []
                reader.consume(UnsafeRawBufferPointer(bytes), into: &entries)
                add(entries, &state)
                return .sitemap(reader)
            }
        }
    }

    private func finish(_ state: inout State) {
        guard let extractor = state.extractor.take() else { return }
        switch consume extractor {
        case .html(var extractor):
            let summary = extractor.finish(to: &state.contents.links)
            state.directives.formUnion(summary.directives)
            state.contents.cutLinks += summary.cutCount
            state.contents.isText = true
            state.contents.sketch = summary.sketch?.hashes ?? []
        case .styleSheet(var extractor):
            state.contents.cutLinks += extractor.finish(to: &state.contents.links).cutCount
        case .sitemap(var reader):
            var entries: [SitemapEntry] = []
            let summary = reader.finish(into: &entries)
            add(entries, &state)
            state.contents.cutLinks += summary.cutEntries + summary.cutLinks
        }
    }

    private func add(_ entries: [SitemapEntry], _ state: inout State) {
        let room = max(0, maximumLinks - state.contents.links.count)
        state.contents.cutLinks += max(0, entries.count - room)
        state.contents.links += entries.prefix(room).lazy.map(\.link)
    }
}
