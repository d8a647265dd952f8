/// What an element means in a sitemap or feed. Decided by its local name and by the element in which it stands; prefixes do not
/// count, since many documents get them wrong.
enum SitemapElement: UInt8 {
    // Sitemaps (sitemaps.org) and their extensions for images, videos and other languages.
    case urlset, sitemapIndex, page, sitemap, location, lastModified, priority, changeFrequency
    case alternate, image, imageLocation, video, videoContent, videoThumbnail, videoPlayer
    // Feeds (RSS 0.9x, 1.0 and 2.0, RFC 4287), and Media RSS.
    case rss, rdf, feed, channel, item, mediaGroup
    case itemLink, identifier, published, updated, comments, enclosure, content, thumbnail
    case feedLink, feedImage, feedImageLocation
    /// Anything else, and all in it.
    case other

    /// The meaning of an element inside of another one; nil: of the root.
    init(_ name: XMLName.Packed, in parent: SitemapElement?) {
        let tag = Tag(name)
        self =
            switch parent {
            case nil: Self.root(tag)
            case .urlset, .sitemapIndex: Self.entry(tag)
            case .page, .sitemap: Self.inPage(tag)
            case .image: tag == .loc ? .imageLocation : .other
            case .video: Self.inVideo(tag)
            case .rss, .rdf, .channel, .feed: Self.inFeed(tag)
            case .item: Self.inItem(tag)
            case .mediaGroup: tag == .content ? .content : tag == .thumbnail ? .thumbnail : .other
            case .feedImage: tag == .url ? .feedImageLocation : .other
            default: .other
            }
    }

    private static func root(_ tag: Tag) -> SitemapElement {
        switch tag {
        case .urlset: .urlset
        case .sitemapindex: .sitemapIndex
        case .rss: .rss
        case .rdf: .rdf
        case .feed: .feed
        default: .other
        }
    }

    private static func inPage(_ tag: Tag) -> SitemapElement {
        switch tag {
        case .loc: .location
        case .lastmod: .lastModified
        case .priority: .priority
        case .changefreq: .changeFrequency
        case .link: .alternate
        case .image: .image
        case .video: .video
        default: entry(tag)
        }
    }

    private static func entry(_ tag: Tag) -> SitemapElement {
        tag == .url ? .page : tag == .sitemap ? .sitemap : .other
    }

    private static func inVideo(_ tag: Tag) -> SitemapElement {
        switch tag {
        case .contentLoc: .videoContent
        case .thumbnailLoc: .videoThumbnail
        case .playerLoc: .videoPlayer
        default: .other
        }
    }

    private static func inFeed(_ tag: Tag) -> SitemapElement {
        switch tag {
        case .channel: .channel
        case .item, .entry: .item
        case .link: .feedLink
        case .image: .feedImage
        case .logo, .icon: .feedImageLocation
        default: .other
        }
    }

    private static func inItem(_ tag: Tag) -> SitemapElement {
        switch tag {
        case .link: .itemLink
        case .guid: .identifier
        case .pubDate, .published, .date: .published
        case .updated: .updated
        case .comments: .comments
        case .enclosure: .enclosure
        case .content: .content
        case .thumbnail, .image: .thumbnail
        case .group: .mediaGroup
        case .item, .entry: .item
        default: .other
        }
    }

    /// Whether it is a page, sitemap or item.
    var isEntry: Bool {
        self == .page || self == .sitemap || self == .item
    }

    /// Whether its character data are a value.
    var hasText: Bool {
        switch self {
        case .location, .lastModified, .priority, .changeFrequency, .imageLocation, .videoContent, .videoThumbnail, .videoPlayer,
            .itemLink, .identifier, .published, .updated, .comments, .feedLink, .feedImageLocation:
            true
        default: false
        }
    }

    /// Whether its attributes are values.
    var hasAttributes: Bool {
        switch self {
        case .alternate, .itemLink, .identifier, .enclosure, .content, .thumbnail, .feedLink, .feedImage, .videoPlayer: true
        default: false
        }
    }

    /// The format of a document with this root.
    var format: SitemapFormat {
        switch self {
        case .urlset: .sitemap
        case .sitemapIndex: .sitemapIndex
        case .rss: .rss
        case .rdf: .rdf
        case .feed: .atom
        default: .otherXML
        }
    }
}

/// The local names of elements that mean something.
private enum Tag: UInt8 {
    case loc, url, lastmod, priority, changefreq, link, image, item, entry, updated, published, pubDate, guid, enclosure
    case content, thumbnail, date, comments, group, video, contentLoc, thumbnailLoc, playerLoc, sitemap, channel, logo, icon
    case urlset, sitemapindex, rss, rdf, feed
    case other

    init(_ name: XMLName.Packed) {
        for (known, tag) in Self.names where known == name {
            self = tag
            return
        }
        self = .other
    }

    /// The most frequent first.
    private static let names: [(XMLName.Packed, Tag)] = [
        (.init("loc"), .loc), (.init("url"), .url), (.init("lastmod"), .lastmod), (.init("priority"), .priority),
        (.init("changefreq"), .changefreq), (.init("link"), .link), (.init("image"), .image), (.init("item"), .item),
        (.init("entry"), .entry), (.init("updated"), .updated), (.init("published"), .published), (.init("pubDate"), .pubDate),
        (.init("guid"), .guid), (.init("enclosure"), .enclosure), (.init("content"), .content), (.init("thumbnail"), .thumbnail),
        (.init("date"), .date), (.init("comments"), .comments), (.init("group"), .group), (.init("video"), .video),
        (.init("content_loc"), .contentLoc), (.init("thumbnail_loc"), .thumbnailLoc), (.init("player_loc"), .playerLoc),
        (.init("sitemap"), .sitemap), (.init("channel"), .channel), (.init("logo"), .logo), (.init("icon"), .icon),
        (.init("urlset"), .urlset), (.init("sitemapindex"), .sitemapindex), (.init("rss"), .rss), (.init("RDF"), .rdf),
        (.init("feed"), .feed),
    ]
}

/// The attributes that carry values.
enum SitemapAttribute {
    case href, url, src, rel, isPermaLink, base

    init?(_ name: XMLName) {
        if name.isOfXML {
            guard name.local == Self.baseName else { return nil }
            self = .base
            return
        }
        switch name.local {
        case Self.hrefName: self = .href
        case Self.urlName: self = .url
        case Self.srcName: self = .src
        case Self.relName: self = .rel
        case Self.isPermaLinkName: self = .isPermaLink
        default: return nil
        }
    }

    private static let hrefName = XMLName.Packed("href")
    private static let urlName = XMLName.Packed("url")
    private static let srcName = XMLName.Packed("src")
    private static let relName = XMLName.Packed("rel")
    private static let isPermaLinkName = XMLName.Packed("isPermaLink")
    private static let baseName = XMLName.Packed("base")
}
