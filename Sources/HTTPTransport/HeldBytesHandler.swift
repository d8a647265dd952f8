import NIOCore

/// Keeps what comes before anybody has asked for it, and hands it over at the first request to read.
///
/// What it keeps is bounded by one read and, where the peer has ended its side, by the socket's buffer: nobody reads before.
final class HeldBytesHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var held: [ByteBuffer] = []
    private var isInputClosed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        held.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            isInputClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        let (bytes, isInputClosed) = (held, isInputClosed)
        held = []
        for bytes in bytes { context.fireChannelRead(wrapInboundOut(bytes)) }
        if !bytes.isEmpty { context.fireChannelReadComplete() }
        if isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.read()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
