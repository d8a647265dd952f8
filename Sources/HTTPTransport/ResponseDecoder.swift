import NIOCore
import NIOHTTP1

/// NIO's parser, with an eye on the bytes that go into it: how many come, and whether any are left after the last response.
final class ResponseDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPClientResponsePart

    /// Bytes that no request asked for.
    struct UnsolicitedBytes: Error {}
    /// A response head beyond its limit, before the parser could tell.
    struct HeadTooLarge: Error {}

    private let parser: HTTPResponseDecoder
    /// Set while both are in the pipeline; the handler takes it away when it leaves.
    var handler: ConnectionHandler?
    /// How many bytes of the buffer the parser had seen before but not consumed.
    private var retainedBytes = 0
    /// What came of the head under way in reads before this one; empty for a head that comes in one piece.
    private var earlierHead: [UInt8] = []
    /// The buffer while it is parsed, and how many bytes at its start belong to `earlierHead` already, or to a head before.
    private var current: (buffer: ByteBuffer, passed: Int)?
    /// The last four bytes that came.
    private var tail: UInt32 = 0

    init(limits: NIOHTTPDecoderLimitConfiguration) {
        parser = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward, limitConfiguration: limits)
    }

    private static let headRequest = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: "/")
    private static let otherRequest = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")

    /// A request has been sent: its method decides whether its response has a body.
    func expectResponse(isHead: Bool) {
        parser.write(data: .head(isHead ? Self.headRequest : Self.otherRequest))
    }

    func decoderAdded(context: ChannelHandlerContext) {
        parser.decoderAdded(context: context)
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        parser.decoderRemoved(context: context)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let handler else {
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return .needMoreData
        }
        let count = buffer.readableBytes - retainedBytes
        guard count > 0 else { return .needMoreData }
        guard handler.bytesArrived(count) else { throw UnsolicitedBytes() }
        let end = noteEnd(of: buffer)
        current = (buffer, retainedBytes)
        let result = try parser.decode(context: context, buffer: &buffer)
        keepHead(isUnderWay: handler.isAwaitingHead)
        retainedBytes = buffer.readableBytes
        guard handler.bytesDecoded(end: end, endsWithEmptyLine: endsWithEmptyLine) else { throw HeadTooLarge() }
        return result
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try parser.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
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
