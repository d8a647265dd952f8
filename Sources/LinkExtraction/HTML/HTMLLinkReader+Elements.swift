import HTTPSemantics

extension HTMLLinkReader {
    /// Adds the links of a start tag's attributes.
    mutating func readLinks(of tag: HTMLTag, in namespace: ForeignContent.Namespace) {
        switch (tag.element, namespace) {
        case (.a, .html), (.area, .html):
            add(.href, of: tag, as: .anchor, isNoFollow: asksNotToFollow(tag))
        case (.a, .svg), (.a, .mathML):
            addForeignLink(of: tag, as: .anchor, isNoFollow: asksNotToFollow(tag))
        case (.image, .svg), (.feImage, .svg), (.use, .svg):
            addForeignLink(of: tag, as: .image)
        case (.script, .svg):
            addForeignLink(of: tag, as: .script)
        case (_, .html):
            readHTMLLinks(of: tag)
        default:
            break
        }
        if tag.has(.style) { readStyle(of: tag) }
    }

    private mutating func readHTMLLinks(of tag: HTMLTag) {
        switch tag.element {
        case .img, .image:
            // "image" is a name for "img" (HTML standard section 13.2.6.4.7).
            add(.src, of: tag, as: .image)
            addSourceSet(.srcset, of: tag, as: .image)
            add(.longdesc, of: tag, as: .link)
        case .source:
            add(.src, of: tag, as: .media)
            addSourceSet(.srcset, of: tag, as: .image)
        case .audio, .track: add(.src, of: tag, as: .media)
        case .video:
            add(.src, of: tag, as: .media)
            add(.poster, of: tag, as: .image)
        case .script: add(.src, of: tag, as: .script)
        case .iframe: readFrame(tag)
        case .frame, .embed: add(.src, of: tag, as: .frame)
        case .object: add(.data, of: tag, as: .frame)
        case .input:
            if tag.withValue(.type, { $0.equalsIgnoringCase("image") }) == true { add(.src, of: tag, as: .image) }
        case .body, .tablePart: add(.background, of: tag, as: .image)
        case .blockquote, .cite: add(.cite, of: tag, as: .link)
        case .link: readLink(tag)
        case .base: readBase(tag)
        case .meta: readMeta(tag)
        default: break
        }
    }

    // MARK: - Attributes

    @inline(__always)
    private mutating func add(
        _ attribute: HTMLAttribute, of tag: HTMLTag, as relation: LinkRelation, isNoFollow: Bool = false
    ) {
        tag.withValue(attribute) { collector.add(attribute: $0, as: relation, isNoFollow: isNoFollow) }
    }

    /// In svg `href` counts before `xlink:href` (SVG 2 section 16.1.6).
    private mutating func addForeignLink(of tag: HTMLTag, as relation: LinkRelation, isNoFollow: Bool = false) {
        add(tag.has(.href) ? .href : .xlinkHref, of: tag, as: relation, isNoFollow: isNoFollow)
    }

    private mutating func addSourceSet(_ attribute: HTMLAttribute, of tag: HTMLTag, as relation: LinkRelation) {
        guard tag.has(.of(attribute)) else { return }
        tag.withValue(attribute) { value in
            let (text, encoding) = collector.attributeText(value)
            text.withUnsafeBufferPointer { text in
                SourceSet.forEachURL(in: text) { collector.add($0, as: relation, encoding: encoding) }
            }
        }
    }

    /// Most style attributes name no URL, and those that do have a parenthesis.
    private mutating func readStyle(of tag: HTMLTag) {
        tag.withValue(.style) { value in
            guard value.contains(UInt8(ascii: "(")) || value.contains(UInt8(ascii: "&")) else { return }
            let text = collector.attributeText(value).text
            var scanner = CSSScanner(maximumLength: options.maximumValueLength)
            // The value is UTF-8 now, whatever the document is in.
            let encoding = collector.decoder.encoding
            collector.decoder.encoding = .utf8
            text.withUnsafeBufferPointer { scanner.scan($0, into: &collector) }
            scanner.finish(into: &collector)
            collector.decoder.encoding = encoding
        }
    }

