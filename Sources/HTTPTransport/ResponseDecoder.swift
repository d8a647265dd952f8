import NIOCore
import NIOHTTP1

/// NIO's parser, with an eye on the bytes that go into it: how many come, and whether any are left after the last response.
///
/// It is a handler itself: NIO's `ByteToMessageHandler` is made for decoders that leave bytes behind with every read, and its
/// queue of them would be a tenth of what reading a small response costs.
final class ResponseDecoder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPClientResponsePart

    /// Bytes that no request asked for.
    struct UnsolicitedBytes: Error {}
    /// A response head, or a trailer section, beyond its limit, before the parser could tell.
    struct HeadTooLarge: Error {}

    /// The parser lets go of a field line when it knows its value, which it counts against its own limit: what it keeps for longer than
    /// that, with a name and a few spaces, is none.
    private static let slackBytes = 1024

    private let parser: HTTPResponseDecoder
    private let maximumRetainedBytes: Int
    /// Set while both are in the pipeline; the handler takes it away when it leaves.
    var handler: ConnectionHandler?
    /// What the parser has seen but not consumed: the beginning of a field line.
    private var retained: ByteBuffer?
    private var isParsing = false
    /// Whether nothing is parsed any more: the connection has ended, or what came is no response.
    private var isOver = false
    /// What came of the head under way in reads before this one; empty for a head that comes in one piece.
    private var earlierHead: [UInt8] = []
    /// The buffer while it is parsed, and how many bytes at its start belong to `earlierHead` already, or to a head before.
    private var current: (buffer: ByteBuffer, passed: Int)?
    /// The last four bytes that came.
    private var tail: UInt32 = 0

    init(limits: NIOHTTPDecoderLimitConfiguration) {
        maximumRetainedBytes = limits.maxHeaderFieldSize + Self.slackBytes
        parser = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward, limitConfiguration: limits)
    }

    private static let headRequest = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: "/")
    private static let otherRequest = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")

    /// A request has been sent: its method decides whether its response has a body.
    func expectResponse(isHead: Bool) {
        parser.write(data: .head(isHead ? Self.headRequest : Self.otherRequest))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        parser.decoderAdded(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isOver = true
        parser.decoderRemoved(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver, let handler else { return }
        do {
            try decode(unwrapInboundIn(data), for: handler, context)
        } catch {
            isOver = true
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        endInput(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { endInput(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func decode(_ bytes: ByteBuffer, for handler: ConnectionHandler, _ context: ChannelHandlerContext) throws {
        guard bytes.readableBytes > 0 else { return }
        guard handler.bytesArrived(bytes.readableBytes) else { throw UnsolicitedBytes() }
        var buffer = bytes
        let retainedBytes = retained?.readableBytes ?? 0
        if var whole = retained {
            retained = nil
            whole.writeImmutableBuffer(bytes)
            buffer = whole
        }
        let end = noteEnd(of: buffer)
        current = (buffer, retainedBytes)
        isParsing = true
        defer { isParsing = false }
        _ = try parser.decode(context: context, buffer: &buffer)
        keepHead(isUnderWay: handler.isAwaitingHead)
        guard buffer.readableBytes <= maximumRetainedBytes else { throw HeadTooLarge() }
        if buffer.readableBytes > 0 { retained = buffer }
        guard handler.bytesDecoded(end: end, endsWithEmptyLine: endsWithEmptyLine) else { throw HeadTooLarge() }
    }

    /// Tells the parser that no more comes, which ends a body without a length.
    private func endInput(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        // Where the handler closes the connection on what the parser has just told it, it waits for nothing more.
        guard !isParsing else { return }
        var buffer = retained ?? ByteBuffer()
        retained = nil
        do {
            _ = try parser.decodeLast(context: context, buffer: &buffer, seenEOF: true)
        } catch {
            context.fireErrorCaught(error)
        }
    }

    /// The bytes of the head that the parser has just handed out. To be called while it does.
    func withRawHead<Result>(_ body: (RawHead) -> Result) -> Result {
        guard let current else { return body(RawHead(bytes: UnsafeRawBufferPointer(start: nil, count: 0))) }
        if earlierHead.isEmpty {
            return current.buffer.withUnsafeReadableBytes { bytes in
                body(RawHead(bytes: UnsafeRawBufferPointer(rebasing: bytes[current.passed...])))
            }
        }
        return (earlierHead + current.buffer.readableBytesView.dropFirst(current.passed)).withUnsafeBytes {
            body(RawHead(bytes: $0))
        }
    }

    /// The head that the parser has just handed out was informational: another follows.
    func passHead() {
        let count = withRawHead(\.count)
        current?.passed += max(0, count - earlierHead.count)
        earlierHead = []
    }

    /// Keeps the bytes of a head that has not come to its end, as the parser lets go of them.
    private func keepHead(isUnderWay: Bool) {
        if isUnderWay, let current {
            earlierHead += current.buffer.readableBytesView.dropFirst(current.passed)
        } else if !earlierHead.isEmpty {
            earlierHead = []
        }
        current = nil
    }

    /// The address behind the last byte: body slices share the buffer's memory, so it tells whether a slice reaches the end.
    private func noteEnd(of buffer: ByteBuffer) -> UInt {
        buffer.withUnsafeReadableBytes { bytes in
            for byte in bytes.suffix(4) { tail = tail << 8 | UInt32(byte) }
            return UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count)
        }
    }

    /// A head and a chunked body end with an empty line; whatever follows one and ends with another is a head of its own, which
    /// the parser refuses.
    private var endsWithEmptyLine: Bool {
        tail == 0x0D0A_0D0A || tail & 0xFFFF == 0x0A0A
    }
}
