package import HTTPSemantics

/// URLs in the fields of a reverse proxy's answers.
package enum SiteLocation {
    /// Location without scheme and host where it leads to the site itself, so that who follows it comes back to the proxy, by
    /// whatever name it knows it (RFC 9110 section 10.2.2 allows a relative reference).
    package static func answer(_ head: ResponseHead, site: WebURL) -> ResponseHead {
        guard let value = head.fields.first("Location"), let url = WebURL(value), url.hasOrigin(of: site) else { return head }
        var head = head
        head.fields.set("Location", url.requestTarget + (url.fragment.map { "#\($0)" } ?? ""))
        return head
    }
}
