package import HTTPSemantics

/// Names what a stored response answers: the method and the target URI (RFC 9111 section 2).
///
/// The recipe is frozen, for stored databases depend on it: `METHOD SP URL`, the URL as the WHATWG standard serialises it,
/// without fragment and without user information. Nothing else of the URL is changed, so that most spellings that a server may
/// tell apart stay apart: `%41` and `A`, `//` and `/`. Not so what the serialisation itself makes one: dot segments, also written
/// `%2e`, go, and of the characters that it escapes the raw and the escaped form become the same. Who takes in request targets from
/// others and sends them on as they are lets those that the serialisation would change pass by the cache, as the proxy does.
package struct CacheKey: Hashable, Sendable {
    /// The recipe's name, written into each database and checked when one is opened.
    package static let recipe =
        "larder-key-1: METHOD SP URL, WHATWG serialisation without fragment and user information; SHA-256, first 8 bytes"

    package let method: HTTPMethod
    /// The target URI, without fragment and user information.
    package let url: WebURL

    package init(method: HTTPMethod, url: WebURL) {
        self.method = method
        self.url = url.withoutUserinfo().withoutFragment()
    }

    /// The key of what a GET of this URL would be answered from.
    package init(_ url: WebURL) {
        self.init(method: .get, url: url)
    }

    /// The URL alone: hardly ever do two keys differ in nothing but the method.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(url)
    }

    /// The text that the store's hash is taken of.
    package var text: String { method.rawValue + " " + url.serialized }
}
