package import HTTPSemantics

/// What a client asks this proxy for: its request target in the light of how the server is set up (RFC 9112 section 3.2).
package enum RequestTarget: Hashable, Sendable {
    /// The target URI is fetched through the cache: forward proxy, gateway address or reverse proxy.
    ///
    /// - `target`: path and query as they came, or `*`, where the URL's normal form has them otherwise; nil: as the URL has them.
    case fetch(WebURL, target: String?)
    /// A tunnel (RFC 9110 section 9.3.6).
    case tunnel(host: String, port: Int)
    /// `OPTIONS *`: about this server itself.
    case serverOptions
    case statusPage(isJSON: Bool)
}

/// The rules by which targets are read; pure.
package struct TargetRules: Sendable {
    /// The site that a reverse proxy stands for; nil where it is none. Requests are for this host, whatever their Host field says: a
    /// client must not choose under which name the upstream's answers are kept, for others ask by names too.
    package var site: WebURL? {
        didSet { siteOrigin = site?.origin.serialized }
    }
    /// What the URLs of that site begin with.
    private var siteOrigin: String?
    /// Whether everybody may ask this server for gateway addresses, whatever name they know it by.
    package var allowsRemote: Bool
    /// Hosts of the server's own listeners, beside the names of loopback.
    package var ownHosts: Set<String>
    /// Ports of the server's own listeners.
    package var ownPorts: Set<Int>
    /// Ports to which tunnels may lead; nil: any.
    package var tunnelPorts: Set<Int>?

    /// Whether requests in origin-form go to upstreams.
    package var isReverseProxy: Bool { site != nil }

    /// Where the status is told as JSON.
    private static let jsonPath = "/larder/status"
    /// Where it is told as text; both stand before whatever else the server answers.
    private static let textPath = "/larder/"

    package init(
        site: WebURL? = nil, allowsRemote: Bool = false, ownHosts: Set<String> = [], ownPorts: Set<Int> = [],
        tunnelPorts: Set<Int>? = nil
    ) {
        self.site = site
        siteOrigin = site?.origin.serialized
        self.allowsRemote = allowsRemote
        self.ownHosts = ownHosts
        self.ownPorts = ownPorts
        self.tunnelPorts = tunnelPorts
    }

    /// - Parameters:
    ///   - target: the target as it stands in the request line.
    ///   - fields: Host, and for gateway addresses what a browser says of itself, count.
    ///   - isLocalSocket: whether the request came by a Unix socket, which no web site can reach.
    package func target(
        method: HTTPMethod, target: String, fields: FieldSection, isLocalSocket: Bool = false
    ) throws(Refusal) -> RequestTarget {
        if method == .connect {
            guard !isReverseProxy else { throw .noTunnelInReverse }
            return try tunnel(target)
        }
        if target == "*" {
            guard method == .options else { throw .badRequest("The target * is for OPTIONS alone.") }
            return .serverOptions
        }
        guard target.utf8.first == UInt8(ascii: "/") else { return try absolute(target, method) }
        if let site {
            // Beside the site's own paths, and so only for who is on this machine for certain.
            if Self.isStatusPath(target), isLocalSocket || !allowsRemote && isOwnName(fields.first("Host") ?? "") {
                return .statusPage(isJSON: target == Self.jsonPath)
            }
            let url = try reverse(target[...], site)
            return .fetch(url, target: Self.asSent(target[...], unlike: url, method))
        }
        let isOwn = target == "/" || Self.isStatusPath(target)
        let gateway = isOwn ? nil : Self.gatewayURL(target)
        guard isOwn || gateway != nil else { throw .notAProxyRequest }
        // Whoever can make a browser take a foreign name for this address must not read through it.
        if !allowsRemote, !isLocalSocket, let host = fields.first("Host"), !isOwnName(host) { throw .foreignHost }
        guard let gateway else { return .statusPage(isJSON: target == Self.jsonPath) }
        let url = try checked(gateway.url)
        try GatewayRules.judge(fields, target: url)
        return .fetch(url, target: Self.asSent(gateway.rest, unlike: url, method))
    }

    /// Whether a request to fetch something names it by a gateway address, to which `GatewayRules` apply.
    ///
    /// - Parameter target: the target as it stands in the request line.
    package func isGateway(_ target: String) -> Bool {
        !isReverseProxy && target.utf8.first == UInt8(ascii: "/")
    }

    private static func isStatusPath(_ target: String) -> Bool {
        target == textPath || target == jsonPath
    }

    /// Path and query as they came (RFC 9110 section 7.7: they are passed on unmodified); nil where the URL has them so.
    ///
    /// - Parameter text: from the path on, where there is one. OPTIONS without one is for the server itself (RFC 9112 section
    ///   3.2.4).
    private static func asSent(_ text: Substring, unlike url: WebURL, _ method: HTTPMethod) -> String? {
        let text = text[..<(text.utf8.firstIndex(of: UInt8(ascii: "#")) ?? text.endIndex)]
        if text.isEmpty, method == .options { return "*" }
        // Nearly always, and then no text has to be made.
        if url.hasRequestTarget(text) { return nil }
        let target = text.utf8.first == UInt8(ascii: "/") ? String(text) : "/" + text
        return url.hasRequestTarget(target[...]) ? nil : target
    }

    /// What follows the authority.
    private static func afterAuthority(_ text: Substring) -> Substring {
        text.drop { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
    }

    /// RFC 9112 section 3.2.2: the target counts, and Host is ignored.
    private func absolute(_ target: String, _ method: HTTPMethod) throws(Refusal) -> RequestTarget {
        // Stricter than the parser, which forgives what people type: an authority must be there.
        guard let scheme = target.firstRange(of: "://"), let first = target[scheme.upperBound...].first,
            !["/", "?", "#", "\\"].contains(first), let url = WebURL(target)
        else { throw .badRequest("The target is no valid URL.") }
        let rest = Self.afterAuthority(target[scheme.upperBound...])
        let plain = if let site { try reverse(rest, site) } else { try checked(url) }
        return .fetch(plain, target: Self.asSent(rest, unlike: plain, method))
    }

    private func reverse(_ pathAndQuery: Substring, _ site: WebURL) throws(Refusal) -> WebURL {
        guard let siteOrigin, let url = WebURL(siteOrigin + pathAndQuery), url.hasOrigin(of: site) else {
            throw .badRequest("The target is no valid path.")
        }
        return url.withoutFragment()
    }

    private func checked(_ url: WebURL) throws(Refusal) -> WebURL {
        guard url.isHTTP, !url.host.isEmpty else { throw .badRequest("Only http and https URLs can be fetched.") }
        let plain = url.withoutUserinfo().withoutFragment()
        if !isReverseProxy, isOwnAddress(host: plain.host, port: plain.port ?? (plain.scheme == "https" ? 443 : 80)) { throw .loop }
        return plain
    }

    private func tunnel(_ target: String) throws(Refusal) -> RequestTarget {
        // `authority = host ":" port` with digits alone (RFC 9110 section 9.3.6); the number's parser would take a sign as well.
        guard let colon = target.lastIndex(of: ":"),
            target[target.index(after: colon)...].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let port = UInt16(target[target.index(after: colon)...]), port > 0, let url = WebURL("http://\(target[..<colon])/"),
            !url.host.isEmpty, url.requestTarget == "/", url.username.isEmpty,
            url.port == nil
        else { throw .badRequest("The target of CONNECT is a host and a port.") }
        if let tunnelPorts, !tunnelPorts.contains(Int(port)) { throw .noTunnel }
        if isOwnAddress(host: url.host, port: Int(port)) { throw .loop }
        let host = url.host.hasPrefix("[") ? String(url.host.dropFirst().dropLast()) : url.host
        return .tunnel(host: host, port: Int(port))
    }

    /// The URL behind the slash: `/https://host/path`, also where a client has taken one of two slashes away.
    static func gatewayURL(_ target: String) -> (url: WebURL, rest: Substring)? {
        let text = target.dropFirst()
        for scheme in ["http", "https"] where text.hasPrefix(scheme + ":/") {
            var rest = text.dropFirst(scheme.utf8.count + 2)
            if rest.hasPrefix("/") { rest = rest.dropFirst() }
            guard !rest.hasPrefix("/"), let url = WebURL("\(scheme)://\(rest)") else { return nil }
            return (url, afterAuthority(rest))
        }
        return nil
    }

    /// - Parameter field: the value of Host.
    private func isOwnName(_ field: String) -> Bool {
        guard let url = WebURL("http://\(field)/") else { return false }
        return LoopbackHost.matches(url.host) || ownHosts.contains(url.host)
    }

    /// Whether one of the server's own listeners is there.
    ///
    /// - Parameter host: as `WebURL.host` gives it.
    package func isOwnAddress(host: String, port: Int) -> Bool {
        ownPorts.contains(port) && (LoopbackHost.matches(host) || LoopbackHost.isUnspecified(host) || ownHosts.contains(host))
    }
}
