import HTTPSemantics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens connections: name look-up and TCP (IPv6 and IPv4 side by side, RFC 8305), proxy tunnel, TLS.
struct ConnectionOpener: Sendable {
    let configuration: TransportConfiguration
    let tls: TLSContextSource
    let clock: @Sendable () -> UnixTime

    /// - Parameters:
    ///   - deadline: when the whole exchange must be over; nil: no limit but the connect time-out.
    func open(
        _ route: Route, on loop: any EventLoop, index: Int, in pool: ConnectionPool, deadline: NIODeadline?
    ) async throws(TransportError) -> Connection {
        let context = route.isSecure ? try await tls.get(checksHost: route.foreignAddress == nil) : nil
        let attempt = OpeningAttempt<Connection>(authority: route.authority)
        return try await attempt.run {
            let start = NIODeadline.now()
            connect(route, on: loop, deadline: deadline, attempt) { channel in
                try self.addHandlers(to: channel, route, context)
            } whenOpen: { channel in
                let milliseconds = (NIODeadline.now() - start).nanoseconds / 1_000_000
                let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
                let connection = Connection(
                    channel: channel, handler: handler, route: route, loopIndex: index, connectMilliseconds: milliseconds)
                guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
                handler.open(as: connection, in: pool)
                // It counts in the pool only where somebody is there to take it.
                if !attempt.succeeded(connection) || !pool.opened(connection) { connection.close() }
            }
        }
    }

    /// - Parameters:
    ///   - addHandlers: runs on the channel's event loop, for each address that is tried; returns when the channel is ready.
    ///   - whenOpen: runs on the channel's event loop; reports the success of the attempt.
    func connect<Opened>(
        _ route: Route, on loop: any EventLoop, deadline: NIODeadline?, _ attempt: OpeningAttempt<Opened>, autoRead: Bool = true,
        addHandlers: @escaping @Sendable (any Channel) throws -> EventLoopFuture<Void>,
        whenOpen: @escaping @Sendable (any Channel) throws -> Void
    ) {
        let limit = min(NIODeadline.now() + TimeAmount(configuration.connectTimeout), deadline ?? .distantFuture)
        let timer = loop.scheduleTask(deadline: limit) {
            attempt.timedOut(isMaximumTime: deadline.map { $0 <= limit } ?? false)
        }
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.addAddressFilter(to: channel, route)
                    attempt.made(channel, opened: try addHandlers(channel))
                }
            }
        connect(bootstrap, route).flatMap { channel in
            attempt.connected(channel, phase: route.isSecure ? .tls : .connect).map { channel }
        }.map { channel in
            timer.cancel()
            do {
                try whenOpen(channel)
            } catch {
                channel.close(promise: nil)
                attempt.failed(
                    TransportError(
                        .connectionClosed, .connect, "\(route.authority): the connection was closed at once", isRetryable: true))
            }
        }.whenFailure { error in
            timer.cancel()
            attempt.failed(.connecting(error, authority: Route.authority(route.hop.host, route.hop.port)))
        }
    }

    private func connect(_ bootstrap: ClientBootstrap, _ route: Route) -> EventLoopFuture<any Channel> {
        let (host, port) = route.hop
        if ipAddressBytes(host) != nil, let address = try? SocketAddress(ipAddress: host, port: port) {
            return bootstrap.connect(to: address)
        }
        // Names below localhost are this machine's, and no name server is asked for them (RFC 6761 section 6.3).
        return bootstrap.connect(host: host.hasSuffix(".localhost") ? "localhost" : host, port: port)
    }

    /// Runs on the channel's event loop.
    ///
    /// - Returns: when the channel is ready for requests.
    private func addHandlers(
        to channel: any Channel, _ route: Route, _ context: NIOSSLContext?
    ) throws -> EventLoopFuture<Void> {
        let pipeline = channel.pipeline.syncOperations
        if let proxy = route.tunnel {
            let encoder = HTTPRequestEncoder()
            let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
            let tunnel = TunnelHandler(authority: route.authority, proxy: proxy, via: configuration.via(after: nil)) {
                handlerContext in
                let pipeline = handlerContext.pipeline.syncOperations
                let removals = [
                    pipeline.removeHandler(encoder), pipeline.removeHandler(decoder),
                    pipeline.removeHandler(context: handlerContext),
                ]
                EventLoopFuture.andAllSucceed(removals, on: handlerContext.eventLoop).assumeIsolated().whenSuccess {
                    do {
                        if let context { try pipeline.addHandler(Self.tlsHandler(route, context), position: .first) }
                    } catch {
                        pipeline.fireErrorCaught(error)
                    }
                }
            }
            try pipeline.addHandlers([encoder, decoder, tunnel])
        } else if let context {
            try pipeline.addHandler(Self.tlsHandler(route, context))
        }
        let opened = channel.eventLoop.makePromise(of: Void.self)
        let opening = OpeningHandler(route: route, clock: clock, promise: opened)
        try pipeline.addHandlers([opening] + ResponseReading(configuration: configuration, clock: clock).handlers)
        return opened.futureResult
    }

    /// The name goes into SNI and is what the certificate must be for; for an address there is no SNI, and the certificate must
    /// be for the address that was connected to (RFC 6066 section 3, RFC 9110 section 4.3.4). Where the peer's
    /// is another one, as within a tunnel, the opening handler holds the certificate against the address that was meant.
    private static func tlsHandler(_ route: Route, _ context: NIOSSLContext) throws -> NIOSSLClientHandler {
        var name: String?
        let host = route.certificateHost
        if ipAddressBytes(host) == nil {
            name = host.hasSuffix(".") ? String(host.dropLast()) : host
        }
        return try NIOSSLClientHandler(context: context, serverHostname: name)
    }
}
