package import HTTPSemantics

/// How the proxy treats its clients.
package struct ProxyConfiguration: Sendable {
    /// The name in Via; it has to differ between instances, since a request that carries it is taken for a loop.
    package var pseudonym: String
    /// How targets are read; the server adds its own addresses and ports.
    package var rules = TargetRules()
    /// For the head of a request, from its first byte. Default 30 s.
    package var headTimeout: Duration = .seconds(30)
    /// How long a connection is kept without a request. Default 120 s.
    package var idleTimeout: Duration = .seconds(120)
    /// For the time without any byte of a request's content arriving, or of an answer being taken. Default 60 s.
    package var contentTimeout: Duration = .seconds(60)
    /// How long a connection whose last answer is out waits for the client to close it first. Default 2 s.
    package var lingerTimeout: Duration = .seconds(2)
    /// For a tunnel without any byte in either direction. Default 10 min.
    package var tunnelIdleTimeout: Duration = .seconds(600)
    /// To reach the host of a tunnel. Default 10 s.
    package var tunnelOpeningTime: Duration = .seconds(10)
    /// Open client connections; one beyond them gets 503. Default 20,000.
    package var maximumConnections = 20_000
    /// How many bytes of one request's content may wait for the origin. Default 256 KiB.
    package var maximumWaitingContent = 256 * 1024
    /// How long answers under way may take when the server stops. Default 5 s.
    package var stopTimeout: Duration = .seconds(5)
    /// Told of each request when its answer has ended; called on the event loops, so it must not block. Default nil: nobody.
    package var report: (@Sendable (RequestRecord) -> Void)?
    /// How the servers behind a reverse proxy stand, for the status page; must not block. Default nil: there are none.
    package var upstreams: (@Sendable () -> [UpstreamStatus])?
    package var now: @Sendable () -> UnixTime

    package init(pseudonym: String, now: @escaping @Sendable () -> UnixTime) {
        self.pseudonym = pseudonym
        self.now = now
    }
}
