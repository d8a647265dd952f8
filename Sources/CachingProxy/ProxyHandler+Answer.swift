import CacheStore
import CachingClient
import HTTPCaching
import HTTPSemantics
import NIOCore
import Synchronization

/// Writing answers.
extension ProxyHandler {
    /// Content up to this many bytes is copied behind its head and written in one go; longer content goes in pieces, so that a
    /// client who does not read never has more than a few of them waiting.
    private static let maximumCopiedBytes = 64 * 1024

    /// Writes an answer that is not a stream.
    func write(_ answer: Answer) {
        note(answer)
        let head = presented(answer.head)
        switch answer.body {
        case .none: writeWhole(head, content: nil)
        case .bytes(let bytes): writeWhole(head, content: bytes)
        case .remembered(let content): writeWhole(head, content: content.bytes)
        case .stream(let stream): carry(stream, head: head)
        }
        if context != nil { settle() }
    }

    /// The head as it is fit for the address by which the client has asked.
    private func presented(_ head: ResponseHead) -> ResponseHead {
        guard let request = current, let url = request.url else { return head }
        if let site = shared.rules.site { return SiteLocation.answer(head, site: site) }
        return shared.rules.isGateway(request.target) ? GatewayRules.answer(head, to: request.fields, target: url) : head
    }

    /// Writes a plain hit, of which all but two numbers is ready.
    func write(_ hit: MemoryHit) {
        guard let context, let request = current else { return }
        let content = hit.content.bytes
        let framing = AnswerFraming.length(Int64(content.count))
        shared.statistics.answered(.hit)
        current?.outcome = .hit
        current?.reason = ReuseReason.fresh.name
        current?.age = hit.age
        current?.framing = framing
        current?.status = 200
        let prepared = PreparedHead.of(hit)
        let isShort = content.count <= Self.maximumCopiedBytes
        var buffer = context.channel.allocator.buffer(capacity: prepared.size + (isShort ? content.count : 0))
        prepared.write(
            hit, via: shared.serializer.via, closes: machine.answerBegins(framing), to: &buffer)
        if isShort { buffer.writeBytes(content) }
        write(buffer, context)
        if isShort {
            current?.sentBytes = Int64(content.count)
            finish(request.id, isWhole: true)
        } else {
            carry(content)
        }
        settle()
    }

    /// - Parameter content: nil: none follows.
    func writeWhole(_ head: ResponseHead, content: [UInt8]?) {
        guard let context, let request = current else { return }
        var head = head
        if let content, !head.fields.contains("Content-Length"), head.status != 204, head.status != 304 {
            head.fields.append("Content-Length", String(content.count))
        }
        let framing = begin(head, hasContent: content != nil)
        let length = framing == .none ? 0 : content?.count ?? 0
        if length > Self.maximumCopiedBytes, let content {
            writeHead(head, framing, context, extraCapacity: 0)
            carry(content)
            return
        }
        var buffer = headBuffer(head, framing, context, extraCapacity: length)
        if framing != .none, let content { buffer.writeBytes(content) }
        write(buffer, context)
        current?.sentBytes = Int64(length)
        var isWhole = true
        if case .length(let announced) = framing { isWhole = announced == Int64(length) }
        finish(request.id, isWhole: isWhole)
    }

    // MARK: - Streams

    /// Writes the head of a stream.
    func beginStream(_ answer: Answer, _ writer: UnsafeContinuation<Bool, Never>) {
        guard let context, let request = current, case .stream(let stream) = answer.body else {
            writer.resume(returning: false)
            return
        }
        note(answer)
        current?.stream = stream
        let head = presented(answer.head)
        let framing = begin(head, hasContent: true)
        writeHead(head, framing, context, extraCapacity: 0)
        settle()
        if framing == .none {
            // Nobody may see the content: of a HEAD, say.
            finish(request.id, isWhole: true)
            settle()
            writer.resume(returning: false)
        } else {
            waitForRoom(writer, context)
        }
    }

