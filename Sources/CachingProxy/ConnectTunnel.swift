import NIOCore
import Synchronization

/// One side of a tunnel (RFC 9110 section 9.3.6): passes what it reads to the other side, one read at a time, so that neither
/// side is read faster than the other takes it. The end of one direction leaves the other open.
final class ConnectTunnel: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let idleTimeout: TimeAmount
    private let activity: TunnelActivity
    private var timer = ConnectionTimer()
    private var hasEnded = false

    /// - Parameter activity: that of both sides.
    init(other: any Channel, activity: TunnelActivity, idleTimeout: Duration) {
        self.other = other
        self.activity = activity
        self.idleTimeout = TimeAmount(idleTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if !context.channel.isActive { other.close(promise: nil) }
        timer.set(NIODeadline.now() + idleTimeout, on: context.eventLoop, fire: action(context))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pass(unwrapInboundIn(data), context)
    }

    /// Passes bytes on; asks for more when they are written.
    func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        activity.note()
        let channel = context.channel
        let written = other.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { [activity] result in
            switch result {
            case .success:
                activity.note()
                channel.read()
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
        whenWritten { $0.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// This side sends nothing more: the other is told by the end of its stream.
    func end(_ context: ChannelHandlerContext) {
        guard !hasEnded else { return }
        hasEnded = true
        whenWritten { $0.close(mode: .output, promise: nil) }
    }

    /// Does something with the other side when all that was passed to it has gone out: the end of this side is told as soon as it
    /// is there, and a side that is closed drops what it has still to write.
    private func whenWritten(_ action: @escaping @Sendable (any Channel) -> Void) {
        other.writeAndFlush(ByteBuffer()).whenComplete { [other] _ in action(other) }
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
        let now = NIODeadline.now()
        guard let timerAction, timer.fired(now: now, on: channel.eventLoop, fire: timerAction) else { return }
        // The other direction counts as well: one that only listens is not idle.
        let end = activity.last + idleTimeout
        if end > now {
            timer.set(end, on: channel.eventLoop, fire: timerAction)
            return
        }
        channel.close(promise: nil)
        other.close(promise: nil)
    }
}

/// When bytes last moved in a tunnel, in whichever direction; both sides share it.
final class TunnelActivity: Sendable {
    private let nanoseconds = Atomic(NIODeadline.now().uptimeNanoseconds)

    var last: NIODeadline { .uptimeNanoseconds(nanoseconds.load(ordering: .relaxed)) }

    func note() {
        nanoseconds.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
    }
}
