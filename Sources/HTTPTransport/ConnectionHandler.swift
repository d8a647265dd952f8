import HTTPSemantics
import NIOCore
import NIOHTTP1

/// The shell around `ConnectionMachine`: the last handler of a connection's pipeline.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Pieces of a body that came in one turn are joined where they are smaller than this: a chunk of one byte must not cost an
    /// array each, nor a piece that is large already be copied once more.
    private static let joinedBytes = 4 * 1024

    var machine: ConnectionMachine
    private let decoder: ResponseDecoder
    private let clock: @Sendable () -> UnixTime
    private(set) var context: ChannelHandlerContext?
    /// Set once the connection is open; told when it becomes free and when it ends.
    private var connection: Connection?
    private var pool: ConnectionPool?

    private(set) var exchange: Exchange?
    var content = ContentSending()
    // What came since the last delivery.
    private var head: ArrivedHead?
    private var chunks: [[UInt8]] = []
    private var lastChunk: [UInt8] = []
    private var deliverableBytes = 0
    private var trailers: FieldSection = [:]
    /// The address behind the last body slice.
    private var bodyEnd: UInt = 0

    private var isReadHeld = false
    private var timer: Scheduled<Void>?
    /// When `timer` fires; the distant future while there is none.
    private var timerDue = NIODeadline.distantFuture

    init(limits: ConnectionMachine.Limits, decoder: ResponseDecoder, clock: @escaping @Sendable () -> UnixTime) {
        machine = ConnectionMachine(limits: limits, now: .now())
        self.decoder = decoder
        self.clock = clock
    }

    /// The connection is open and belongs to `pool` from now on. It has been opened for a request, so no timer runs before it.
    func open(as connection: Connection, in pool: ConnectionPool) {
        self.connection = connection
        self.pool = pool
    }

    // MARK: What the task asks for

    func start(_ exchange: Exchange, _ request: SerializedRequest, deadline: NIODeadline?) {
        guard !exchange.isOver else {
            // Cancelled before it began; abandoning it had no effect yet.
            context?.close(promise: nil)
            return
        }
        let now = NIODeadline.now()
        guard let context, context.channel.isActive,
            machine.start(isHead: request.isHead, deadline: deadline, isWriting: request.hasContentToCome, now: now)
        else {
            exchange.refuse(
                TransportError(
                    .connectionClosed, .write, "\(exchange.connection.authority): the connection was closed before the request",
                    isRetryable: true))
            return
        }
        self.exchange = exchange
        decoder.expectResponse(isHead: request.isHead)
        context.write(wrapOutboundOut(request.head), promise: nil)
        beginContent(request, context)
        context.flush()
        armTimer()
    }

    func resumeReading(_ exchange: Exchange) {
        guard self.exchange === exchange, machine.isPaused else { return }
        machine.resume(now: .now())
        armTimer()
        if isReadHeld {
            isReadHeld = false
            context?.read()
        }
    }

    func abandon(_ exchange: Exchange) {
        guard self.exchange === exchange else { return }
        machine.cancelled()
        finish()
        context?.close(promise: nil)
    }

    // MARK: What the decoder sees

    var isAwaitingHead: Bool { machine.isAwaitingHead }

    func bytesArrived(_ count: Int) -> Bool {
        machine.bytesArrived(count, now: .now())
    }

    func bytesDecoded(end: UInt, endsWithEmptyLine: Bool) -> Bool {
        if machine.isFinished, bodyEnd == 0 ? !endsWithEmptyLine : bodyEnd != end { machine.foundExtraBytes() }
        return machine.isHeadWithinLimit()
    }

    // MARK: What comes through the pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        decoder.handler = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        decoder.handler = nil
        stopTimer()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let received):
            do throws(ConnectionMachine.Fault) {
                try take(received)
            } catch {
                fail(error, context)
            }
        case .body(let bytes):
            guard machine.bodyArrived(bytes.readableBytes) else { return }
            append(bytes)
        case .end(let received):
            do throws(ConnectionMachine.Fault) {
                if let received { trailers = try FieldSection(trailers: received) }
                machine.endArrived()
            } catch {
                fail(error, context)
            }
        }
    }

    private func take(_ received: HTTPResponseHead) throws(ConnectionMachine.Fault) {
        let converted = decoder.withRawHead { raw in
            Result { () throws(ConnectionMachine.Fault) in try ResponseHead(received, raw) }
        }
        let responseHead = try converted.get()
        if (100..<200).contains(responseHead.status), responseHead.status != 101 {
            decoder.passHead()
            if responseHead.status == 100 { releaseContent() }
            exchange?.interim?(responseHead)
            return
        }
        let framing: ResponseFraming
        do throws(ResponseFraming.Failure) {
            framing = try ResponseFraming(responseHead, isHead: machine.expectsNoBody)
        } catch {
            throw .protocolViolation(error.detail)
        }
        let delay = machine.firstByteDelay
        guard machine.headArrived(framing) else { return }
        head = ArrivedHead(head: responseHead, time: clock(), firstByteDelay: delay)
        bodyEnd = 0
        headEndsContent(status: responseHead.status)
    }

    private func append(_ bytes: ByteBuffer) {
        let isCounted = if case .bytes = machine.framing?.length { true } else { false }
        bytes.withUnsafeReadableBytes { bytes in
            deliverableBytes += bytes.count
            if lastChunk.count >= Self.joinedBytes {
                chunks.append(lastChunk)
                lastChunk = []
            }
            if lastChunk.isEmpty {
                lastChunk = Array(bytes)
            } else {
                lastChunk.append(contentsOf: bytes)
            }
            if isCounted { bodyEnd = UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch machine.readCompleted(now: .now()) {
        case .goOn:
            if let exchange { deliver(to: exchange, end: nil) }
        case .release:
            let exchange = exchange
            let trailers = takeTrailers()
            self.exchange = nil
            armTimer()
            // First back to the pool: the task that is resumed now may well ask for the same origin again.
            if let connection { pool?.release(connection) }
            if let exchange { deliver(to: exchange, end: .complete(trailers: trailers)) }
        case .close:
            finish(.complete(trailers: takeTrailers()))
            context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if machine.isPaused { isReadHeld = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(ConnectionMachine.Fault(error), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.endOfInput, context)
        if let connection { pool?.connectionClosed(connection) }
        connection = nil
        pool = nil
    }

    // MARK: Ends

    private func fail(_ fault: ConnectionMachine.Fault, _ context: ChannelHandlerContext) {
        let wasFinished = machine.isFinished
        let failure = machine.failed(fault)
        if wasFinished {
            finish(.complete(trailers: takeTrailers()))
        } else if let failure, let exchange {
            finish(.failed(TransportError(failure, authority: exchange.connection.authority)))
        } else {
            finish()
        }
        context.close(promise: nil)
    }

    func finish(_ end: Exchange.End? = nil) {
        guard let exchange else { return }
        stopContent()
        self.exchange = nil
        if let end { deliver(to: exchange, end: end) }
        stopTimer()
    }

    private func takeTrailers() -> FieldSection {
        defer { trailers = [:] }
        return trailers
    }

    private func deliver(to exchange: Exchange, end: Exchange.End?) {
        guard head != nil || deliverableBytes > 0 || end != nil else { return }
        if !lastChunk.isEmpty { chunks.append(lastChunk) }
        let pause = exchange.deliver(head: head.take(), chunks: chunks, bytes: deliverableBytes, end: end)
        chunks = []
        lastChunk = []
        deliverableBytes = 0
        if pause { machine.pause() }
    }

    // MARK: Time

    /// Sees to it that the machine is asked in time. The timer is not moved while it would only fire too early.
    func armTimer() {
        guard let due = machine.nextDeadline, due < timerDue, let context else { return }
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.timerFired() }
        timerDue = due
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
        timerDue = .distantFuture
    }

    private func timerFired() {
        timer = nil
        timerDue = .distantFuture
        guard let context else { return }
        switch machine.timerFired(now: .now()) {
        case .wait:
            armTimer()
        case .closeIdle:
            context.close(promise: nil)
        case .fail(let failure):
            if let exchange { finish(.failed(TransportError(failure, authority: exchange.connection.authority))) }
            context.close(promise: nil)
        }
    }
}
