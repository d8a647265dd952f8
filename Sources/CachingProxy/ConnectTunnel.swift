import NIOCore

/// One side of a tunnel (RFC 9110 section 9.3.6): passes what it reads to the other side, one read at a time, so that neither
/// side is read faster than the other takes it. The end of one direction leaves the other open.
final class ConnectTunnel: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let idleTimeout: TimeAmount
    private var timer = ConnectionTimer()
    private var hasEnded = false

    init(other: any Channel, idleTimeout: Duration) {
        self.other = other
        self.idleTimeout = TimeAmount(idleTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if !context.channel.isActive { other.close(promise: nil) }
        extendTimer(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pass(unwrapInboundIn(data), context)
    }

    /// Passes bytes on; asks for more when they are written.
    func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        extendTimer(context)
        let channel = context.channel
        let written = other.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { result in
            switch result {
            case .success: channel.read()
            case .failure: channel.close(promise: nil)
            }
        }
        other.writeAndFlush(bytes, promise: written)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            end(context)
            return
        }
        if event is ServerStops { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.cancel()
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// This side sends nothing more: the other is told by the end of its stream.
    func end(_ context: ChannelHandlerContext) {
        guard !hasEnded else { return }
        hasEnded = true
        other.close(mode: .output, promise: nil)
    }

    private func extendTimer(_ context: ChannelHandlerContext) {
        timer.set(NIODeadline.now() + idleTimeout, on: context.eventLoop, fire: action(context))
    }

    private func action(_ context: ChannelHandlerContext) -> @Sendable () -> Void {
        if let timerAction { return timerAction }
        let tunnel = NIOLoopBound(self, eventLoop: context.eventLoop)
        let channel = context.channel
        let action: @Sendable () -> Void = { tunnel.value.timerFired(channel) }
        timerAction = action
        return action
    }

    /// Holds this handler until the channel is closed, when the timer is cancelled.
    private var timerAction: (@Sendable () -> Void)?

    private func timerFired(_ channel: any Channel) {
        guard let timerAction, timer.fired(now: .now(), on: channel.eventLoop, fire: timerAction) else { return }
        channel.close(promise: nil)
        other.close(promise: nil)
    }
}