    /// Writes content as it came.
    func writePieces(_ pieces: [[UInt8]], _ writer: UnsafeContinuation<Bool, Never>) {
        guard let context, let framing = current?.framing else {
            writer.resume(returning: false)
            return
        }
        let count = pieces.reduce(0) { $0 + $1.count }
        if count > 0 {
            var buffer = context.channel.allocator.buffer(capacity: count + 24)
            if framing == .chunked {
                buffer.writeString(String(count, radix: 16))
                buffer.writeStaticString("\r\n")
            }
            for piece in pieces { buffer.writeBytes(piece) }
            if framing == .chunked { buffer.writeStaticString("\r\n") }
            current?.sentBytes += Int64(count)
            write(buffer, context)
        }
        if isTooLong(framing) {
            cutStream(reason: "too_many_bytes")
            writer.resume(returning: false)
            return
        }
        settle()
        waitForRoom(writer, context)
    }

    /// The stream is proven to be at its end.
    func endStream(trailers: FieldSection) {
        guard let context, let request = current, let framing = request.framing else { return }
        var isWhole = true
        switch framing {
        case .chunked:
            var buffer = context.channel.allocator.buffer(capacity: 64)
            AnswerSerializer.writeLastChunk(trailers: trailers, to: &buffer)
            write(buffer, context)
        case .length(let length): isWhole = length == request.sentBytes
        case .none, .untilClose: break
        }
        finish(request.id, isWhole: isWhole)
        settle()
    }

    /// The stream is cut short: the client learns it from a connection that ends without the end of the content.
    func cutStream(reason: String) {
        guard let request = current else { return }
        current?.outcome = .error
        current?.reason = reason
        finish(request.id, isWhole: false)
        settle()
    }

    /// Carries content out that is whole in memory but long.
    private func carry(_ content: [UInt8]) {
        guard let context, let request = current else { return }
        let link = ConnectionLink(self, request: request.id, eventLoop: context.eventLoop)
        current?.task = Task(executorPreference: executor(context)) { await link.carry(PieceStream(content)) }
    }

    private func carry(_ stream: any AnswerStream, head: ResponseHead) {
        guard let context, let request = current else { return }
        current?.stream = stream
        let framing = begin(head, hasContent: true)
        writeHead(head, framing, context, extraCapacity: 0)
        guard framing != .none else {
            stream.cancel()
            finish(request.id, isWhole: true)
            return
        }
        let link = ConnectionLink(self, request: request.id, eventLoop: context.eventLoop)
        current?.task = Task(executorPreference: executor(context)) { await link.carry(stream) }
    }

    private func isTooLong(_ framing: AnswerFraming) -> Bool {
        guard case .length(let length) = framing, let sent = current?.sentBytes else { return false }
        return sent > length
    }

    private func waitForRoom(_ writer: UnsafeContinuation<Bool, Never>, _ context: ChannelHandlerContext) {
        if current == nil {
            writer.resume(returning: false)
        } else if context.channel.isWritable {
            writer.resume(returning: true)
        } else {
            current?.writer = writer
            settle()
        }
    }

    // MARK: - Heads

    private func note(_ answer: Answer) {
        shared.statistics.answered(answer.outcome)
        current?.outcome = answer.outcome
        current?.reason = answer.reason
        if shared.configuration.report != nil { current?.age = answer.head.fields.first("Age").flatMap { Int64($0) } }
    }

    private func begin(_ head: ResponseHead, hasContent: Bool) -> AnswerFraming {
        let method = current?.method ?? .get
        let framing = AnswerFraming(head, to: method, isHTTP11: machine.request.isHTTP11, hasContent: hasContent)
        current?.framing = framing
        current?.status = head.status
        if framing == .untilClose { endOnlyByReset() }
        return framing
    }

