package import NIOCore

/// The limits and the surroundings of a transport. Every wait and every buffer of an exchange has its bound here.
package struct TransportConfiguration: Sendable {
    /// For name look-up, TCP, proxy and TLS handshake together. Default 10 s.
    package var connectTimeout: Duration = .seconds(10)
    /// For the time without any byte arriving (or leaving, while a request is sent), as long as the reader asks for bytes.
    /// Default 30 s.
    package var idleTimeout: Duration = .seconds(30)
    /// For one exchange from `send` to the last byte of the body. Default 5 min; nil: no limit. A request may set a
    /// shorter one for itself.
    package var maximumTime: Duration? = .seconds(300)
    /// The size in bytes of a response head, informational responses before it included. Default 256 KiB.
    package var maximumHeadBytes = 256 * 1024
    /// The number of field lines of a response, trailers included. Default 1000.
    package var maximumFieldCount = 1000
    /// Open connections to one origin; requests beyond it wait for one to become free. Default nil: no limit here.
    package var maximumConnectionsPerOrigin: Int?
    /// How long a connection is kept without a request. Default 60 s.
    package var idleConnectionLifetime: Duration = .seconds(60)
    /// How many connections are kept without a request, over all origins; the least recently used goes first. Default 512.
    package var maximumIdleConnections = 512
    /// How many bytes of one body may wait unread before the transport stops reading from the socket. Default 256 KiB. What
    /// one turn of the event loop had read already comes on top.
    package var maximumUnreadBytes = 256 * 1024
    /// The number of event loop threads, at least 1. Default 1.
    package var eventLoops = 1
    /// Whom to believe when a server shows its certificate. Default: the system's store.
    package var trust: TrustStore = .system
    /// Which requests go through which proxy. Default: none.
    package var proxies = ProxyEnvironment()
    /// The name in the Via of a CONNECT that is sent to a proxy, so that a tunnel that leads back to its asker is known for a loop
    /// (RFC 9110 section 7.6.3). Default nil: no Via, as for a user agent.
    package var viaPseudonym: String?
    /// Asked for every address before a connection to it is opened, after the name look-up; false refuses it (`address_refused`).
    /// It holds for requests and tunnels, not for a server given with a request, nor for the address of a proxy: behind a proxy
    /// only an address that the URL itself names can be judged. Called on the event loops, so it must not block. Default nil:
    /// every address will do.
    package var addressFilter: (@Sendable (SocketAddress) -> Bool)?

    package init() {}

    /// The variables that name proxies and certificates; `http_proxy` counts in lower case only, as curl has it.
    package static let environmentVariables = [
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ]

    /// The defaults with the trust store and the proxies that the environment names, and no more idle connections than this process
    /// may have open.
    ///
    /// - Parameter variable: a variable of the environment; nil where it is unset or empty.
    package init(variable: (String) -> String?) {
        var environment: [String: String] = [:]
        for name in Self.environmentVariables { environment[name] = variable(name) }
        self.init(environment: environment)
        maximumIdleConnections = min(maximumIdleConnections, DescriptorLimit.connections)
    }

    /// The defaults with the trust store and the proxies that the variables of an environment name.
    package init(environment: [String: String]) {
        trust = TrustStore(environment: environment)
        proxies = ProxyEnvironment(environment)
    }
}

/// Where the certificates of trusted authorities come from.
package enum TrustStore: Hashable, Sendable {
    /// The file or directory that the operating system keeps.
    case system
    /// A file of certificates in PEM form and a directory of hashed ones (as `c_rehash` names them), either or both; nothing
    /// else is trusted. With neither it trusts nobody.
    case files(file: String?, directory: String?)

    /// What `SSL_CERT_FILE` and `SSL_CERT_DIR` say, as OpenSSL reads them; the system's store where both are unset or empty.
    package init(environment: [String: String]) {
        let file = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        let directory = environment["SSL_CERT_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        self = file == nil && directory == nil ? .system : .files(file: file, directory: directory)
    }
}
