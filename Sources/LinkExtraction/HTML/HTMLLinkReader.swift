import HTTPSemantics

/// Picks the links out of a document's tags.
struct HTMLLinkReader: HTMLTokenSink {
    let options: LinkExtractionOptions
    /// How many documents this one is nested in, by `srcdoc`.
    let nesting: Int
    var collector: LinkCollector
    var foreign = ForeignContent()
    /// How many `template` elements are open whose contents are no part of the document.
    var templateDepth = 0
    /// The HTML element whose text is being read by the tokenizer; nil in markup.
    private var textElement: HTMLElement?
    /// Whether the `style` element that is being read holds CSS.
    private var isCSS = false
    var css: CSSScanner
    /// Whether a `base` element with `href` has been read: the first counts.
    var hasBase = false
    var directives: RobotsDirectives = []
    private var sketch: TextSketchBuilder?

    init(collector: LinkCollector, options: LinkExtractionOptions, nesting: Int = 0) {
        self.collector = collector
        self.options = options
        self.nesting = nesting
        css = CSSScanner(maximumLength: options.maximumValueLength)
        sketch = options.sketchesText && nesting == 0 ? TextSketchBuilder() : nil
    }

    // MARK: - Tokens

    var allowsCDATA: Bool { foreign.isInnermost }

    @inline(__always)
    mutating func text(_ part: Bytes) {
        if textElement == nil, foreign.isEmpty {
            if templateDepth == 0 { sketch?.append(part) }
        } else {
            textOfElement(part)
        }
    }

    private mutating func textOfElement(_ part: Bytes) {
        guard templateDepth == 0 else { return }
        switch textElement ?? foreign.textElement {
        case .style: if isCSS { css.scan(part, into: &collector) }
        case .script, .iframe, .noembed, .noframes: break
        default: sketch?.append(part)
        }
    }

    @inline(__always)
    mutating func startTag(_ tag: HTMLTag) -> HTMLContent {
        sketch?.endText()
        // Whatever was read as CSS in svg, where a style element may have children, ends here.
        if isCSS { endStyle() }
        let namespace = foreign.open(tag)
        if namespace == .html, tag.element == .template { openTemplate(tag) }
        if templateDepth == 0 {
            if tag.hasAttributes { readLinks(of: tag, in: namespace) }
            if tag.element == .style { isCSS = isCSSType(tag) }
        }
        return namespace == .html ? content(of: tag.element) : .markup
    }

    @inline(__always)
    mutating func endTag(_ tag: HTMLTag) {
        sketch?.endText()
        if isCSS { endStyle() }
        textElement = nil
        if !foreign.isEmpty {
            foreign.close(tag)
        } else if tag.element == .template, templateDepth > 0 {
            templateDepth -= 1
        }
    }

    /// The end of the document.
    mutating func finish() -> LinkSummary {
        if isCSS { endStyle() }
        return LinkSummary(
            base: collector.base, encoding: collector.decoder.encoding, directives: directives, cutCount: collector.cutCount,
            sketch: sketch?.finish())
    }

    // MARK: - Contents

    private mutating func content(of element: HTMLElement) -> HTMLContent {
        switch element {
        case .script:
            textElement = element
            return .script
        case .style, .iframe, .noembed, .noframes, .textarea, .title, .xmp:
            textElement = element
            return .text
        case .plaintext:
            textElement = element
            return .plaintext
        default:
            return .markup
        }
    }

    /// Contents of a template are a document of their own, which scripts may use (HTML standard section 4.12.3); those of a
    /// declarative shadow root are shown at once.
    private mutating func openTemplate(_ tag: HTMLTag) {
        let isShadowRoot =
            tag.withValue(.shadowrootmode) { $0.equalsIgnoringCase("open") || $0.equalsIgnoringCase("closed") } ?? false
        if templateDepth > 0 || !isShadowRoot { templateDepth += 1 }
    }

    /// Whether a `style` element holds CSS (HTML standard section 4.2.6): its type is that of CSS, or empty.
    private func isCSSType(_ tag: HTMLTag) -> Bool {
        tag.withValue(.type) { $0.isEmpty || $0.equalsIgnoringCase("text/css") } ?? true
    }

    private mutating func endStyle() {
        css.finish(into: &collector)
        isCSS = false
    }
}
