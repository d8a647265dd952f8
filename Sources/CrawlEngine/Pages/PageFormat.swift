import HTTPSemantics

/// What kind of document with links an answer is.
enum PageFormat: Hashable, Sendable {
    case html
    case styleSheet
    /// A sitemap or feed; what it is, and whether it is a file in gzip, its content tells.
    case sitemap
    /// Nobody says what it is: HTML, if it begins with a tag.
    case unknown

    /// Nil: it has no links that are followed.
    ///
    /// - Parameter isSitemap: whether it was named as a sitemap; then its content counts, for servers give many types to these.
    init?(_ head: ResponseHead, isSitemap: Bool) {
        let type = head.fields.first("Content-Type").flatMap { MediaType($0) }
        let name = type?.essence
        if isSitemap {
            self = name == "text/html" ? .html : .sitemap
            return
        }
        switch name {
        case nil: self = .unknown
        case "text/html", "application/xhtml+xml": self = .html
        case "text/css": self = .styleSheet
        case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml": self = .sitemap
        default: return nil
        }
    }
}
