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
        if open > maximumConnections {
            try channel.pipeline.syncOperations.addHandler(FullHouse(context: context))
        } else {
            try ProxyHandler.configure(channel, shared: context, isLocalSocket: isLocalSocket)
        }
    }
}

/// Answers a connection beyond the limit, and closes it.
private final class FullHouse: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: ConnectionContext

    init(context: ConnectionContext) {
        self.shared = context
    }

    func channelActive(context: ChannelHandlerContext) {
        shared.statistics.refused()
        let (head, text) = OwnAnswer.refusal(.tooManyConnections, now: shared.configuration.now())
        var buffer = context.channel.allocator.buffer(capacity: 512)
        shared.serializer.write(
            head, framing: .length(Int64(text.utf8.count)), closes: true, isHTTP11: true, addsZeroLength: false, to: &buffer)
        buffer.writeString(text)
        let channel = context.channel
        channel.writeAndFlush(buffer).whenComplete { _ in channel.close(promise: nil) }
    }
}
