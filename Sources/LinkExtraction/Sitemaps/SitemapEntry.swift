package import HTTPSemantics

/// A URL that a sitemap or feed names, with what it says about it.
package struct SitemapEntry: Hashable, Sendable {
    /// Of relation `sitemapPage` (pages of a sitemap), `sitemap` (parts of a sitemap index), `feedItem` (items, entries and their
    /// enclosures), `image`, `media`, `frame` (players of videos), or `link` (other languages of a page, pages of a feed itself).
    package var link: Outlink
    /// When the page was changed last, in the author's words; nil where that is not said, or no date.
    package var lastModified: UnixTime?
    /// From 0 to 1, relative to other pages of the same site; nil where it is not said. The protocol then assumes 0.5.
    package var priority: Double?
    package var changeFrequency: ChangeFrequency?

    package init(
        link: Outlink, lastModified: UnixTime? = nil, priority: Double? = nil, changeFrequency: ChangeFrequency? = nil
    ) {
        self.link = link
        self.lastModified = lastModified
        self.priority = priority
        self.changeFrequency = changeFrequency
    }

    /// How often a page is said to change: a hint (sitemaps.org, `changefreq`).
    package enum ChangeFrequency: String, Hashable, Sendable {
        case always, hourly, daily, weekly, monthly, yearly, never
    }
}

/// What a document with links is, by its content.
package enum SitemapFormat: String, Hashable, Sendable {
    /// `urlset`: pages.
    case sitemap
    /// `sitemapindex`: sitemaps.
    case sitemapIndex
    /// RSS 0.9x and 2.0.
    case rss
    /// RSS 1.0, in RDF.
    case rdf
    case atom
    /// One URL a line.
    case text
    /// XML with another root, or none: no links are read.
    case otherXML
    /// Nothing but white space, or nothing at all.
    case empty
}

/// How much of one document is read. What exceeds a limit is left out and counted.
package struct SitemapLimits: Hashable, Sendable {
    /// Bytes of the document, not compressed. 50 MiB by default, as the protocol has it.
    package var maximumBytes: Int
    /// Pages, sitemaps or items. 50,000 by default, as the protocol has it.
    package var maximumEntries: Int
    /// Further links of one page or item: images, other languages, enclosures. 1,000 by default.
    package var maximumLinksPerEntry: Int
    /// Elements inside of each other; what lies deeper is passed over. 100 by default.
    package var maximumDepth: Int
    /// Bytes of a value as the document has it. `WebURL.maximumLength` by default.
    package var maximumValueBytes: Int
    /// Bytes of a URL, resolved. 16 KiB by default, many times what a crawl follows.
    package var maximumURLBytes: Int
    /// Bytes of all URLs of the document together, roughly. 32 MiB by default, as for a page.
    package var maximumLinkBytes: Int

    package init(
        maximumBytes: Int = 50 << 20, maximumEntries: Int = 50_000, maximumLinksPerEntry: Int = 1_000, maximumDepth: Int = 100,
        maximumValueBytes: Int = WebURL.maximumLength, maximumURLBytes: Int = 16 << 10, maximumLinkBytes: Int = 32 << 20
    ) {
        self.maximumBytes = max(0, maximumBytes)
        self.maximumEntries = max(0, maximumEntries)
        self.maximumLinksPerEntry = max(0, maximumLinksPerEntry)
        self.maximumDepth = max(1, maximumDepth)
        self.maximumValueBytes = max(16, maximumValueBytes)
        self.maximumURLBytes = max(0, maximumURLBytes)
        self.maximumLinkBytes = max(0, maximumLinkBytes)
    }
}

/// What came of a document.
package struct SitemapSummary: Hashable, Sendable {
    package var format: SitemapFormat = .empty
    /// Pages, sitemaps or items that were given.
    package var entries = 0
    /// Pages, sitemaps or items beyond the limit.
    package var cutEntries = 0
    /// Links of any kind that are too long or beyond the limit of all bytes of URLs, and further links beyond that of their page or
    /// item.
    package var cutLinks = 0
    /// Values that name no http or https URL; in a sitemap, also those that are not absolute.
    package var refused = 0
    /// Values beyond the limit of their length.
    package var oversized = 0
    /// Whether the document goes on beyond the limit of bytes.
    package var isCut = false
    /// How many times the document breaks the rules of XML; what could be read is given all the same.
    package var faults = 0
    /// The first of these.
    package var firstFault: XMLFault?
}
