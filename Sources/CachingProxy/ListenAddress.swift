import HTTPSemantics

/// Where the proxy listens.
package enum ListenAddress: Hashable, Sendable {
    /// A host name or an address without brackets, and a port; 0 lets the system choose one.
    case tcp(host: String, port: Int)
    /// The path of a socket file.
    case unix(path: String)

    /// Reads `127.0.0.1:8118`, `[::1]:8118`, `localhost:8118` or `unix:PATH`; nil for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty, path.utf8.count <= 100, !path.utf8.contains(0) else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = String(text[..<colon])
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = Int(digits), port <= 65_535 else {
            return nil
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self = .tcp(host: host, port: port)
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): LoopbackHost.matches(host)
        }
    }
}
