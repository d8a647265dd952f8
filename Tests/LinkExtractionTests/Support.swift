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
        coders: MultiByteCoders? = nil, partSize: Int = .max
    ) -> Extracted {
        guard let url = WebURL(page) else { return Extracted(outlinks: []) }
        var links: [Outlink] = []
        var extractor = HTMLLinkExtractor(url: url, charset: charset, options: options, coders: coders)
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

/// A coder of few characters: each of two bytes, all others stand for nothing.
struct FewCharacters: MultiByteCoder {
    var codes: [[UInt8]: Unicode.Scalar]

    /// For one encoding.
    static func coders(_ encoding: CharacterEncoding, _ codes: [[UInt8]: Unicode.Scalar]) -> MultiByteCoders {
        { $0 == encoding ? FewCharacters(codes: codes) : nil }
    }

    func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var (text, rest) = (String.UnicodeScalarView(), bytes[...])
        while let byte = rest.popFirst() {
            if byte < 0x80 {
                text.append(Unicode.Scalar(byte))
            } else {
                text.append(rest.popFirst().flatMap { codes[[byte, $0]] } ?? "\u{FFFD}")
            }
        }
        return Array(String(text).utf8)
    }

    func encode(_ scalar: Unicode.Scalar) -> [UInt8]? {
        scalar == "¥" ? [0x5C] : codes.first { $0.value == scalar }?.key
    }
}
