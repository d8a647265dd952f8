import HTTPSemantics

/// Follows the elements of a sitemap or feed and gathers what they say about each page or item.
struct SitemapDocument {
    private let limits: SitemapLimits
    /// The URL of the document; nil: only absolute URLs count.
    private let documentURL: WebURL?
    var summary = SitemapSummary()

    private var open: [OpenElement] = []
    /// Elements below the limit of depth.
    private var tooDeep = 0
    /// The values of `xml:base` in force, and the depths at which they were given.
    private var bases: [(depth: Int, url: WebURL)] = []
    private var attributes = Attributes()
    private var pending: SitemapPending?
    private var budget: SitemapLinkBudget
    /// Whether the root has ended, or is none that has links.
    private(set) var isDone = false

    private struct OpenElement {
        var hash: UInt64
        var element: SitemapElement
    }

    private struct Attributes {
        var href: String?
        var url: String?
        var src: String?
        var rel: String?
        var isPermaLink = true
        var base: String?
        var isAny = false
    }

    init(documentURL: WebURL?, limits: SitemapLimits) {
        self.documentURL = documentURL
        self.limits = limits
        budget = SitemapLinkBudget(limits: limits)
    }

    private var element: SitemapElement { open.last?.element ?? .other }
    var isInElement: Bool { !open.isEmpty || tooDeep > 0 }

    // MARK: - Tags

    mutating func begin(_ name: XMLName, _ scanner: inout XMLScanner, at index: Int, into links: inout [SitemapEntry]) {
        scanner.capturesText = false
        if open.count >= limits.maximumDepth {
            if tooDeep == 0 { scanner.note(.tooDeep, at: index) }
            tooDeep += 1
            return
        }
        let element = SitemapElement(name.local, in: open.last?.element)
        if element.isEntry, open.last?.element.isEntry == true {
            // The end tag of the one before is missing: entries do not contain each other.
            scanner.note(.badNesting, at: index)
            leave(into: &links)
        }
        if open.isEmpty { summary.format = element.format }
        open.append(OpenElement(hash: name.hash, element: element))
        if attributes.isAny { attributes = Attributes() }
        if element.isEntry {
            flush(into: &links)
            pending = SitemapPending(maximumLinks: limits.maximumLinksPerEntry)
        } else if element == .other, open.count == 1 {
            isDone = true
        }
    }

    mutating func attribute(_ name: XMLName, _ value: XMLValue) {
        guard tooDeep == 0, let attribute = SitemapAttribute(name), attribute == .base || element.hasAttributes else { return }
        guard let text = value.text else {
            summary.oversized += 1
            return
        }
        attributes.isAny = true
        // Of attributes of the same name the first counts.
        switch attribute {
        case .href: attributes.href = attributes.href ?? text
        case .url: attributes.url = attributes.url ?? text
        case .src: attributes.src = attributes.src ?? text
        case .rel: attributes.rel = attributes.rel ?? text
        case .isPermaLink: attributes.isPermaLink = text != "false"
        case .base: attributes.base = attributes.base ?? text
        }
    }

    /// The start tag is complete.
    mutating func enter(_ scanner: inout XMLScanner, into links: inout [SitemapEntry]) {
        guard tooDeep == 0 else { return }
        if let text = attributes.base, isFeed, !budget.isSpent, let url = resolved(text) {
            // However long it is: short links may be named by it.
            _ = budget.take(url)
            bases.append((open.count, url))
        }
        if attributes.isAny { takeAttributes(into: &links) }
        if element.hasText { scanner.beginText() }
    }

    /// An end tag, or the end of an empty element, whose name is nil.
    mutating func end(_ name: XMLName?, _ scanner: inout XMLScanner, at index: Int, into links: inout [SitemapEntry]) {
        if tooDeep > 0 {
            tooDeep -= 1
            return
        }
        var position = open.count - 1
        if let name {
            while position >= 0, open[position].hash != name.hash { position -= 1 }
            if position != open.count - 1 { scanner.note(.badNesting, at: index) }
        }
        guard position >= 0 else { return }
        if scanner.capturesText, position == open.count - 1 { takeText(scanner.text, into: &links) }
        scanner.capturesText = false
        while open.count > position { leave(into: &links) }
        if open.isEmpty { isDone = true }
    }

    /// Ends the innermost element.
    private mutating func leave(into links: inout [SitemapEntry]) {
        guard let last = open.popLast() else { return }
        if let base = bases.last, base.depth > open.count { bases.removeLast() }
        if last.element.isEntry { flush(into: &links) }
    }

