import NIOCore
import NIOHTTP1

/// The tunnel through a proxy stands.
struct TunnelIsOpen {}

extension ConnectionOpener {
    /// Opens a channel for bytes of whatever kind; it reads nothing by itself.
    ///
    /// - Parameters:
    ///   - via: the Via of the request for the tunnel; nil: none.
    ///   - deadline: when it must be open; nil: no limit but the connect time-out.
    func openTunnel(
        _ route: Route, via: String? = nil, on loop: any EventLoop, deadline: NIODeadline?
    ) async throws(TransportError) -> any Channel {
        let attempt = OpeningAttempt<any Channel>(authority: route.authority)
        return try await attempt.run {
            connect(route, on: loop, deadline: deadline, attempt, autoRead: false) { channel in
                try self.addTunnelHandlers(to: channel, route, via)
            } whenOpen: { channel in
                guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
                if !attempt.succeeded(channel) { channel.close(promise: nil) }
            }
        }
    }

    private func addTunnelHandlers(to channel: any Channel, _ route: Route, _ via: String?) throws -> EventLoopFuture<Void> {
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        let pipeline = channel.pipeline.syncOperations
        if let proxy = route.tunnel {
            let splitter = AnswerSplitter()
            let encoder = HTTPRequestEncoder()
            let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
            let tunnel = TunnelHandler(authority: route.authority, proxy: proxy, via: configuration.via(after: via)) { context in
                let pipeline = context.pipeline.syncOperations
                let removals = [
                    pipeline.removeHandler(encoder), pipeline.removeHandler(decoder), pipeline.removeHandler(context: context),
                ]
                EventLoopFuture.andAllSucceed(removals, on: context.eventLoop).assumeIsolated().whenSuccess {
                    pipeline.removeHandler(splitter, promise: nil)
                    pipeline.fireUserInboundEventTriggered(TunnelIsOpen())
                }
            }
            try pipeline.addHandlers([splitter, encoder, decoder, tunnel])
        }
        let opened = channel.eventLoop.makePromise(of: Void.self)
        let opening = OpeningHandler(route: route, clock: clock, promise: opened)
        try pipeline.addHandlers([opening, HeldBytesHandler()])
        return opened.futureResult
    }
}

extension TransportConfiguration {
    /// The Via of a CONNECT: what the request for it came by, and this proxy.
    func via(after received: String?) -> String? {
        guard let viaPseudonym else { return received }
        return (received.map { $0 + ", " } ?? "") + "1.1 " + viaPseudonym
    }
}

/// Lets only the head of the proxy's answer through to its parser, which would take what follows in the tunnel for more of the same.
private final class AnswerSplitter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The last bytes of the head so far.
    private var tail: UInt32 = 0
    private var isPassed = false
    private var rest: [ByteBuffer] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isPassed else {
            rest.append(bytes)
            return
        }
        var count = 0
        for byte in bytes.readableBytesView {
            tail = tail << 8 | UInt32(byte)
            count += 1
            isPassed = tail == 0x0D0A_0D0A || tail & 0xFFFF == 0x0A0A
            if isPassed { break }
        }
        let head = bytes.readSlice(length: count)
        if bytes.readableBytes > 0 { rest.append(bytes) }
        if let head { context.fireChannelRead(wrapInboundOut(head)) }
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        for bytes in rest { context.fireChannelRead(wrapInboundOut(bytes)) }
        rest = []
        context.leavePipeline(removalToken: removalToken)
    }
}
