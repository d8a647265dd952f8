import NIOCore

/// The content of requests: held back, written at once, or streamed.
extension ConnectionHandler {
    private static let writeSlice = 256 * 1024

    /// The head of `request` has been written.
    func beginContent(_ request: SerializedRequest, _ context: ChannelHandlerContext) {
        if !content.isOver { content.state = .over }
        guard request.hasContentToCome else { return }
        guard request.expectsContinue else {
            writeContent(request, context)
            return
        }
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: ContentSending.continueTimeout) { self.releaseContent() }
        content.state = .held(request, timer)
    }

    /// 100 (Continue) came, or has been waited for long enough.
    func releaseContent() {
        guard let context, case .held(let request, let timer) = content.state else { return }
        timer.cancel()
        content.state = .over
        writeContent(request, context)
        context.flush()
    }

    private func writeContent(_ request: SerializedRequest, _ context: ChannelHandlerContext) {
        if let stream = request.stream {
            content.state = .streaming(stream)
            machine.awaitContent(true, now: .now())
            exchange?.startSending(stream)
        } else if var body = request.body {
            while let slice = body.readSlice(length: min(body.readableBytes, Self.writeSlice)), slice.readableBytes > 0 {
                write(slice, isLast: body.readableBytes == 0, context)
            }
        }
    }

    private func write(_ bytes: ByteBuffer, isLast: Bool, _ context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { self.machine.wrote(isLast: isLast, now: .now()) }
        context.write(wrapOutboundOut(bytes), promise: written)
    }

    /// Writes a piece of streamed content; resumes with true when the next is wanted, with false when no more is.
    func sendContent(
        _ piece: [UInt8], isLast: Bool, for exchange: Exchange, _ continuation: UnsafeContinuation<Bool, Never>
    ) {
        guard let context, self.exchange === exchange, let stream = content.stream else {
            continuation.resume(returning: false)
            return
        }
        if isLast { content.state = .sent }
        machine.awaitContent(false, now: .now())
        write(stream.framed(piece, isLast: isLast), isLast: isLast, context)
        context.flush()
        // The flush may have failed, and ended the exchange.
        guard !isLast, self.exchange === exchange, case .streaming = content.state else {
            continuation.resume(returning: isLast)
            armTimer()
            return
        }
        if context.channel.isWritable {
            machine.awaitContent(true, now: .now())
            continuation.resume(returning: true)
        } else {
            content.state = .full(stream, continuation)
        }
        armTimer()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let continuation = content.becameWritable() {
            machine.awaitContent(true, now: .now())
            continuation.resume(returning: true)
        }
        context.fireChannelWritabilityChanged()
    }

    /// The content can't be had, or is not what was announced.
    func contentFailed(_ error: TransportError, for exchange: Exchange) {
        guard let context, self.exchange === exchange, content.isStreamed else { return }
        machine.cancelled()
        finish(.failed(error))
        context.close(promise: nil)
    }

    /// A final response head came. After it content that was held back is not sent; nor is the rest of a streamed one, unless
    /// the server accepts the request and may well need it. The connection is of no more use then: the request is not whole.
    func headEndsContent(status: Int) {
        if status >= 300 || !content.isStreamed { stopContent() }
    }

    func stopContent() {
        guard !content.isOver, content.stop() else { return }
        machine.awaitContent(false, now: .now())
        exchange?.stopSending()
    }
}
