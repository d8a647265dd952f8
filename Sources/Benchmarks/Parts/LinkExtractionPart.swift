import LinkExtraction

/// The links of HTML pages, in bytes of the pages.
struct LinkExtractionPart: MeasuredPart {
    private let pages: [(page: Page, pieces: [[UInt8]])]
    private let options: LinkExtractionOptions

    init(_ pages: [Page], options: LinkExtractionOptions) {
        self.pages = pages.map { ($0, $0.pieces) }
        self.options = options
    }

    func pass() throws -> Int {
        var (byteCount, linkCount) = (0, 0)
        for (page, pieces) in pages {
            var links: [Outlink] = []
            var extractor = HTMLLinkExtractor(url: page.url, options: options)
            for piece in pieces { piece.withUnsafeBufferPointer { extractor.append($0, to: &links) } }
            let summary = extractor.finish(to: &links)
            guard !options.sketchesText || summary.sketch != nil else { throw BenchmarkFailure("\(page.url) has no text") }
            byteCount += page.content.count
            linkCount += links.count
        }
        guard linkCount > 0 else { throw BenchmarkFailure("the pages have no links") }
        return byteCount
    }
}
