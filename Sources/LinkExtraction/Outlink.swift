package import HTTPSemantics

/// A link that a document names: where it leads, and what for.
package struct Outlink: Hashable, Sendable {
    /// The target, resolved against the document's base URL; without a fragment, which names a place in the target.
    package var url: WebURL
    package var relation: LinkRelation
    /// Whether the author asks not to follow it (`rel=nofollow`).
    package var isNoFollow: Bool

    package init(url: WebURL, relation: LinkRelation, isNoFollow: Bool = false) {
        self.url = url
        self.relation = relation
        self.isNoFollow = isNoFollow
    }
}

/// What a link is for, as far as it decides whether the link is followed.
package enum LinkRelation: String, Hashable, Sendable, CaseIterable {
    /// `a` and `area`: to be followed by choice of the reader.
    case anchor
    /// A document shown inside of this one: `iframe`, `frame`, `object`, `embed`.
    case frame
    /// `img`, `picture`, `image` and `use` in svg, `input type=image`, `video poster`, old `background` attributes.
    case image
    /// `audio`, `video`, `source`, `track`.
    case media
    case script
    /// `link rel=stylesheet` and `@import`.
    case stylesheet
    /// `url()` in a style sheet: images, fonts.
    case styleResource
    /// `link rel=icon` and its like, `manifest`, `preload`, `modulepreload`: needed to show the page.
    case resource
    /// `link` to other documents: `next`, `prev`, `alternate`, `canonical`, `prefetch`, `help` and so on; also the `Link` field,
    /// `cite` and `longdesc` attributes.
    case link
    /// `meta http-equiv=refresh` and the `Refresh` field.
    case refresh
    /// A page named in a sitemap.
    case sitemapPage
    /// A sitemap named in a sitemap index or in robots.txt.
    case sitemap
    /// An item or enclosure of a feed.
    case feedItem

    /// Whether the page cannot be shown as its author meant without the target: what `--page-requisites` brings.
    package var isRequisite: Bool {
        switch self {
        case .frame, .image, .media, .script, .stylesheet, .styleResource, .resource: true
        case .anchor, .link, .refresh, .sitemapPage, .sitemap, .feedItem: false
        }
    }
}
