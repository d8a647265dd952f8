import HTTPSemantics

/// A sitemap of text: one absolute URL a line (sitemaps.org, "Text file").
struct SitemapLines {
    private let maximumEntries: Int
    private var line: XMLValue
    private var budget: SitemapLinkBudget

    init(limits: SitemapLimits) {
        maximumEntries = limits.maximumEntries
        line = XMLValue(limit: limits.maximumValueBytes)
        budget = SitemapLinkBudget(limits: limits)
    }

    mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLatin: Bool, _ summary: inout SitemapSummary,
        into links: inout [SitemapEntry]
    ) {
        var index = start
        while index < bytes.count {
            let lineStart = index
            while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index &+= 1 }
            line.append(bytes, lineStart..<index, isLatin: isLatin)
            if index < bytes.count {
                finish(&summary, into: &links)
                index += 1
            }
        }
    }

    /// Ends a line.
    mutating func finish(_ summary: inout SitemapSummary, into links: inout [SitemapEntry]) {
        defer { line.removeAll() }
        guard let text = line.text else {
            summary.oversized += 1
            return
        }
        if line.isBlank { return }
        guard !budget.isSpent else {
            summary.cutLinks += 1
            return
        }
        guard let url = WebURL(text)?.withoutFragment(), url.isHTTP else {
            summary.refused += 1
            return
        }
        guard summary.entries < maximumEntries else {
            summary.cutEntries += 1
            return
        }
        guard budget.take(url) else {
            summary.cutLinks += 1
            return
        }
        summary.entries += 1
        links.append(SitemapEntry(link: Outlink(url: url, relation: .sitemapPage)))
    }
}
