import NIOCore
import Synchronization

/// Makes client connections out of accepted channels, within their limit.
final class ConnectionAcceptor: Sendable {
    private let connections: AcceptedConnections
    private let statistics: ProxyStatistics
    private let maximumConnections: Int
    private let shared = Mutex<ConnectionContext?>(nil)

    init(connections: AcceptedConnections, statistics: ProxyStatistics, maximumConnections: Int) {
        self.connections = connections
        self.statistics = statistics
        self.maximumConnections = maximumConnections
    }

    /// To be called before any connection is accepted.
    func begin(_ context: ConnectionContext) {
        shared.withLock { $0 = context }
    }

    /// Runs on the channel's event loop.
    func accept(_ channel: any Channel, isLocalSocket: Bool) throws {
        let open = statistics.connectionOpened()
        channel.closeFuture.whenComplete { [connections, statistics] _ in
            statistics.connectionClosed()
            connections.remove(channel)
        }
        guard let context = shared.withLock({ $0 }), connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
        if !isLocalSocket { Self.limitUnsentBytes(channel) }
        guard open <= maximumConnections + Self.maximumTurnedAway else { throw ChannelError.ioOnClosedChannel }
        if open > maximumConnections {
            try channel.pipeline.syncOperations.addHandler(FullHouse(context: context))
        } else {
            try ProxyHandler.configure(channel, shared: context, isLocalSocket: isLocalSocket)
        }
    }
}

extension ConnectionAcceptor {
    /// How many connections beyond the limit are open at a time, to be told why; more are closed at once.
    private static let maximumTurnedAway = 256

    /// Keeps the system from taking megabytes for a client who reads slowly: they would be gone from here in an instant, and it
    /// could not be seen for minutes whether the client reads at all. What is on its way to the client is not limited.
    private static func limitUnsentBytes(_ channel: any Channel) {
        #if os(Linux)
            let lowWaterMark: Int32 = 25
        #else
            let lowWaterMark: Int32 = 0x201
        #endif
        // TCP_NOTSENT_LOWAT. Without it everything works, with coarser steps.
        try? channel.syncOptions?.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: lowWaterMark)), value: 64 * 1024)
    }
}

/// Answers a connection beyond the limit, and closes it when the client has had time to read the answer: with unread bytes of a
/// request the system would reset the connection, and the answer might be lost.
private final class FullHouse: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: ConnectionContext
    private var timer = ConnectionTimer()
    private var dropped = 0

    init(context: ConnectionContext) {
        self.shared = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        dropped += unwrapInboundIn(data).readableBytes
        if dropped > ProxyConnection.maximumDrainedBytes { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ServerStops {
            context.close(promise: nil)
        } else if case .inputClosed? = event as? ChannelEvent {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        shared.statistics.refused()
        let (head, text) = OwnAnswer.refusal(.tooManyConnections, now: shared.configuration.now())
        var buffer = context.channel.allocator.buffer(capacity: 512)
        shared.serializer.write(
            head, framing: .length(Int64(text.utf8.count)), closes: true, addsZeroLength: false, to: &buffer)
        buffer.writeString(text)
        let channel = context.channel
        timer.set(NIODeadline.now() + TimeAmount(shared.configuration.lingerTimeout), on: context.eventLoop) {
            channel.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        context.close(mode: .output, promise: nil)
        context.read()
    }
}
