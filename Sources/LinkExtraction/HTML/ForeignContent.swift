/// The open elements of svg and math: where tags, texts and comments mean something else than in HTML (HTML standard
/// section 13.2.6.5).
///
/// Of tree construction this is all that links need. HTML elements inside of an integration point are not kept: an end tag there
/// closes a foreign element of its name even across open HTML elements, which the standard ignores in some cases.
struct ForeignContent {
    enum Namespace { case html, svg, mathML }

    private struct Entry {
        let name: ASCIIName
        let element: HTMLElement
        let namespace: Namespace
        /// Whether what stands directly inside is HTML: `annotation-xml` with a type of HTML (section 13.2.6).
        let isHTMLAnnotation: Bool
    }

    /// Elements nested deeper are not told apart from their parents.
    private static let maximumDepth = 256
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

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
        if entries.isEmpty { return }
        let name = tag.name
        if let index = entries.lastIndex(where: { $0.name == name }) {
            entries.removeSubrange(index...)
        } else if tag.element.breaksOut {
            // Most likely it closes an HTML element around.
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
            return .html
        }
    }

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
