import HTTPSemantics

/// The content of a sitemap or feed, decoded, in pieces of any size.
struct SitemapContent {
    private var mode = Mode.undecided
    private var scanner: XMLScanner
    private var document: SitemapDocument
    private var lines: SitemapLines

    private enum Mode {
        /// Nothing but white space was seen.
        case undecided
        case xml, text
        /// What follows says nothing.
        case done
    }

    init(documentURL: WebURL?, charset: String?, limits: SitemapLimits) {
        scanner = XMLScanner(maximumValueBytes: limits.maximumValueBytes)
        if let charset, XMLDeclaration.encoding(named: charset[...]) == .other { scanner.isLatin = true }
        document = SitemapDocument(documentURL: documentURL, limits: limits)
        lines = SitemapLines(limits: limits)
    }

    /// Whether nothing that follows can say anything.
    var isDone: Bool { mode == .done }

    /// Whether the document goes on beyond what is read.
    var isCut: Bool {
        get { document.summary.isCut }
        set { document.summary.isCut = newValue }
    }

    /// The bytes are UTF-8 for sure, whatever the document or its media type says.
    mutating func markUnicode() {
        scanner.isLatin = false
        scanner.readsDeclaration = false
    }

    /// Reads decoded bytes.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into links: inout [SitemapEntry]) {
        var index = 0
        if mode == .undecided {
            while index < bytes.count, XMLScanner.isSpace(bytes[index]) { index += 1 }
            guard index < bytes.count else {
                scanner.offset += bytes.count
                return
            }
            mode = bytes[index] == UInt8(ascii: "<") ? .xml : .text
            if mode == .text { document.summary.format = .text }
        }
        switch mode {
        case .xml: readXML(bytes, from: index, into: &links)
        case .text: lines.read(bytes, from: index, isLatin: scanner.isLatin, &document.summary, into: &links)
        case .undecided, .done: break
        }
        scanner.offset += bytes.count
    }

    private mutating func readXML(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, into links: inout [SitemapEntry]) {
        var index = start
        while true {
            switch scanner.next(bytes, &index) {
            case .end:
                return
            case .startTag:
                if document.isDone {
                    scanner.note(.contentAfterRoot, at: index)
                    mode = .done
                    return
                }
                document.begin(scanner.name, &scanner, at: index, into: &links)
                if document.isDone {
                    mode = .done
                    return
                }
            case .attribute:
                document.attribute(scanner.name, scanner.value)
            case .startTagEnd(let isEmpty):
                document.enter(&scanner, into: &links)
                if isEmpty { document.end(nil, &scanner, at: index, into: &links) }
            case .endTag:
                let name = scanner.name
                document.end(name, &scanner, at: index, into: &links)
            }
        }
    }

    /// Ends the content.
    mutating func finish(into links: inout [SitemapEntry]) -> SitemapSummary {
        switch mode {
        case .undecided, .done: break
        case .text: lines.finish(&document.summary, into: &links)
        case .xml:
            if document.isInElement || !scanner.isBetweenTags { scanner.note(.unexpectedEnd, at: 0) }
            document.finish(into: &links)
            if document.summary.format == .empty { document.summary.format = .otherXML }
        }
        mode = .done
        var summary = document.summary
        summary.faults = scanner.faults
        summary.firstFault = scanner.firstFault
        return summary
    }
}
