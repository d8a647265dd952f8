import HTTPCaching

extension LifetimeSource {
    /// A name for programs.
    var name: String {
        switch self {
        case .none: "none"
        case .sharedMaxAge: "s-maxage"
        case .maxAge: "max-age"
        case .expires: "expires"
        case .heuristic: "heuristic"
        }
    }

    /// The same for people.
    var text: String {
        switch self {
        case .none: "the response names no lifetime"
        case .sharedMaxAge: "s-maxage"
        case .maxAge: "max-age"
        case .expires: "Expires"
        case .heuristic: "a tenth of the time since Last-Modified"
        }
    }

    /// The section of the standard that it is from.
    var section: String {
        switch self {
        case .none: "RFC 9111 section 4.2.1"
        case .sharedMaxAge: "RFC 9111 section 5.2.2.10"
        case .maxAge: "RFC 9111 section 5.2.2.1"
        case .expires: "RFC 9111 section 5.3"
        case .heuristic: "RFC 9111 section 4.2.2"
        }
    }
}

extension ReuseDemands {
    /// Names for programs and for people, in a fixed order.
    var names: [String] {
        let names: [(ReuseDemands, String)] = [
            (.noCache, "no-cache"), (.mustRevalidate, "must-revalidate"), (.proxyRevalidate, "proxy-revalidate"),
            (.immutable, "immutable"), (.privateOnly, "private"), (.varyStar, "vary *"), (.authorized, "authorization"),
            (.forbidden, "forbidden"),
        ]
        return names.compactMap { contains($0.0) ? $0.1 : nil }
    }
}