    /// Gives what was gathered when the document ends too early.
    mutating func finish(into links: inout [SitemapEntry]) {
        flush(into: &links)
    }

    // MARK: - Values

    private var isFeed: Bool {
        summary.format == .rss || summary.format == .rdf || summary.format == .atom
    }

    private var base: WebURL? { bases.last?.url ?? documentURL }

    /// The URL that a value names; counted where there is none.
    private mutating func url(_ text: String) -> WebURL? {
        guard !budget.isSpent else {
            summary.cutLinks += 1
            return nil
        }
        // In a sitemap a URL is absolute (sitemaps.org, `loc`); a feed resolves against its base.
        guard let url = isFeed ? resolved(text) : WebURL(text), url.isHTTP else {
            summary.refused += 1
            return nil
        }
        return kept(url.withoutFragment())
    }

    /// The URL, where it is within the bounds; counted where it is not.
    private mutating func kept(_ url: WebURL) -> WebURL? {
        guard !budget.isSpent, budget.take(url) else {
            summary.cutLinks += 1
            return nil
        }
        return url
    }

    private func resolved(_ text: String) -> WebURL? {
        guard let base else { return WebURL(text) }
        return WebURL(text, base: base)
    }

    private mutating func takeAttributes(into links: inout [SitemapEntry]) {
        switch element {
        case .alternate:
            give(attributes.href, .link, into: &links)
        case .itemLink:
            if let relation = SitemapRelation(attributes.rel) { give(attributes.href, relation.ofItem, into: &links) }
        case .feedLink:
            if let relation = SitemapRelation(attributes.rel) { give(attributes.href, relation.ofFeed, into: &links) }
        case .enclosure:
            give(attributes.url, .feedItem, into: &links)
        case .content:
            give(attributes.src, .feedItem, into: &links)
            give(attributes.url, .media, into: &links)
        case .thumbnail, .feedImage:
            give(attributes.url ?? attributes.href, .image, into: &links)
        default: break
        }
    }

    private mutating func takeText(_ value: XMLValue, into links: inout [SitemapEntry]) {
        guard let text = value.text else {
            summary.oversized += 1
            return
        }
        switch element {
        case .location:
            guard let url = url(text) else { return }
            if pending?.url != nil {
                // A second location in one element is a page of its own.
                flush(into: &links)
                pending = SitemapPending(maximumLinks: limits.maximumLinksPerEntry)
            }
            let isPage = open.dropLast().last?.element == .page
            pending?.url = url
            pending?.relation = isPage ? .sitemapPage : .sitemap
        case .lastModified, .updated:
            if let date = SitemapDate.parse(value.bytes) { pending?.lastModified = date }
        case .published:
            if let date = SitemapDate.parse(value.bytes) { pending?.published = date }
        case .priority:
            pending?.priority = SitemapPriority.parse(value.bytes)
        case .changeFrequency:
            pending?.changeFrequency = .init(rawValue: String(decoding: value.trimmedLowercased, as: UTF8.self))
        case .imageLocation, .videoThumbnail, .feedImageLocation: give(text, .image, into: &links)
        case .videoContent: give(text, .media, into: &links)
        case .videoPlayer: give(text, .frame, into: &links)
        case .itemLink: if !value.isBlank { give(text, .feedItem, into: &links) }
        case .feedLink: if !value.isBlank { give(text, .link, into: &links) }
        case .comments: give(text, .link, into: &links)
        case .identifier:
            // Only an absolute URL can be permanent; other identifiers are names.
            if attributes.isPermaLink, let url = WebURL(text), url.isHTTP { pending?.identifier = url.withoutFragment() }
        default: break
        }
    }

    /// A link of the page or item, or of the document where there is none.
    private mutating func give(_ text: String?, _ relation: LinkRelation, into links: inout [SitemapEntry]) {
        guard let text, let url = url(text) else { return }
        if pending == nil {
            links.append(SitemapEntry(link: Outlink(url: url, relation: relation)))
        } else if pending?.add(url, relation) == false {
            summary.cutLinks += 1
        }
    }

    private mutating func flush(into links: inout [SitemapEntry]) {
        guard var entry = pending.take(), entry.isAnything else { return }
        guard summary.entries < limits.maximumEntries else {
            summary.cutEntries += 1
            return
        }
        if entry.url == nil, let identifier = entry.identifier {
            entry.identifier = kept(identifier)
            guard entry.isAnything else { return }
        }
        summary.entries += 1
        entry.append(to: &links)
    }
}
