import HTTPSemantics
import LinkExtraction

/// Everything that was read of a document.
struct SitemapReading: Equatable {
    var entries: [SitemapEntry] = []
    var summary: SitemapSummary

    /// - Parameter pieces: the lengths of the pieces into which the bytes are cut, over and over again; one piece where empty.
    init(
        _ bytes: [UInt8], from url: String? = "https://example.com/a/feed.xml", as mediaType: String? = nil,
        limits: SitemapLimits = SitemapLimits(), pieces: [Int] = []
    ) {
        var reader = SitemapReader(
            documentURL: url.flatMap { WebURL($0) }, mediaType: mediaType.flatMap { MediaType($0) }, limits: limits)
        var entries: [SitemapEntry] = []
        bytes.withUnsafeBytes { raw in
            var offset = 0
            var number = 0
            while offset < raw.count {
                let length = pieces.isEmpty ? raw.count : max(1, pieces[number % pieces.count])
                let end = min(offset + length, raw.count)
                reader.consume(UnsafeRawBufferPointer(rebasing: raw[offset..<end]), into: &entries)
                offset = end
                number += 1
            }
        }
        summary = reader.finish(into: &entries)
        self.entries = entries
    }

    init(_ text: String, limits: SitemapLimits = SitemapLimits()) {
        self.init(Array(text.utf8), limits: limits)
    }

    /// The links as "relation URL".
    var links: [String] {
        entries.map { "\($0.link.relation) \($0.link.url.serialized)" }
    }
}
