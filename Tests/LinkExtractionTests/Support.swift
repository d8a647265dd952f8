import HTTPSemantics
import LinkExtraction

/// What an extraction gives, in short: each link as "relation target", a target below the page's folder without the folder.
struct Extracted {
    static let page = "http://example.com/dir/page.html"
    static let folder = "http://example.com/dir/"

    var links: [String]
    var outlinks: [Outlink]
    var summary: LinkSummary?

    init(outlinks: [Outlink], summary: LinkSummary? = nil) {
        self.outlinks = outlinks
        self.summary = summary
        links = outlinks.map { link in
            let target = link.url.serialized
            let name = target.hasPrefix(Self.folder) ? String(target.dropFirst(Self.folder.count)) : target
            return "\(link.relation.rawValue) \(name)\(link.isNoFollow ? " nofollow" : "")"
        }
    }

    /// Of an HTML document, read in parts of `partSize` bytes.
    static func html(
        _ bytes: [UInt8], charset: String? = "utf-8", options: LinkExtractionOptions = LinkExtractionOptions(),
        legacyDecoder: LegacyDecoder? = nil, partSize: Int = .max
    ) -> Extracted {
        guard let url = WebURL(page) else { return Extracted(outlinks: []) }
        var links: [Outlink] = []
        var extractor = HTMLLinkExtractor(url: url, charset: charset, options: options, legacyDecoder: legacyDecoder)
        forEachPart(bytes, partSize) { extractor.append($0, to: &links) }
        let summary = extractor.finish(to: &links)
        return Extracted(outlinks: links, summary: summary)
    }

    static func html(_ text: String, options: LinkExtractionOptions = LinkExtractionOptions()) -> Extracted {
        html(Array(text.utf8), options: options)
    }

    static func css(_ bytes: [UInt8], charset: String? = nil, partSize: Int = .max) -> Extracted {
        guard let url = WebURL(page) else { return Extracted(outlinks: []) }
        var links: [Outlink] = []
        var extractor = CSSLinkExtractor(url: url, charset: charset)
        forEachPart(bytes, partSize) { extractor.append($0, to: &links) }
        let summary = extractor.finish(to: &links)
        return Extracted(outlinks: links, summary: summary)
    }

    static func css(_ text: String) -> Extracted { css(Array(text.utf8)) }

    static func forEachPart(_ bytes: [UInt8], _ size: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        bytes.withUnsafeBufferPointer { all in
            var start = 0
            while start < all.count {
                let end = size >= all.count - start ? all.count : start + size
                body(UnsafeBufferPointer(rebasing: all[start..<end]))
                start = end
            }
        }
    }
}
