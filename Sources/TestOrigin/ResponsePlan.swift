import HTTPSemantics
import NIOCore
import NIOHTTP1

/// What is sent for one exchange: the head as bytes, then the body with its framing, then the ending.
struct ResponsePlan {
    let head: ByteBuffer
    /// Nothing where the response has no content: to HEAD, and with 204 and 304 (RFC 9110 section 6.4.1).
    var source: BodySource
    let isChunked: Bool
    /// The last chunk and the trailers; empty where the body is not chunked or is left unfinished.
    let end: ByteBuffer
    let ending: ScriptedResponse.Ending
    let delay: TimeAmount
    let pause: TimeAmount?

    init(_ response: ScriptedResponse, to request: OriginRequest, now: UnixTime) {
        delay = .nanoseconds(response.delay.nanoseconds)
        pause = response.pause > .zero ? .nanoseconds(response.pause.nanoseconds) : nil
        guard !response.isRaw else {
            head = ByteBuffer()
            source = BodySource(response.body)
            isChunked = false
            end = ByteBuffer()
            ending = response.ending
            return
        }

        var fields = response.fields
        let mayHaveContent = !(100..<200 ~= response.status || response.status == 204 || response.status == 304)
        let saysFraming = fields.contains("Content-Length") || fields.contains("Transfer-Encoding")
        let length = response.body.knownLength
        var ending = response.ending
        var isChunked = response.framing == .chunked
        switch response.framing {
        case .automatic where saysFraming:
            isChunked = fields.combined("Transfer-Encoding")?.lowercased().hasSuffix("chunked") ?? false
        case .automatic where mayHaveContent:
            isChunked = length == nil
            if let length { fields.append("Content-Length", String(length)) }
        case .untilClose:
            if case .keepAlive = ending { ending = .close }
            fields.set("Connection", "close")
        case .automatic, .chunked, .asIs:
            break
        }
        if isChunked && !fields.contains("Transfer-Encoding") { fields.append("Transfer-Encoding", "chunked") }
        if response.sendsDate && !fields.contains("Date") { fields.append("Date", HTTPDate.format(now)) }
        if case .keepAlive = ending, !request.keepsAlive {
            ending = .close
            if !fields.contains("Connection") { fields.append("Connection", "close") }
        }

        let reason = response.reason ?? HTTPResponseStatus(statusCode: response.status).reasonPhrase
        head = ByteBuffer(string: "HTTP/1.1 \(response.status) \(reason)\r\n\(fields.serialized)\r\n")
        let hasContent = mayHaveContent && request.method != .head
        source = BodySource(hasContent ? response.body : .none)
        self.isChunked = isChunked && hasContent
        self.ending = ending
        // A chunked body that is cut, reset or stalled is one that never came to its last chunk.
        let isWhole = ending == .keepAlive || ending == .close
        end = self.isChunked && isWhole ? ByteBuffer(string: "0\r\n\(response.trailers.serialized)\r\n") : ByteBuffer()
    }

    /// The next part of the body with its framing; nil at the end.
    mutating func next() -> ByteBuffer? {
        guard var piece = source.next() else { return nil }
        guard isChunked else { return piece }
        var framed = ByteBuffer(string: String(piece.readableBytes, radix: 16) + "\r\n")
        framed.writeBuffer(&piece)
        framed.writeString("\r\n")
        return framed
    }
}

extension Duration {
    /// Whole nanoseconds; a wait of more than a century is as good as for ever.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(0, seconds), 3_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