    private func asksNotToFollow(_ tag: HTMLTag) -> Bool {
        tag.withValue(.rel) { LinkTypes.asksNotToFollow($0) } ?? false
    }

    // MARK: - Elements

    private mutating func readLink(_ tag: HTMLTag) {
        guard let types = tag.withValue(.rel, { LinkTypes($0) }), let relation = types.relation else { return }
        add(.href, of: tag, as: relation, isNoFollow: types.isNoFollow)
        if relation == .resource { addSourceSet(.imagesrcset, of: tag, as: relation) }
    }

    /// The first `base` with `href` counts, whether or not its URL is valid (HTML standard section 4.2.3).
    private mutating func readBase(_ tag: HTMLTag) {
        guard !hasBase, tag.has(.href) else { return }
        hasBase = true
        guard let text = tag.withValue(.href, { collector.attributeText($0).text }) else { return }
        let fallback = collector.base
        guard let base = WebURL(String(decoding: text, as: UTF8.self), base: fallback) else { return }
        if base.scheme != "data", base.scheme != "javascript" { collector.base = base.withoutFragment() }
    }

    private mutating func readMeta(_ tag: HTMLTag) {
        if collector.decoder.encoding == nil { readEncoding(tag) }
        guard let (content, encoding) = tag.withValue(.content, { collector.attributeText($0) }) else { return }
        content.withUnsafeBufferPointer { content in
            let isRobots = tag.withValue(.name) { $0.equalsIgnoringCase("robots") || $0.equalsIgnoringCase("larder") } ?? false
            if isRobots { directives.formUnion(RobotsDirectives(content: content)) }
            let isRefresh = tag.withValue(.httpEquiv) { $0.equalsIgnoringCase("refresh") } ?? false
            if isRefresh, let target = DeclarativeRefresh.target(of: content) {
                collector.add(target, as: .refresh, encoding: encoding)
            }
        }
    }

    /// A `meta` that comes too late for the prescan counts from here on.
    private mutating func readEncoding(_ tag: HTMLTag) {
        if let charset = tag.withValue(.charset, { EncodingSniffer.declared($0) }) {
            collector.decoder.encoding = charset
        } else if tag.withValue(.httpEquiv, { $0.equalsIgnoringCase("content-type") }) == true {
            collector.decoder.encoding = tag.withValue(.content) { EncodingSniffer.fromContentType($0) } ?? nil
        }
    }

    /// `srcdoc` counts before `src`. The document in it has this one's base URL, and nothing that it says as a whole counts here.
    private mutating func readFrame(_ tag: HTMLTag) {
        guard tag.has(.srcdoc) else { return add(.src, of: tag, as: .frame) }
        guard nesting < options.maximumNesting, let text = tag.withValue(.srcdoc, { collector.attributeText($0).text }) else {
            return
        }
        let base = collector.base
        let encoding = collector.decoder.encoding
        // Lent to the reader of the document inside, so that the links found so far are not copied.
        let empty = LinkCollector(base: base, decoder: collector.decoder, options: options)
        var inner = HTMLLinkReader(collector: empty, options: options, nesting: nesting + 1)
        swap(&inner.collector, &collector)
        inner.collector.decoder.encoding = .utf8
        var tokenizer = HTMLTokenizer(maximumValueLength: options.maximumValueLength)
        text.withUnsafeBufferPointer { tokenizer.tokenize($0, to: &inner) }
        tokenizer.finish(to: &inner)
        _ = inner.finish()
        swap(&inner.collector, &collector)
        collector.decoder.encoding = encoding
        // Comparing costs less than forgetting what is known.
        if collector.base != base { collector.base = base }
    }
}
