package import HTTPSemantics

/// Servers that have the same content, and how requests are spread over them.
package struct ServerGroup: Sendable {
    /// One server of a group.
    package struct Member: Hashable, Sendable {
        /// Whether TLS is spoken with it; nil: as the scheme of the URL says, with the URL's host in its certificate.
        package var isSecure: Bool?
        /// A name, or an address without brackets.
        package var host: String
        /// nil: the port of the URL.
        package var port: Int?
        /// Its share of the requests, relative to the others': 1 to 1000.
        package var weight: Int

        package init(isSecure: Bool? = nil, host: String, port: Int? = nil, weight: Int = 1) {
            self.isSecure = isSecure
            self.host = host
            self.port = port
            self.weight = weight
        }

        /// For messages and for the hash: scheme and port where they are given.
        package var label: String {
            let bracketed = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            let scheme = isSecure.map { $0 ? "https://" : "http://" } ?? ""
            return scheme + bracketed + (port.map { ":\($0)" } ?? "")
        }

        /// Where a request for `url` goes.
        package func server(for url: WebURL) -> Server {
            let isURLSecure = url.scheme == "https"
            return Server(
                isSecure: isSecure ?? isURLSecure, host: host, port: port ?? url.port ?? (isURLSecure ? 443 : 80),
                tlsName: isSecure == nil && isURLSecure ? url.host : nil)
        }
    }

    package var members: [Member]
    package var method: Balancer.Method

    package init(members: [Member], method: Balancer.Method = .roundRobin) {
        self.members = members
        self.method = method
    }
}

/// A group of servers that stands in for the host of URLs.
package struct HostMirror: Sendable {
    /// The host as `WebURL.host` gives it.
    package var host: String
    /// The port of the URLs it is for; nil: any.
    package var port: Int?
    package var group: ServerGroup

    package init(host: String, port: Int? = nil, group: ServerGroup) {
        self.host = host
        self.port = port
        self.group = group
    }

    /// Whether requests for `url` go to the group.
    package func isFor(_ url: WebURL) -> Bool {
        guard url.isHTTP, url.host == host else { return false }
        return port == nil || port == url.port ?? (url.scheme == "https" ? 443 : 80)
    }
}
