package import HTTPSemantics
package import NIOCore
import NIOPosix
import Synchronization

/// The transport over sockets: HTTP/1.1 with connections kept alive, on event loops of its own.
package final class NIOTransport: Transport {
    private let configuration: TransportConfiguration
    /// Of the configuration, in the unit of the event loops.
    private let maximumTime: TimeAmount?
    private let proxies: Mutex<ProxyEnvironment>
    private let clock: @Sendable () -> UnixTime
    private let group: MultiThreadedEventLoopGroup
    private let loops: [any EventLoop]
    private let executors: [EventLoopTaskExecutor]
    private let pool: ConnectionPool
    private let opener: ConnectionOpener

    private static let maximumRetries = 3

    /// - Parameters:
    ///   - clock: tells the request and response times and judges certificates; called from the event loops, often.
    package init(configuration: TransportConfiguration = TransportConfiguration(), clock: @escaping @Sendable () -> UnixTime) {
        self.configuration = configuration
        maximumTime = configuration.maximumTime.map { TimeAmount($0) }
        proxies = Mutex(configuration.proxies)
        self.clock = clock
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoops))
        loops = Array(group.makeIterator())
        executors = loops.map { EventLoopTaskExecutor(eventLoop: $0) }
        pool = ConnectionPool(
            loops: loops.count, maximumPerRoute: configuration.maximumConnectionsPerOrigin,
            maximumIdle: configuration.maximumIdleConnections)
        opener = ConnectionOpener(
            configuration: configuration, tls: TLSContextSource(trust: configuration.trust, eventLoop: group.next()), clock: clock)
    }

    /// The event loops of the transport, so that a server can run on the very same. They end with `shutdown`.
    package var eventLoopGroup: any EventLoopGroup { group }

    /// How many event loops, and so task executors, there are.
    package var eventLoopCount: Int { loops.count }

    /// Runs tasks on the thread of one event loop; its requests prefer connections of the same loop. The index wraps around.
    package func taskExecutor(_ index: Int) -> EventLoopTaskExecutor {
        executors[index % executors.count]
    }

    /// Connections open and without a request, for statistics.
    package var connectionCounts: (open: Int, idle: Int) { (pool.openCount, pool.idleCount) }

    /// Uses those of the configured proxies no more: for a proxy that finds itself among them.
    ///
    /// - Returns: the authorities, `host:port`, of those that were to be used.
    package func ignoreProxies(where isUnwanted: (Proxy) -> Bool) -> [String] {
        proxies.withLock { $0.remove(where: isUnwanted) }.map { Route.authority($0.host, $0.port) }.sorted()
    }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let (route, proxy) = try route(request)
        let deadline = try deadline(request, route)
        let serialized = try RequestSerializer.serialize(
            request, absoluteForm: proxy != nil, proxyAuthorization: proxy?.authorization)
        var retries = 0
        while true {
            let loop = loops.firstIndex { $0.inEventLoop }
            let connection: Connection
            let isReused: Bool
            switch try pool.lease(route, loop: loop, fresh: retries > 0) {
            case .lease(.reused(let free)):
                // Nearly always so, and then nothing is waited for: another asynchronous function would cost as much as the pool.
                (connection, isReused) = (free, true)
            case let offer:
                (connection, isReused) = try await self.connection(route, offer, loop: loop, deadline: deadline)
            }
            let exchange = Exchange(
                connection: connection, maximumUnreadBytes: configuration.maximumUnreadBytes, interim: request.interim)
            let requestTime = clock()
            switch await exchange.run(serialized, deadline: deadline) {
            case .success(let arrived):
                return TransportResponse(
                    head: arrived.head, body: TransportBody(exchange: exchange), requestTime: requestTime,
                    responseTime: arrived.time, remoteAddress: connection.remoteAddress,
                    timings: TransportTimings(
                        connectMilliseconds: isReused ? nil : connection.connectMilliseconds,
                        firstByteMilliseconds: arrived.firstByteDelay.nanoseconds / 1_000_000),
                    headBytes: arrived.head.serializedBytes, server: request.server)
            case .failure(let error):
                // RFC 9112 section 9.3.1: the server may have closed it while the request was on its way. What was refused is
                // dead and has cost nothing. The next one is fresh, and so the last, unless the limit of the origin forbids it.
                let wasStale = isReused && error.isRetryable && (error.code == .connectionClosed || error.code == .connectionReset)
                let mayRepeat = serialized.isIdempotent && serialized.stream?.hasBegun != true && retries < Self.maximumRetries
                guard wasStale, exchange.wasRefused || mayRepeat else { throw error }
                if !exchange.wasRefused { retries += 1 }
            }
        }
    }

    /// Opens a TCP connection for bytes of whatever kind, as CONNECT asks for (RFC 9110 section 9.3.6), through the proxy that the
    /// environment names for https.
    ///
    /// The channel has no handlers of use, does not read by itself (`autoRead` is off), and lives on when its peer ends its side
    /// (`ChannelEvent.inputClosed` tells, in its turn). Add the handlers, set `autoRead` if wanted, then call `read()`: what came
    /// before is kept until that call, which the option does not make. It is the caller's, who must close it; at the latest it ends with `shutdown`.
    ///
    /// - Parameters:
    ///   - host: a name, or an address with or without brackets.
    ///   - via: the Via of the request that asks for the tunnel, for the proxy on the way; default nil: none.
    ///   - maximumTime: for opening it; the shorter of this and `TransportConfiguration.connectTimeout` counts. Default nil.
    ///   - eventLoop: one of `eventLoopGroup`; nil: the current one, or any.
    package func openTunnel(
        host: String, port: Int, via: String? = nil, maximumTime: Duration? = nil, on eventLoop: (any EventLoop)? = nil
    ) async throws(TransportError) -> any Channel {
        guard !host.isEmpty, (1...65_535).contains(port) else {
            throw TransportError(.invalidRequest, .resolve, "a tunnel needs a host, and a port from 1 to 65535")
        }
        let plainHost = Route.withoutBrackets(host)
        let proxy = try proxy(isSecure: true, host: host, port: port)
        if proxy != nil { try configuration.judge(host: plainHost, port: port) }
        let route = Route(isSecure: false, host: plainHost, port: port, tunnel: proxy)
        let loop = eventLoop ?? loops.first { $0.inEventLoop } ?? group.next()
        return try await opener.openTunnel(
            route, via: via, on: loop, deadline: maximumTime.map { NIODeadline.now() + TimeAmount($0) })
    }

    package func shutdown() async {
        pool.shutDown()
        try? await group.shutdownGracefully()
    }

    private func proxy(isSecure: Bool, host: String, port: Int) throws(TransportError) -> Proxy? {
        try proxies.withLock { proxies throws(TransportError) in
            try proxies.proxy(isSecure: isSecure, host: host, port: port)
        }
    }

    /// When the whole exchange must be over; nil: no limit.
    private func deadline(_ request: TransportRequest, _ route: Route) throws(TransportError) -> NIODeadline? {
        var limit = maximumTime
        if let own = request.maximumTime.map({ TimeAmount($0) }) { limit = min(own, limit ?? own) }
        guard let limit else { return nil }
        guard limit > .zero else {
            throw TransportError(.maximumTime, .connect, "\(route.authority): no time is left for the exchange")
        }
        return .now() + limit
    }

    /// A connection where none is free at once: another's in its turn, or a new one.
    private func connection(
        _ route: Route, _ offer: ConnectionPool.Offer, loop current: Int?, deadline: NIODeadline?
    ) async throws(TransportError) -> (Connection, isReused: Bool) {
        let lease: ConnectionPool.Lease
        switch offer {
        case .lease(let ready): lease = ready
        case .turn(let turn): lease = try await pool.wait(turn)
        }
        switch lease {
        case .reused(let connection):
            return (connection, true)
        case .open:
            let index = current ?? loops.firstIndex { [next = group.next()] in $0 === next } ?? 0
            do throws(TransportError) {
                return (try await opener.open(route, on: loops[index], index: index, in: pool, deadline: deadline), false)
            } catch {
                pool.openingFailed(route)
                throw error
            }
        }
    }

    /// The route of a request, and the proxy where the request itself goes to one.
    private func route(_ request: TransportRequest) throws(TransportError) -> (Route, Proxy?) {
        let url = request.head.url
        let host = url.host
        guard url.isHTTP, !host.isEmpty else {
            throw TransportError(.invalidRequest, .resolve, "only http and https URLs with a host can be fetched")
        }
        if let server = request.server { return (try Route(server), nil) }
        let isSecure = url.scheme == "https"
        let port = url.port ?? (isSecure ? 443 : 80)
        let proxy = try proxy(isSecure: isSecure, host: host, port: port)
        if proxy != nil { try configuration.judge(host: Route.withoutBrackets(host), port: port) }
        if let proxy, !isSecure {
            return (Route(isSecure: false, host: proxy.host, port: proxy.port, tunnel: nil, isConfigured: true), proxy)
        }
        return (Route(isSecure: isSecure, host: Route.withoutBrackets(host), port: port, tunnel: proxy), nil)
    }
}