    private func writeHead(
        _ head: ResponseHead, _ framing: AnswerFraming, _ context: ChannelHandlerContext, extraCapacity: Int
    ) {
        write(headBuffer(head, framing, context, extraCapacity: extraCapacity), context)
    }

    private func headBuffer(
        _ head: ResponseHead, _ framing: AnswerFraming, _ context: ChannelHandlerContext, extraCapacity: Int
    ) -> ByteBuffer {
        var buffer = context.channel.allocator.buffer(capacity: 768 + extraCapacity)
        let addsZeroLength = framing == .none && AnswerFraming.needsZeroLength(head, to: current?.method ?? .get)
        shared.serializer.write(
            head, framing: framing, closes: machine.answerBegins(framing), addsZeroLength: addsZeroLength, to: &buffer)
        return buffer
    }

    private func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(buffer), promise: nil)
        hasUnflushed = true
    }

    /// An informational response on its way through (RFC 9110 section 15.2).
    func writeInterim(_ head: ResponseHead) {
        guard let context, current?.framing == nil, (100...199).contains(head.status), head.status != 101 else { return }
        if head.status == 100 {
            guard machine.awaitsContinue else { return }
            machine.continued()
        }
        write(AnswerSerializer.interim(head), context)
        settle()
    }

    /// The content is asked for: a client that waits for 100 (Continue) has to be told.
    func continueIfAwaited() {
        writeInterim(ResponseHead(status: 100))
    }

    /// Says why a connection ends on which no request is under way.
    func writeUnasked(_ refusal: Refusal) {
        guard let context else { return }
        shared.statistics.refused()
        let (head, text) = OwnAnswer.refusal(refusal, now: shared.configuration.now())
        var buffer = context.channel.allocator.buffer(capacity: 768)
        shared.serializer.write(
            head, framing: .length(Int64(text.utf8.count)), closes: true, addsZeroLength: false, to: &buffer)
        buffer.writeString(text)
        write(buffer, context)
        let now = shared.configuration.now()
        shared.configuration.report?(
            RequestRecord(
                time: now, client: context.remoteAddress?.ipAddress ?? "", method: "", url: "", status: refusal.status,
                outcome: .error, reason: refusal.code, age: nil, bytes: Int64(text.utf8.count), elapsedMilliseconds: 0,
                isWhole: true))
    }

    // MARK: - Ends

    private func finish(_ id: UInt64, isWhole: Bool) {
        guard let request = current, request.id == id else { return }
        if isWhole { endsOnlyByReset = false }
        current = nil
        if machine.isReceivingContent { request.pipe?.cut() }
        report(request, isWhole: isWhole)
        follow(machine.answerEnded(isWhole: isWhole))
    }

    func report(_ request: ClientRequest, isWhole: Bool) {
        shared.statistics.sent(request.sentBytes)
        guard let report = shared.configuration.report else { return }
        let now = shared.configuration.now()
        report(
            RequestRecord(
                time: request.startTime, client: context?.remoteAddress?.ipAddress ?? "", method: request.method.rawValue,
                url: request.url?.serialized ?? LoggedTarget.text(request.target), status: request.status, outcome: request.outcome,
                reason: request.reason, age: request.age, bytes: request.sentBytes,
                elapsedMilliseconds: max(0, now.milliseconds(since: request.startTime)), isWhole: isWhole))
    }
}

/// Content in memory, piece by piece.
private final class PieceStream: AnswerStream {
    private let content: [UInt8]
    private let position = Mutex(0)

    init(_ content: [UInt8]) {
        self.content = content
    }

    func next() async throws(FetchError) -> [[UInt8]]? {
        let start = position.withLock { position in
            defer { position = min(content.count, position + 32 * 1024) }
            return position
        }
        return start < content.count ? [Array(content[start..<min(content.count, start + 32 * 1024)])] : nil
    }

    var trailers: FieldSection { [:] }

    func cancel() {}
}
