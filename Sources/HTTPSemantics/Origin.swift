/// Scheme, host and port of a URL: what one server and its connections answer for (RFC 9110 section 4.3.1, RFC 6454).
package struct Origin: Hashable, Sendable {
    /// The scheme in lower case, without its colon.
    package let scheme: String
    /// The host as `WebURL.host` gives it.
    package let host: String
    /// The effective port: the given one or the scheme's default (80, 443). 0 where there is neither, as for "data:".
    package let port: Int

    package init(scheme: String, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// "https://example.com", with the port where it is not the scheme's default; "null" where the scheme is none that has a
    /// host and port (RFC 6454 section 6.2).
    package var serialized: String {
        switch (scheme, port) {
        case ("http", 80), ("https", 443), ("ws", 80), ("wss", 443), ("ftp", 21): "\(scheme)://\(host)"
        case ("http", _), ("https", _), ("ws", _), ("wss", _), ("ftp", _): "\(scheme)://\(host):\(port)"
        default: "null"
        }
    }
}
