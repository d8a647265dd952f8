package import HTTPSemantics

/// The links of a style sheet of its own: what `@import` names, and images and fonts.
///
/// Bytes come in parts of any size; where they are cut changes nothing. Linear in time, bounded in memory: no more is kept than the
/// URL that is being read.
package struct CSSLinkExtractor {
    private var collector: LinkCollector
    private var scanner: CSSScanner
    /// Nil once the encoding is known.
    private var beginning: DocumentBeginning?
    private var transcoder: Transcoder?

    /// - Parameters:
    ///   - url: where the style sheet lies: its URLs are relative to it.
    ///   - charset: the `charset` parameter of its Content-Type; nil where there is none.
    package init(
        url: WebURL, charset: String? = nil, options: LinkExtractionOptions = LinkExtractionOptions(),
        coders: MultiByteCoders? = nil
    ) {
        collector = LinkCollector(
            base: url, decoder: TextDecoder(encoding: nil, coders: coders), options: options)
        scanner = CSSScanner(maximumLength: options.maximumValueLength)
        beginning = DocumentBeginning(label: charset)
    }

    /// Reads the next part of the style sheet and adds the links that are complete to `links`, in the order of their places.
    package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, to links: inout [Outlink]) {
        swap(&links, &collector.links)
        defer { swap(&links, &collector.links) }
        guard var beginning else { return scan(bytes) }
        let isComplete = beginning.append(bytes)
        self.beginning = beginning
        if isComplete { start(beginning) }
    }

    /// The end of the style sheet.
    package mutating func finish(to links: inout [Outlink]) -> LinkSummary {
        swap(&links, &collector.links)
        defer { swap(&links, &collector.links) }
        if let beginning { start(beginning) }
        scanner.finish(into: &collector)
        return LinkSummary(base: collector.base, encoding: collector.decoder.encoding, cutCount: collector.cutCount)
    }

    /// Decides on the encoding and reads what has been held back (CSS Syntax section 3.2): byte order mark, Content-Type,
    /// `@charset`, UTF-8.
    private mutating func start(_ beginning: DocumentBeginning) {
        self.beginning = nil
        beginning.bytes.withUnsafeBufferPointer { bytes in
            let found = beginning.encoding { Self.charsetRule($0) }
            collector.decoder.encoding = found.encoding ?? .utf8
            transcoder = Transcoder(from: found.encoding)
            scan(bytes.slice(found.markLength, bytes.count))
        }
    }

    private mutating func scan(_ bytes: Bytes) {
        guard transcoder != nil, let text = transcoder?.transcode(bytes) else { return scanner.scan(bytes, into: &collector) }
        text.withUnsafeBufferPointer { scanner.scan($0, into: &collector) }
    }

    private static func charsetRule(_ bytes: Bytes) -> CharacterEncoding? {
        let rule: StaticString = "@charset \""
        guard bytes.starts(with: rule.bytes) else { return nil }
        let end = bytes.offset(of: UInt8(ascii: "\""), from: rule.utf8CodeUnitCount)
        guard end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: ";") else { return nil }
        return EncodingSniffer.declared(bytes.slice(rule.utf8CodeUnitCount, end))
    }
}
