import HTTPSemantics

/// How an origin is reached: which connections may serve which requests.
struct Route: Hashable, Sendable {
    /// Whether TLS is spoken with the origin.
    var isSecure: Bool
    /// The host to speak to: a name, or an address without brackets.
    var host: String
    var port: Int
    /// The proxy in between; nil: none. A plain request through a proxy is a request to the proxy itself, so `host` and `port`
    /// are the proxy's then, and its connection serves every such origin.
    var tunnel: Proxy?

    /// Where the TCP connection goes.
    var hop: (host: String, port: Int) {
        tunnel.map { ($0.host, $0.port) } ?? (host, port)
    }

    /// The address that the server's certificate must be for where the peer of the TCP connection, the proxy, has another one;
    /// nil: a name, or no TLS, or no tunnel.
    var tunnelledAddress: [UInt8]? {
        isSecure && tunnel != nil ? ipAddressBytes(host) : nil
    }

    /// Host and port for messages, and as CONNECT wants them (RFC 9110 section 9.3.6).
    var authority: String { Self.authority(host, port) }

    static func authority(_ host: String, _ port: Int) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The host of a URL without the brackets of an IPv6 address.
    static func withoutBrackets(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
