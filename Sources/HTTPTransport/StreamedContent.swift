import HTTPSemantics
import NIOCore
import Synchronization

/// The streamed content of one request on its way to a connection: at most one piece in hand, the next asked for when the
/// connection can take it.
final class StreamedContent: Sendable {
    private let stream: RequestStream
    private let begun = Mutex(false)

    init(_ stream: RequestStream) {
        self.stream = stream
    }

    var length: Int64? { stream.length }

    /// Whether a piece has been asked for, so that the content can't be sent a second time.
    var hasBegun: Bool { begun.withLock(\.self) }

    /// Sends everything, unless the exchange ends before or the content is not wanted any more.
    func send(for exchange: Exchange) async {
        begun.withLock { $0 = true }
        let connection = exchange.connection
        var left = length
        do {
            while let piece = try await stream.next() {
                guard !piece.isEmpty else { continue }
                if let known = left {
                    guard piece.count <= known else { throw Self.wrongLength(connection, "more") }
                    left = known - Int64(piece.count)
                }
                guard await connection.sendContent(piece, isLast: left == 0, for: exchange) else { return }
            }
            switch left {
            case nil: _ = await connection.sendContent([], isLast: true, for: exchange)
            case 0: break
            default: throw Self.wrongLength(connection, "fewer")
            }
        } catch let error as TransportError {
            connection.contentFailed(error, for: exchange)
        } catch is CancellationError {
            connection.contentFailed(
                TransportError(.cancelled, .write, "\(connection.authority): sending the content was cancelled"), for: exchange)
        } catch {
            connection.contentFailed(
                TransportError(.invalidRequest, .write, "\(connection.authority): the content can't be read (\(error))"),
                for: exchange)
        }
    }

    private static func wrongLength(_ connection: Connection, _ comparison: String) -> TransportError {
        TransportError(.invalidRequest, .write, "\(connection.authority): the content has \(comparison) bytes than announced")
    }

    /// A piece as it goes over the wire: itself, or a chunk, with the last chunk where it is the last (RFC 9112 section 7.1).
    func framed(_ piece: [UInt8], isLast: Bool) -> ByteBuffer {
        guard length == nil else { return ByteBuffer(bytes: piece) }
        var buffer = ByteBufferAllocator().buffer(capacity: piece.count + 32)
        if !piece.isEmpty {
            buffer.writeString(String(piece.count, radix: 16))
            buffer.writeStaticString("\r\n")
            buffer.writeBytes(piece)
            buffer.writeStaticString("\r\n")
        }
        if isLast { buffer.writeStaticString("0\r\n\r\n") }
        return buffer
    }
}
