import NIOCore

/// Stands before the parser and hands it one request at a time: a head when the guard has passed it, then its content, and nothing
/// more until that request is answered. What waits here is what one read of the socket brought.
final class RequestGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handler: ProxyHandler
    private var requestGuard = RequestGuard()
    private var waiting: ByteBuffer?
    private var contentLeft: Int64 = 0
    /// Bytes of the chunked content so far, its framing included.
    private var chunkedBytes: Int64 = 0
    /// Whether requests are being handed on just now.
    private(set) var isAdvancing = false
    /// The client has ended its side, behind the bytes that wait.
    private(set) var isEndWaiting = false
    private var context: ChannelHandlerContext?

    init(handler: ProxyHandler) {
        self.handler = handler
    }

    /// Whether bytes have come that are not handed on yet.
    var hasWaitingBytes: Bool { waiting != nil }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if waiting == nil { waiting = bytes } else { waiting?.writeBuffer(&bytes) }
        advance()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent, waiting != nil else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // Requests that came before the end are answered before it is told (RFC 9112 section 9.6).
        isEndWaiting = true
        advance()
    }

    /// Hands on what may be handed on now.
    func advance() {
        guard !isAdvancing, let context else { return }
        advance(context)
        guard isEndWaiting else { return }
        // Where more is wanted than there is, more will not come.
        if waiting != nil, case .nothing = handler.wanted { return }
        isEndWaiting = false
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private func advance(_ context: ChannelHandlerContext) {
        isAdvancing = true
        defer { isAdvancing = false }
        while let bytes = waiting, bytes.readableBytes > 0 {
            let wasHandedOn =
                switch handler.wanted {
                case .head: passHead(context)
                case .content(let frame): passContent(frame, context)
                case .nothing: false
                case .discard: discard()
                }
            guard wasHandedOn else { break }
        }
        if waiting?.readableBytes == 0 { waiting = nil }
    }

    /// What has come and was not handed on: the first bytes of a tunnel.
    func takeWaitingBytes() -> ByteBuffer? {
        defer { waiting = nil }
        return waiting
    }

    private func discard() -> Bool {
        waiting = nil
        return false
    }

    private func passHead(_ context: ChannelHandlerContext) -> Bool {
        let found: Result<(length: Int, framing: RequestFraming)?, Refusal>
        do throws(Refusal) {
            found = .success(try examine())
        } catch {
            found = .failure(error)
        }
        switch found {
        case .failure(let refusal):
            waiting = nil
            handler.refuseHead(refusal)
            return false
        case .success(nil):
            if hasBegun { handler.headIsArriving() }
            return false
        case .success(let (length, framing)?):
            guard let head = waiting?.readSlice(length: length) else { return false }
            if case .length(let length) = framing.content { contentLeft = length } else { contentLeft = 0 }
            chunkedBytes = 0
            handler.headPassed(framing, head)
            context.fireChannelRead(wrapInboundOut(Self.forParser(head, framing)))
            return true
        }
    }

    /// Whether more has come of a head than the empty lines that may stand before it: they are no request yet.
    private var hasBegun: Bool {
        waiting?.withUnsafeReadableBytes { bytes in
            let rest = bytes.dropFirst(RequestGuard.skippedBytes(bytes))
            return !rest.isEmpty && !(rest.count == 1 && rest.first == RequestGuard.carriageReturn)
        } ?? false
    }

    /// The parser knows some methods only; to it, the others are POST.
    private static func forParser(_ head: ByteBuffer, _ framing: RequestFraming) -> ByteBuffer {
        guard let method = framing.otherMethod else { return head }
        let skipped = head.withUnsafeReadableBytes(RequestGuard.skippedBytes)
        var result = ByteBuffer(string: "POST")
        result.writeImmutableBuffer(
            head.getSlice(
                at: head.readerIndex + skipped + method.utf8.count, length: head.readableBytes - skipped - method.utf8.count)
                ?? ByteBuffer())
        return result
    }

    private func examine() throws(Refusal) -> (length: Int, framing: RequestFraming)? {
        guard let waiting else { return nil }
        var requestGuard = self.requestGuard
        let result: Result<(length: Int, framing: RequestFraming)?, Refusal> = waiting.withUnsafeReadableBytes { bytes in
            do throws(Refusal) {
                return .success(try requestGuard.examine(bytes))
            } catch {
                return .failure(error)
            }
        }
        self.requestGuard = requestGuard
        return try result.get()
    }

    private func passContent(_ frame: RequestFraming.Content, _ context: ChannelHandlerContext) -> Bool {
        guard let available = waiting?.readableBytes else { return false }
        let count: Int
        switch frame {
        case .none:
            return false
        case .length:
            count = Int(min(Int64(available), contentLeft))
            contentLeft -= Int64(count)
        case .chunked:
            // A chunked message ends with a line feed: handed on line by line, the parser never sees what follows it.
            let bytes = waiting?.readableBytesView
            count =
                bytes.flatMap { bytes in bytes.firstIndex(of: RequestGuard.lineFeed).map { $0 - bytes.startIndex + 1 } }
                ?? available
        }
        guard count > 0, let bytes = waiting?.readSlice(length: count) else { return false }
        context.fireChannelRead(wrapInboundOut(bytes))
        guard frame == .chunked else { return true }
        chunkedBytes += Int64(count)
        // RFC 9112 section 7.1.1: chunk extensions are passed over, within reason. A chunk of one byte takes five for its frame.
        guard chunkedBytes <= Self.allowedFramingBytes + 8 * handler.contentBytes else {
            waiting = nil
            handler.refuseHead(.badRequest("The content has more chunk extensions than content."))
            return false
        }
        return true
    }

    private static let allowedFramingBytes: Int64 = 16 * 1024
}
