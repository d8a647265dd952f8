import HTTPSemantics
import NIOCore
import NIOHTTP1
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One connection of the origin: collects a request, has it answered, and carries the answer out at the pace of the client.
///
/// Requests may be pipelined (RFC 9112 section 9.3.2); they are answered one after the other.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// A request's content beyond this is answered with 413.
    static let maximumRequestBodyBytes = 16 << 20
    private static let maximumPipelined = 64
    /// After this many pieces in a row other connections get their turn.
    private static let piecesInATurn = 64

    private let state: OriginState
    private var context: ChannelHandlerContext?
    private var connection = 0

    private var incoming: OriginRequest?
    private var isTooLarge = false
    private var waiting: [(request: OriginRequest, isTooLarge: Bool)] = []

    private var plan: ResponsePlan?
    /// The head is out, and nothing but room in the channel is waited for.
    private var isSendingBody = false
    private var isPumping = false
    private var isEnding = false

    init(state: OriginState) {
        self.state = state
    }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = state.connectionOpened(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if connection > 0 { state.connectionClosed(connection) }
        connection = 0
        plan = nil
        waiting = []
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isTooLarge = false
            incoming = OriginRequest(
                method: HTTPMethod(rawValue: head.method.rawValue), target: head.uri,
                fields: FieldSection(head.headers.map { FieldLine($0.name, $0.value) }), body: [], time: state.now(),
                connection: connection, keepsAlive: head.isKeepAlive)
            if head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        case .body(let bytes):
            guard let count = incoming?.body.count else { return }
            if count + bytes.readableBytes > Self.maximumRequestBodyBytes {
                isTooLarge = true
                incoming?.body = []
            } else if !isTooLarge {
                incoming?.body += bytes.readableBytesView
            }
        case .end:
            guard let request = incoming else { return }
            incoming = nil
            guard waiting.count < Self.maximumPipelined else { return context.close(promise: nil) }
            waiting.append((request, isTooLarge))
            serveNext()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pump()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What cannot be parsed, a failed handshake, a client that resets: nothing is left to say on this connection.
        context.close(promise: nil)
    }

    // MARK: - Answers

    private func serveNext() {
        guard plan == nil, !isEnding, !waiting.isEmpty, let context else { return }
        let (request, isTooLarge) = waiting.removeFirst()
        let response = isTooLarge ? ScriptedResponse(status: 413, ending: .close) : state.answer(request)
        let plan = ResponsePlan(response, to: request, now: state.now())
        self.plan = plan
        if plan.delay > .zero {
            after(plan.delay, context) { $0.sendHead() }
        } else {
            sendHead()
        }
    }

    private func sendHead() {
        guard let context, let plan else { return }
        if plan.head.readableBytes > 0 {
            context.write(wrapOutboundOut(plan.head), promise: nil)
        }
        if let pause = plan.pause {
            context.flush()
            after(pause, context) { $0.beginBody() }
        } else {
            beginBody()
        }
    }

    private func beginBody() {
        isSendingBody = plan != nil
        pump()
    }

    /// Writes the body while the channel has room; goes on when it has room again.
    private func pump() {
        guard isSendingBody, !isPumping, let context else { return }
        // Flushing tells about new room from within itself; that call must find this one at work.
        isPumping = true
        defer { isPumping = false }
        var pieces = 0
        while isSendingBody {
            guard context.channel.isWritable else {
                context.flush()
                if context.channel.isWritable { continue }
                return
            }
            guard let piece = plan?.next() else {
                isSendingBody = false
                endBody(context)
                return
            }
            context.write(wrapOutboundOut(piece), promise: nil)
            pieces += 1
            if let pause = plan?.pause {
                context.flush()
                isSendingBody = false
                after(pause, context) { $0.beginBody() }
            } else if pieces == Self.piecesInATurn {
                context.flush()
                isSendingBody = false
                after(.zero, context) { $0.beginBody() }
            }
        }
    }

    private func endBody(_ context: ChannelHandlerContext) {
        guard let plan else { return }
        if case .keepAlive = plan.ending {
            context.writeAndFlush(wrapOutboundOut(plan.end), promise: nil)
            self.plan = nil
            // In a turn of its own, so that pipelined requests do not nest.
            if !waiting.isEmpty { after(.zero, context) { $0.serveNext() } }
            return
        }
        isEnding = true
        let ending = plan.ending
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in finish(ending) }
        context.writeAndFlush(wrapOutboundOut(plan.end), promise: written)
    }

    private func finish(_ ending: ScriptedResponse.Ending) {
        guard let context else { return }
        switch ending {
        case .keepAlive, .stall:
            break
        case .close:
            context.close(promise: nil)
        case .cut:
            closeSocket(context)
        case .reset:
            // With no time to linger, closing sends RST and drops what waits.
            if let options = context.channel as? any SocketOptionProvider {
                options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { [self] _ in
                    if let context = self.context { closeSocket(context) }
                }
            } else {
                closeSocket(context)
            }
        }
    }

    /// Closes without the close_notify that NIOSSL would send: the event starts on the far side of its handler.
    private func closeSocket(_ context: ChannelHandlerContext) {
        let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? context).close(promise: nil)
    }

    private func after(_ delay: TimeAmount, _ context: ChannelHandlerContext, _ action: @escaping (ConnectionHandler) -> Void) {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            if let self { action(self) }
        }
    }
}
