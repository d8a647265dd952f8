package import HTTPSemantics

/// The links of an HTML document.
///
/// Bytes come in parts of any size; where they are cut changes nothing. Every byte is looked at a bounded number of times, and no more
/// is kept than the tag that is being read (and at the beginning 1,024 bytes, to find out the encoding).
///
/// Links are given in the order of the document, repeated where the document repeats them. A `base` element counts from where it
/// stands on: it belongs before all links, and who puts it elsewhere gets what a browser gives that loads as it reads. What stands in a
/// `template` is no part of the document. Contents of `noscript` count: scripts are not run. Forms are left alone.
package struct HTMLLinkExtractor {
    private var tokenizer: HTMLTokenizer
    private var reader: HTMLLinkReader
    /// Nil once the encoding is known.
    private var beginning: DocumentBeginning?
    private var transcoder: Transcoder?

    /// - Parameters:
    ///   - url: where the document lies: its references are relative to it as long as no `base` element says otherwise.
    ///   - charset: the `charset` parameter of its Content-Type; nil where there is none.
    ///   - coders: read and write the multi-byte encodings; nil: what they say beyond ASCII is lost.
    package init(
        url: WebURL, charset: String? = nil, options: LinkExtractionOptions = LinkExtractionOptions(),
        coders: MultiByteCoders? = nil
    ) {
        let collector = LinkCollector(
            base: url, decoder: TextDecoder(encoding: nil, coders: coders), options: options)
        tokenizer = HTMLTokenizer(maximumValueLength: options.maximumValueLength)
        reader = HTMLLinkReader(collector: collector, options: options)
        beginning = DocumentBeginning(label: charset)
    }

    /// Reads the next part of the document and adds the links that are complete to `links`.
    package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, to links: inout [Outlink]) {
        swap(&links, &reader.collector.links)
        defer { swap(&links, &reader.collector.links) }
        guard beginning != nil else { return tokenize(bytes) }
        if beginning?.append(bytes) == true { start() }
    }

    /// The end of the document.
    package mutating func finish(to links: inout [Outlink]) -> LinkSummary {
        swap(&links, &reader.collector.links)
        defer { swap(&links, &reader.collector.links) }
        if beginning != nil { start() }
        tokenizer.finish(to: &reader)
        return reader.finish()
    }

    /// Decides on the encoding and reads what has been held back.
    private mutating func start() {
        guard let beginning else { return }
        self.beginning = nil
        let found = beginning.encoding { EncodingSniffer.prescan($0) }
        reader.collector.decoder.encoding = found.encoding
        transcoder = Transcoder(from: found.encoding)
        beginning.bytes.withUnsafeBufferPointer { tokenize($0.slice(found.markLength, $0.count)) }
    }

    private mutating func tokenize(_ bytes: Bytes) {
        guard transcoder != nil, let text = transcoder?.transcode(bytes) else {
            return tokenizer.tokenize(bytes, to: &reader)
        }
        text.withUnsafeBufferPointer { tokenizer.tokenize($0, to: &reader) }
    }
}
