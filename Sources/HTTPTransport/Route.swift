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
    /// The name or address that the server's certificate must be for; nil: `host`.
    var tlsName: String?
    /// Whether a caller or the environment chose this server or proxy, not a URL. Its connections are kept apart, as no address
    /// filter has judged them.
    var isConfigured = false

    /// Where the TCP connection goes.
    var hop: (host: String, port: Int) {
        tunnel.map { ($0.host, $0.port) } ?? (host, port)
    }

    /// The name or address, without brackets, that the server's certificate must be for.
    var certificateHost: String { tlsName ?? host }

    /// The address that the server's certificate must be for where the peer of the TCP connection may have another one, a proxy
    /// or another server; nil: a name, or no TLS, or the peer's own address.
    var foreignAddress: [UInt8]? {
        isSecure && (tunnel != nil || tlsName != nil) ? ipAddressBytes(certificateHost) : nil
    }

    /// Host and port for messages, and as CONNECT wants them (RFC 9110 section 9.3.6).
    var authority: String { Self.authority(host, port) }

    static func authority(_ host: String, _ port: Int) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The host of a URL without the brackets of an IPv6 address.
    static func withoutBrackets(_ host: String) -> String {
        host.utf8.first == UInt8(ascii: "[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}

extension Route {
    /// Of host and port alone: what else there is hardly ever tells two routes apart, and each request hashes its route twice.
    func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(port)
    }

    /// The way to a server that was given with a request.
    ///
    /// - Throws: `invalid_request` where it has no host, or a port that is none.
    init(_ server: Server) throws(TransportError) {
        guard !server.host.isEmpty, (1...65_535).contains(server.port) else {
            throw TransportError(.invalidRequest, .resolve, "a server must have a host, and a port from 1 to 65535")
        }
        self.init(
            isSecure: server.isSecure, host: Self.withoutBrackets(server.host), port: server.port, tunnel: nil,
            tlsName: server.isSecure ? server.tlsName.map(Self.withoutBrackets) : nil, isConfigured: true)
    }
}
