/// A proxy as a variable of the environment names it.
package struct Proxy: Hashable, Sendable {
    /// A name, or an address without brackets.
    package var host: String
    package var port: Int
    /// The value of Proxy-Authorization (RFC 9110 section 11.7.2), Basic (RFC 7617), from the user information of the proxy's
    /// URL; nil where it has none. A secret: not for messages.
    package var authorization: String?

    package init(host: String, port: Int, authorization: String? = nil) {
        self.host = host
        self.port = port
        self.authorization = authorization
    }
}

/// Which requests go through which proxy, as curl reads the environment.
///
/// `http_proxy` (lower case only, since a server may set HTTP_PROXY through a request field named Proxy), `https_proxy` and
/// `HTTPS_PROXY`, `all_proxy` and `ALL_PROXY` for what has none of its own, `no_proxy` and `NO_PROXY` for the exceptions; the
/// lower case wins. A value without a scheme is an http proxy; the port defaults to 1080, as with curl.
package struct ProxyEnvironment: Hashable, Sendable {
    /// What a variable says.
    private enum Setting: Hashable, Sendable {
        case none
        case proxy(Proxy)
        /// A value that can't be used; carries the variable's name, for the message.
        case unusable(String)
    }

    private var http = Setting.none
    private var https = Setting.none
    private var exceptions = ProxyExceptions("")

    /// No proxy at all.
    package init() {}

    package init(_ environment: [String: String]) {
        let all = Self.setting(["all_proxy", "ALL_PROXY"], environment)
        http = Self.setting(["http_proxy"], environment)
        if http == .none { http = all }
        https = Self.setting(["https_proxy", "HTTPS_PROXY"], environment)
        if https == .none { https = all }
        exceptions = ProxyExceptions(environment["no_proxy"] ?? environment["NO_PROXY"] ?? "")
    }

    /// The proxy for an origin; nil: none, connect directly.
    ///
    /// - Parameters:
    ///   - host: as `WebURL.host` gives it.
    /// - Throws: `proxy_failed` where the variable for it has a value that can't be used.
    package func proxy(isSecure: Bool, host: String, port: Int) throws(TransportError) -> Proxy? {
        switch isSecure ? https : http {
        case .none:
            return nil
        case .proxy(let proxy):
            return exceptions.contains(host: Route.withoutBrackets(host), port: port) ? nil : proxy
        case .unusable(let variable):
            if exceptions.contains(host: Route.withoutBrackets(host), port: port) { return nil }
            throw TransportError(
                .proxyFailed, .resolve, "the value of \(variable) is no usable proxy: http://[user:password@]host[:port] is wanted")
        }
    }

    /// Takes out the proxies that `isUnwanted` names; what went through them goes directly.
    ///
    /// - Returns: those that were taken out.
    mutating func remove(where isUnwanted: (Proxy) -> Bool) -> Set<Proxy> {
        var removed: Set<Proxy> = []
        func kept(_ setting: Setting) -> Setting {
            guard case .proxy(let proxy) = setting, isUnwanted(proxy) else { return setting }
            removed.insert(proxy)
            return .none
        }
        http = kept(http)
        https = kept(https)
        return removed
    }

    private static func setting(_ names: [String], _ environment: [String: String]) -> Setting {
        for name in names {
            guard let value = environment[name], !value.isEmpty else { continue }
            return Proxy(environmentValue: value).map(Setting.proxy) ?? .unusable(name)
        }
        return .none
    }
}

extension Proxy {
    /// `[http://][user[:password]@]host[:port][/]`; nil for other schemes (https and socks proxies are not spoken) and for what
    /// is no authority.
    init?(environmentValue value: String) {
        var rest = Substring(value)
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else { return nil }
            rest = rest[scheme.upperBound...]
        }
        if let slash = rest.firstIndex(of: "/") { rest = rest[..<slash] }
        var authorization: String?
        if let at = rest.lastIndex(of: "@") {
            let userinfo = rest[..<at]
            rest = rest[rest.index(after: at)...]
            let parts = userinfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let user = Self.percentDecoded(parts[0])
            let password = parts.count > 1 ? Self.percentDecoded(parts[1]) : []
            authorization = "Basic " + base64(user + [UInt8(ascii: ":")] + password)
        }
        guard let (host, port) = Self.hostAndPort(rest) else { return nil }
        self.init(host: host, port: port ?? 1080, authorization: authorization)
    }

    private static func hostAndPort(_ text: Substring) -> (String, Int?)? {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty {
                guard rest.first == ":" else { return nil }
                port = rest.dropFirst()
            }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        guard let port, !port.isEmpty else { return (String(host), nil) }
        guard port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(port), (1...65_535).contains(number) else {
            return nil
        }
        return (String(host), number)
    }

    private static func percentDecoded(_ text: Substring) -> [UInt8] {
        var result: [UInt8] = []
        var bytes = text.utf8[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), let decoded = UInt8(String(Substring(bytes.prefix(2))), radix: 16), bytes.count >= 2 {
                result.append(decoded)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
