import HTTPSemantics
import NIOCore

/// Writes the heads of answers (RFC 9112 sections 2 and 4).
struct AnswerSerializer {
    /// The Via line as bytes: it is the same in every answer.
    let via: [UInt8]

    init(pseudonym: String) {
        via = Array("Via: 1.1 \(pseudonym)\r\n".utf8)
    }

    /// Appends a head with its empty line.
    ///
    /// - Parameters:
    ///   - closes: whether the connection ends with this answer.
    func write(
        _ head: ResponseHead, framing: AnswerFraming, closes: Bool, addsZeroLength: Bool, to buffer: inout ByteBuffer
    ) {
        Self.writeStart(head, to: &buffer)
        // RFC 9110 section 8.6, RFC 9112 section 6.1: 204 has neither, whatever an origin says.
        let dropsLength = framing == .chunked || head.status == 204
        for line in head.fields.lines
        where Self.isSafe(line) && !(dropsLength && (line.isNamed("Content-Length") || line.isNamed("Transfer-Encoding"))) {
            Self.write(line, to: &buffer)
        }
        buffer.writeBytes(via)
        if framing == .chunked { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
        if addsZeroLength { buffer.writeStaticString("Content-Length: 0\r\n") }
        Self.writeConnection(closes: closes, to: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// The status line.
    static func writeStart(_ head: ResponseHead, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(head.status))
        buffer.writeStaticString(" ")
        if head.reason.isEmpty || !head.reason.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            buffer.writeStaticString(ReasonPhrase.text(head.status))
        } else {
            writeText(head.reason, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
    }

    /// What the client must know of the connection.
    static func writeConnection(closes: Bool, to buffer: inout ByteBuffer) {
        if closes { buffer.writeStaticString("Connection: close\r\n") }
    }

    /// An informational response (RFC 9110 section 15.2), whose fields are end-to-end already.
    static func interim(_ head: ResponseHead) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 256)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(head.status))
        buffer.writeStaticString(" ")
        buffer.writeStaticString(ReasonPhrase.text(head.status))
        buffer.writeStaticString("\r\n")
        for line in ForwardingFields.withoutHopByHop(head.fields).lines where isSafe(line) && !line.isNamed("Content-Length") {
            write(line, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
        return buffer
    }

    /// The end of a chunked answer (RFC 9112 section 7.1).
    static func writeLastChunk(trailers: FieldSection, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n")
        for line in ForwardingFields.withoutHopByHop(trailers).lines where isSafe(line) {
            write(line, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
    }

    static func write(_ line: FieldLine, to buffer: inout ByteBuffer) {
        buffer.writeString(line.name)
        buffer.writeStaticString(": ")
        writeText(line.value, to: &buffer)
        buffer.writeStaticString("\r\n")
    }

    private static func writeText(_ text: String, to buffer: inout ByteBuffer) {
        if let opaque = FieldText.opaqueBytes(of: text) { buffer.writeBytes(opaque) } else { buffer.writeString(text) }
    }

    /// A line that could break out of its place is not written; the parsers before have refused it already.
    static func isSafe(_ line: FieldLine) -> Bool {
        var isSafe = !line.name.isEmpty
        for byte in line.value.utf8 where byte < 0x20 && byte != 0x09 || byte == 0x7F { isSafe = false }
        return isSafe
    }
}
