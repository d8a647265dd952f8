import HTTPSemantics

/// Why the text of an option names no servers.
package struct ServerGroupError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, CaseIterable, Sendable {
        /// `host=server,server` is wanted, with an equals sign and at least one server.
        case notAMirror = "not_a_mirror"
        /// Not a host, an address in brackets, or either with a port.
        case badHost = "bad_host"
        /// A port that is not from 1 to 65535.
        case badPort = "bad_port"
        /// A weight that is not from 1 to 1000.
        case badWeight = "bad_weight"
        /// Not an http or https URL of a host alone: it has a path, a query, a fragment or user information.
        case badURL = "bad_url"
    }

    package let code: Code
    /// What is wrong and what is wanted, for people; without user information.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension HostMirror {
    /// Reads `host[:port]=server,server`, each server `[http://|https://]host[:port][*weight]`.
    ///
    /// A server without a scheme is spoken to as the URL says; one without a port, at the URL's; the weight is 1.
    package init(option text: String, method: Balancer.Method = .roundRobin) throws(ServerGroupError) {
        guard let equals = text.firstIndex(of: "=") else {
            throw ServerGroupError(.notAMirror, "\"\(text)\" is no mirror: host=host1:port,host2:port is wanted")
        }
        let (host, port) = try HostAndPort.parse(text[..<equals])
        let servers = text[text.index(after: equals)...].split(separator: ",", omittingEmptySubsequences: true)
        guard !servers.isEmpty else {
            throw ServerGroupError(.notAMirror, "\"\(text)\" names no server: host=host1:port,host2:port is wanted")
        }
        var members: [ServerGroup.Member] = []
        for server in servers { members.append(try ServerGroup.Member(mirror: server)) }
        self.init(host: host, port: port, group: ServerGroup(members: members, method: method))
    }
}

extension ServerGroup.Member {
    /// Reads `URL[*weight]`, the URL being `http://host[:port]` or `https://host[:port]`, with or without a slash at its end.
    package init(upstream text: String) throws(ServerGroupError) {
        let (address, weight) = try Self.splitWeight(text[...])
        guard let url = WebURL(String(address)), url.isHTTP, !url.host.isEmpty, url.path == "/", url.query == nil,
            url.fragment == nil, url.username.isEmpty, url.password.isEmpty
        else {
            throw ServerGroupError(
                .badURL,
                "an upstream must be an http or https URL of a host alone, such as http://127.0.0.1:8001, without user or path")
        }
        let isSecure = url.scheme == "https"
        guard url.port != 0 else { throw ServerGroupError(.badPort, "the port in \"\(address)\" is not from 1 to 65535") }
        self.init(
            isSecure: isSecure, host: Route.withoutBrackets(url.host), port: url.port ?? (isSecure ? 443 : 80), weight: weight)
    }

    init(mirror text: Substring) throws(ServerGroupError) {
        let (address, weight) = try Self.splitWeight(text)
        var isSecure: Bool?
        var rest = address
        if let scheme = address.firstRange(of: "://") {
            switch address[..<scheme.lowerBound].lowercased() {
            case "http": isSecure = false
            case "https": isSecure = true
            default: throw ServerGroupError(.badHost, "\"\(address)\" has a scheme other than http and https")
            }
            rest = address[scheme.upperBound...]
        }
        let (host, port) = try HostAndPort.parse(rest)
        // With a scheme of its own the port is that scheme's too.
        let defaultPort = isSecure.map { $0 ? 443 : 80 }
        self.init(isSecure: isSecure, host: Route.withoutBrackets(host), port: port ?? defaultPort, weight: weight)
    }

    private static func splitWeight(_ text: Substring) throws(ServerGroupError) -> (address: Substring, weight: Int) {
        guard let star = text.lastIndex(of: "*") else { return (text, 1) }
        let digits = text[text.index(after: star)...]
        guard let weight = HostAndPort.number(digits), (1...1000).contains(weight) else {
            throw ServerGroupError(.badWeight, "the weight \"\(digits)\" is not from 1 to 1000")
        }
        return (text[..<star], weight)
    }
}

private enum HostAndPort {
    /// - Returns: the host as `WebURL.host` gives it.
    static func parse(_ text: Substring) throws(ServerGroupError) -> (host: String, port: Int?) {
        var host = text
        var port: Int?
        let colon = text.lastIndex(of: ":")
        if let colon, text.last != "]" {
            host = text[..<colon]
            let digits = text[text.index(after: colon)...]
            guard let parsed = number(digits), (1...65_535).contains(parsed) else {
                throw ServerGroupError(.badPort, "the port in \"\(text)\" is not from 1 to 65535")
            }
            port = parsed
        }
        let forbidden: Set<UInt8> = [0x23, 0x2F, 0x3F, 0x40, 0x5C]  // # / ? @ \
        guard !host.isEmpty, !host.utf8.contains(where: { forbidden.contains($0) || $0 <= 0x20 }),
            host.first == "[" || !host.utf8.contains(UInt8(ascii: ":")), let url = WebURL("http://\(host)/"), !url.host.isEmpty
        else {
            throw ServerGroupError(.badHost, "\"\(text)\" is no host with or without a port; IPv6 addresses stand in brackets")
        }
        return (url.host, port)
    }

    static func number(_ digits: Substring) -> Int? {
        digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(digits) : nil
    }
}
