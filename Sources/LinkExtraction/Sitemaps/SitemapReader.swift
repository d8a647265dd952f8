package import HTTPSemantics

/// Reads the links of sitemaps (sitemaps.org: XML, indexes, text) and feeds (RSS, Atom) from bytes that come in pieces.
///
/// What a document is, its content decides; the media type that a server gives is wrong too often. Results do not depend on how
/// the document is cut into pieces. Every sequence of bytes is read to its end, in linear time and bounded memory. Links of other
/// hosts are given like all others: whether they count is for the caller to decide. HTML inside of feeds is not read.
package struct SitemapReader {
    private let limits: SitemapLimits
    private var decoder: SitemapDecoder
    private var content: SitemapContent
    private var bytesRead = 0

    /// - Parameters:
    ///   - documentURL: from where the document came, after redirects: the base of relative links in feeds. Nil: relative links
    ///     are refused.
    ///   - mediaType: only its `charset` counts, where it has one.
    package init(documentURL: WebURL?, mediaType: MediaType? = nil, limits: SitemapLimits = SitemapLimits()) {
        self.limits = limits
        let charset = mediaType?["charset"].map { Grammar.lowercased($0) }
        decoder = SitemapDecoder(charset: charset)
        content = SitemapContent(documentURL: documentURL, charset: charset, limits: limits)
    }

    /// Reads the next piece, and appends what it completes.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer, into links: inout [SitemapEntry]) {
        let room = limits.maximumBytes - bytesRead
        if bytes.count > room { content.isCut = true }
        let piece = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
        bytesRead += piece.count
        guard !content.isDone, !piece.isEmpty else { return }
        piece.withMemoryRebound(to: UInt8.self) { decoder.decode($0, into: &content, &links) }
    }

    /// Ends the document: appends what its last element gave before it broke off.
    package mutating func finish(into links: inout [SitemapEntry]) -> SitemapSummary {
        if !content.isDone { decoder.finish(into: &content, &links) }
        return content.finish(into: &links)
    }
}
