import CachingClient
import HTTPSemantics
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The server has stopped: no further request is wanted.
struct ServerStops: Sendable {}

/// One client connection: feeds `ProxyConnection` with what happens, and does what it says.
///
/// A hit in memory is answered in the very turn in which its request came; everything else by a task.
final class ProxyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// What the gate may hand on.
    enum Wanted {
        case head
        case content(RequestFraming.Content)
        case nothing
        case discard
    }

    let shared: ConnectionContext
    let isLocalSocket: Bool
    var machine = ProxyConnection()
    var current: ClientRequest?
    var context: ChannelHandlerContext?
    /// The handlers before this one; nil once a tunnel has taken their place.
    private(set) var gate: RequestGate?
    var hasUnflushed = false
    var isContentHeld = false
    var isTunnel = false
    private var head: HTTPRequestHead?
    /// The bytes of that head, for values that the parser could not read.
    private var headBytes: ByteBuffer?
    private var otherMethod: String?
    /// Bytes of the content of the request under way.
    private(set) var contentBytes: Int64 = 0
    private var timer = ConnectionTimer()
    private var limitInForce = ProxyConnection.Limit.none
    private var requests: UInt64 = 0
    private var isClosing = false
    /// The last bytes of the last answer have gone out.
    private var isOutputEnded = false
    private var isLingering = false
    /// Nothing more comes from the client.
    private var hasClientEnded = false
    /// The content of the answer under way ends with the connection, and has not come to its end.
    var endsOnlyByReset = false
    /// Whether a close of any kind is a reset just now.
    private var resetsOnClose = false
    /// How many bytes waited for the client when its time to take some of them began; nil: none is running.
    private var unsentAtStart: Int?

    init(shared: ConnectionContext, isLocalSocket: Bool) {
        self.shared = shared
        self.isLocalSocket = isLocalSocket
    }

    /// Adds a gate, the parser and this handler. To be called on the event loop.
    static func configure(_ channel: any Channel, shared: ConnectionContext, isLocalSocket: Bool) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldCount = RequestGuard.maximumFieldLines + 50
        limits.maxHeaderFieldSize = RequestGuard.maximumTargetBytes + 1024
        limits.maxHeaderListSize = RequestGuard.maximumHeadBytes * 2
        let handler = ProxyHandler(shared: shared, isLocalSocket: isLocalSocket)
        let gate = RequestGate(handler: handler)
        handler.gate = gate
        let parser = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
        try channel.pipeline.syncOperations.addHandlers([gate, ByteToMessageHandler(parser), handler])
    }

    // MARK: - Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { settle() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        settle()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if machine.request.content == .none { self.head = head } else { begin(head) }
        case .body(let bytes):
            contentArrived(bytes)
        case .end:
            if let head {
                self.head = nil
                begin(head)
            } else {
                current?.pipe?.end()
                follow(machine.requestEnded())
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        settle()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if let writer = current?.writer {
                current?.writer = nil
                writer.resume(returning: true)
            }
            gate?.advance()
            settle()
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        timer.cancel()
        // The two hold each other until here.
        gate = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ServerStops {
            follow(machine.stop())
            settle()
        } else if case .inputClosed? = event as? ChannelEvent {
            inputClosed(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // A reset, most likely: nothing can be said to this client any more.
            context.close(promise: nil)
            return
        }
        head = nil
        let refusal: Refusal =
            switch error {
            case .invalidMethod: .unknownMethod
            case .invalidVersion: .unsupportedVersion
            case .headerOverflow: .headTooLarge
            default: .badRequest("The request can't be understood.")
            }
        refuseHead(refusal)
    }

    // MARK: - What the gate asks and tells

    var wanted: Wanted {
        switch machine.phase {
        case .idle, .head: context?.channel.isWritable == true && !isTunnel ? .head : .nothing
        case .exchange: machine.isReceivingContent && !isContentHeld ? .content(machine.request.content) : .nothing
        case .draining: .content(machine.request.content)
        case .closing: .discard
        }
    }

    func headIsArriving() {
        machine.headBegan()
    }

    /// A head is on its way through the parser.
    func headPassed(_ framing: RequestFraming, _ bytes: ByteBuffer) {
        machine.began(framing)
        headBytes = bytes
        otherMethod = framing.otherMethod
        contentBytes = 0
        isContentHeld = false
        // The next head has a time of its own, be it begun in this very turn.
        limitInForce = .none
    }

    /// The request is not what HTTP allows: what follows on this connection can't be trusted either (RFC 9112 section 9.3).
    func refuseHead(_ refusal: Refusal) {
        guard machine.phase != .closing else { return }
        if current == nil {
            writeUnasked(refusal)
        } else if current?.framing == nil {
            current?.pipe?.cut()
            current?.task?.cancel()
            machine.loseInput()
            refuse(refusal)
            return
        } else {
            abandon()
        }
        follow(machine.close())
    }

    // MARK: - The request

    private func begin(_ head: HTTPRequestHead) {
        requests += 1
        let fields = FieldSection(head.headers, raw: headBytes)
        headBytes = nil
        current = ClientRequest(
            id: requests, method: HTTPSemantics.HTTPMethod(rawValue: otherMethod ?? head.method.rawValue), target: head.uri,
            fields: fields,
            version: HTTPSemantics.HTTPVersion(major: head.version.major, minor: head.version.minor),
            startTime: shared.configuration.now())
        answer()
    }

    private func contentArrived(_ bytes: ByteBuffer) {
        contentBytes += Int64(bytes.readableBytes)
        if let pipe = current?.pipe, current?.framing == nil || machine.phase == .exchange {
            isContentHeld = !pipe.push(Array(bytes.readableBytesView))
        }
        follow(machine.contentArrived(bytes.readableBytes))
    }

    /// The reader of the content has caught up.
    func resumeContent() {
        isContentHeld = false
        gate?.advance()
        settle()
    }

    /// Whether that request is still being answered.
    func isAnswering(_ request: UInt64) -> Bool {
        current?.id == request && context != nil
    }

    private func inputClosed(_ context: ChannelHandlerContext) {
        guard !isTunnel else { return }
        hasClientEnded = true
        if machine.phase == .closing {
            // What is still to be written is the client's all the same; the connection ends behind it.
            if isOutputEnded { context.close(promise: nil) }
            return
        }
        // A client may end its side and still wait for what it has asked for (RFC 9112 section 9.6).
        let isCutShort = machine.isReceivingContent
        let next = machine.inputClosed()
        if isCutShort { abandon() }
        follow(next)
        settle()
    }

    /// Nobody waits for the answer under way any more.
    func abandon() {
        guard let request = current else { return }
        current = nil
        request.writer?.resume(returning: false)
        request.pipe?.cut()
        request.stream?.cancel()
        request.task?.cancel()
        report(request, isWhole: false)
    }

    /// A tunnel has taken the place of the handlers.
    func releaseGate() {
        gate = nil
    }

    // MARK: - What comes next

    func follow(_ next: ProxyConnection.Next) {
        switch next {
        case .wait: break
        case .readNext, .drain: gate?.advance()
        case .close: close()
        }
    }

    /// Ends an event: writes out, sets the time limit, and asks for more where more is wanted.
    func settle() {
        // Within the gate's turn the answers to several requests come together; who began the turn writes them out.
        guard let context, !isTunnel, gate?.isAdvancing != true else { return }
        if hasUnflushed {
            hasUnflushed = false
            context.flush()
            // What went out may have made room for requests that had come already.
            if gate?.hasWaitingBytes == true { gate?.advance() }
            if hasUnflushed {
                hasUnflushed = false
                context.flush()
            }
        }
        setTimer(context)
        if hasClientEnded { return }
        if case .nothing = wanted { return }
        context.read()
    }

    /// From here on the connection ends in a reset, however it comes to its end: an orderly end would be taken for that of the
    /// content (RFC 9112 section 8).
    func endOnlyByReset() {
        endsOnlyByReset = true
        setResetOnClose(true)
    }

    private func setResetOnClose(_ resets: Bool) {
        guard resets != resetsOnClose, let channel = context?.channel as? any SocketOptionProvider else { return }
        resetsOnClose = resets
        _ = channel.setSoLinger(linger(l_onoff: resets ? 1 : 0, l_linger: 0))
    }

    /// Closes in order: what is written goes out, then our side ends, and what the client still sends is read and dropped for a
    /// while: with unread bytes the system would reset the connection, and the client might lose the answer.
    private func close() {
        guard let context, !isClosing else { return }
        isClosing = true
        if endsOnlyByReset {
            context.flush()
            context.close(promise: nil)
            return
        }
        hasUnflushed = false
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            guard let self, let context = self.context else { return }
            self.isOutputEnded = true
            self.setResetOnClose(false)
            context.close(mode: .output, promise: nil)
            self.settle()
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        gate?.advance()
        settle()
    }

    // MARK: - Time

    private func setTimer(_ context: ChannelHandlerContext) {
        let configuration = shared.configuration
        if let unsent = unsentBytes(context) {
            // Only what the client takes moves its time, and never what it sends.
            if let unsentAtStart, unsent >= unsentAtStart { return }
            unsentAtStart = unsent
            limitInForce = machine.limit
            timer.set(
                NIODeadline.now() + TimeAmount(configuration.contentTimeout), on: context.eventLoop, fire: timerAction)
            return
        }
        unsentAtStart = nil
        let limit: Duration? =
            switch machine.limit {
            case .none: nil
            case .idle: configuration.idleTimeout
            case .head: configuration.headTimeout
            case .answer:
                machine.isReceivingContent && !isContentHeld ? configuration.contentTimeout : nil
            case .content: isOutputEnded ? configuration.lingerTimeout : configuration.contentTimeout
            }
        // The time for a head runs from its first byte, so it is not moved by those that follow.
        if machine.limit == .head, limitInForce == .head { return }
        // Nor is the last time of all moved by what a client goes on sending.
        if isLingering { return }
        isLingering = isOutputEnded
        limitInForce = machine.limit
        timer.set(limit.map { NIODeadline.now() + TimeAmount($0) }, on: context.eventLoop, fire: timerAction)
    }

    /// How many bytes wait for the client; nil where nothing waits for that.
    private func unsentBytes(_ context: ChannelHandlerContext) -> Int? {
        let isLast = machine.phase == .closing && !isOutputEnded || machine.phase == .draining
        guard isLast || current?.writer != nil || !context.channel.isWritable else { return nil }
        guard let unsent = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes), unsent > 0 else { return nil }
        return unsent
    }

    /// Made once, on the event loop.
    private lazy var timerAction: @Sendable () -> Void = {
        guard let eventLoop = context?.eventLoop else { return {} }
        let handler = NIOLoopBound(WeakReference(self), eventLoop: eventLoop)
        return { handler.value.value?.timerFired() }
    }()

    private func timerFired() {
        guard let context, timer.fired(now: .now(), on: context.eventLoop, fire: timerAction) else { return }
        if let unsentAtStart, let unsent = unsentBytes(context) {
            if unsent < unsentAtStart { setTimer(context) } else { context.close(promise: nil) }
            return
        }
        switch machine.phase {
        case .closing, .draining:
            context.close(promise: nil)
        case .idle:
            follow(machine.close())
        case .head:
            refuseHead(.headTimeout)
        case .exchange:
            if current?.framing == nil { refuseHead(.headTimeout) } else { context.close(promise: nil) }
        }
        settle()
    }
}

/// Holds an object without keeping it.
private final class WeakReference<Object: AnyObject> {
    weak var value: Object?

    init(_ value: Object) {
        self.value = value
    }
}
