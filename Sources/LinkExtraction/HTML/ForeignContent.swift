/// The open elements of svg and math: where tags, texts and comments mean something else than in HTML (HTML standard
/// section 13.2.6.5).
///
/// Of tree construction this is all that links need. HTML elements inside of an integration point are counted, not kept, so an
/// end tag that the standard would ignore there passes for that of one of them.
struct ForeignContent {
    enum Namespace { case html, svg, mathML }

    private struct Entry {
        let name: ASCIIName
        let element: HTMLElement
        let namespace: Namespace
        /// Whether what stands directly inside is HTML: `annotation-xml` with a type of HTML (section 13.2.6).
        let isHTMLAnnotation: Bool
        /// How many HTML elements are open inside of an integration point.
        var htmlDepth = 0
    }

    /// Elements nested deeper are not told apart from their parents.
    private static let maximumDepth = 256
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    /// Whether the innermost open element is foreign: then there are CDATA sections.
    var isInnermost: Bool { entries.last.map { $0.htmlDepth == 0 } ?? false }

    /// The innermost foreign element where a text belongs to it; nil in HTML.
    var textElement: HTMLElement? { entries.last?.element }

    /// Takes note of a start tag. Gives the namespace of its element.
    mutating func open(_ tag: HTMLTag) -> Namespace {
        guard let top = entries.last else { return openInHTML(tag) }
        if Self.readsHTML(top, tag) { return openInHTML(tag) }
        if tag.element.breaksOut || tag.element == .tablePart && tag.name == Self.table
            || tag.element == .font && tag.has([.color, .face, .size])
        {
            breakOut()
            return .html
        }
        push(tag, top.namespace)
        return top.namespace
    }

    /// Takes note of an end tag.
    mutating func close(_ tag: HTMLTag) {
        guard let top = entries.last else { return }
        let name = tag.name
        if top.htmlDepth > 0, name != top.name {
            entries[entries.count - 1].htmlDepth -= 1
        } else if let index = entries.lastIndex(where: { $0.name == name }) {
            entries.removeSubrange(index...)
        } else if tag.element.breaksOut || tag.element == .a || tag.element == .tablePart {
            // Most likely it closes an HTML element around; the standard knows, for it keeps those too.
            breakOut()
        }
    }

    private static let table = ASCIIName("table")

    private mutating func openInHTML(_ tag: HTMLTag) -> Namespace {
        switch tag.element {
        case .svg:
            push(tag, .svg)
            return .svg
        case .math:
            push(tag, .mathML)
            return .mathML
        default:
            if !entries.isEmpty, !Self.isVoid(tag) { entries[entries.count - 1].htmlDepth += 1 }
            return .html
        }
    }

    /// Whether an HTML element has no end tag (HTML standard section 13.1.2).
    private static func isVoid(_ tag: HTMLTag) -> Bool {
        switch tag.element {
        case .area, .base, .embed, .image, .img, .input, .link, .meta, .source, .track: true
        case .other, .breakout: voidNames.contains(tag.name)
        default: false
        }
    }

    private static let voidNames: [ASCIIName] = ["br", "col", "hr", "param", "wbr"].map(ASCIIName.init)

    private mutating func push(_ tag: HTMLTag, _ namespace: Namespace) {
        guard !tag.isSelfClosing, entries.count < Self.maximumDepth else { return }
        let isAnnotation = namespace == .mathML && tag.element == .annotationXML
        let isHTML =
            isAnnotation
            && tag.withValue(.encoding) { $0.equalsIgnoringCase("text/html") || $0.equalsIgnoringCase("application/xhtml+xml") }
                ?? false
        entries.append(Entry(name: tag.name, element: tag.element, namespace: namespace, isHTMLAnnotation: isHTML))
    }

    /// Whether a start tag directly inside of `entry` is read by the rules of HTML (section 13.2.6, the tree construction
    /// dispatcher).
    private static func readsHTML(_ entry: Entry, _ tag: HTMLTag) -> Bool {
        if isHTMLIntegrationPoint(entry) { return true }
        guard entry.namespace == .mathML else { return false }
        if entry.element == .mathText { return tag.element != .mathGlyph }
        return entry.element == .annotationXML && tag.element == .svg
    }

    private static func isHTMLIntegrationPoint(_ entry: Entry) -> Bool {
        switch entry.namespace {
        case .svg: entry.element == .foreignObject || entry.element == .desc || entry.element == .title
        case .mathML: entry.isHTMLAnnotation
        case .html: false
        }
    }

    private static func isIntegrationPoint(_ entry: Entry) -> Bool {
        isHTMLIntegrationPoint(entry) || entry.namespace == .mathML && entry.element == .mathText
    }

    /// Closes everything up to where HTML is read again.
    private mutating func breakOut() {
        while let top = entries.last, !Self.isIntegrationPoint(top) { entries.removeLast() }
    }
}
