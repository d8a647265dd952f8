import HTTPSemantics
import NIOCore

/// A request as bytes, ready for the socket.
struct SerializedRequest: Sendable {
    /// The head, and the content where it is small.
    var head: ByteBuffer
    /// The content where it is large, written in slices, so that its progress is seen; or where it may have to wait.
    var body: ByteBuffer?
    /// The content where it is streamed.
    var stream: StreamedContent?
    /// Whether the content waits for 100 (Continue).
    var expectsContinue = false
    var isHead: Bool
    var isIdempotent: Bool

    /// Whether content follows that is not in `head`.
    var hasContentToCome: Bool { body != nil || stream != nil }
}

/// Writes HTTP/1.1 requests (RFC 9112 sections 2 and 3), and refuses what would not be one.
enum RequestSerializer {
    /// Contents up to this many bytes are written together with the head.
    private static let smallBody = 64 * 1024

    /// - Parameters:
    ///   - absoluteForm: whether a proxy is asked, which wants the whole target (RFC 9112 section 3.2.2).
    ///   - proxyAuthorization: the value of that field, where a proxy is asked that wants one.
    /// - Throws: `invalid_request`.
    static func serialize(
        _ request: TransportRequest, absoluteForm: Bool = false, proxyAuthorization: String? = nil
    ) throws(TransportError) -> SerializedRequest {
        let head = request.head
        guard head.method.isToken, head.method != .connect else {
            throw TransportError(.invalidRequest, .write, "the method can't be sent: it must be a token other than CONNECT")
        }
        guard head.target.map(isTarget) ?? true else {
            throw TransportError(.invalidRequest, .write, "the target can't be sent: it must be a path in visible ASCII")
        }
        let authority = head.url.authority
        var bytes = ByteBufferAllocator().buffer(capacity: 512)
        bytes.writeString(head.method.rawValue)
        bytes.writeInteger(UInt8(ascii: " "))
        if absoluteForm {
            bytes.writeString(head.url.scheme)
            bytes.writeStaticString("://")
            bytes.writeString(authority)
        }
        // To a proxy the asterisk is a URI without a path (RFC 9112 section 3.2.4).
        if !absoluteForm || head.target != "*" { bytes.writeString(head.target ?? head.url.requestTarget) }
        bytes.writeStaticString(" HTTP/1.1\r\nHost: ")
        bytes.writeString(authority)
        bytes.writeStaticString("\r\n")
        var expectsContinue = false
        for line in head.fields.lines where !isWrittenHere(line.name) {
            if line.isNamed("expect"), FieldSection.equalNames(line.value, "100-continue") { expectsContinue = true }
            guard isValid(line) else {
                throw TransportError(
                    .invalidRequest, .write,
                    "a request field can't be sent: its name must be a token, its value free of control characters")
            }
            bytes.writeString(line.name)
            bytes.writeStaticString(": ")
            if let opaque = FieldText.opaqueBytes(of: line.value) {
                bytes.writeBytes(opaque)
            } else {
                bytes.writeString(line.value)
            }
            bytes.writeStaticString("\r\n")
        }
        if let proxyAuthorization {
            bytes.writeStaticString("Proxy-Authorization: ")
            bytes.writeString(proxyAuthorization)
            bytes.writeStaticString("\r\n")
        }
        let expectsContent = head.method == .post || head.method == .put || head.method == .patch
        var serialized = SerializedRequest(head: bytes, isHead: head.method == .head, isIdempotent: head.method.isIdempotent)
        try append(request.body, isAlwaysAnnounced: expectsContent, expectsContinue: expectsContinue, to: &serialized)
        return serialized
    }

    /// Writes the framing of the content, the end of the head, and the content where it goes with the head.
    ///
    /// - Parameter isAlwaysAnnounced: whether the length is also told where there is no content (RFC 9110 section 8.6).
    private static func append(
        _ content: RequestContent?, isAlwaysAnnounced: Bool, expectsContinue: Bool, to request: inout SerializedRequest
    ) throws(TransportError) {
        switch content {
        case nil:
            if isAlwaysAnnounced { writeLength(0, to: &request.head) }
            request.head.writeStaticString("\r\n")
        case .bytes(let bytes):
            writeLength(Int64(bytes.count), to: &request.head)
            request.head.writeStaticString("\r\n")
            if bytes.isEmpty { break }
            if bytes.count <= smallBody, !expectsContinue {
                request.head.writeBytes(bytes)
            } else {
                request.body = ByteBuffer(bytes: bytes)
                request.expectsContinue = expectsContinue
            }
        case .stream(let stream):
            if let length = stream.length {
                guard length >= 0 else {
                    throw TransportError(.invalidRequest, .write, "the announced length of the content is negative")
                }
                writeLength(length, to: &request.head)
            } else {
                request.head.writeStaticString("Transfer-Encoding: chunked\r\n")
            }
            request.head.writeStaticString("\r\n")
            if stream.length == 0 { break }
            request.stream = StreamedContent(stream)
            request.expectsContinue = expectsContinue
        }
    }

    private static func writeLength(_ length: Int64, to head: inout ByteBuffer) {
        head.writeStaticString("Content-Length: ")
        head.writeString(String(length))
        head.writeStaticString("\r\n")
    }

    /// Fields that say how this connection and this message are framed (RFC 9110 section 7.6.1).
    private static func isWrittenHere(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: FieldSection.equalNames(name, "host")
        case 7: FieldSection.equalNames(name, "upgrade")
        case 10: FieldSection.equalNames(name, "connection") || FieldSection.equalNames(name, "keep-alive")
        case 14: FieldSection.equalNames(name, "content-length")
        case 16: FieldSection.equalNames(name, "proxy-connection")
        case 17: FieldSection.equalNames(name, "transfer-encoding")
        default: false
        }
    }

    private static func isTarget(_ text: String) -> Bool {
        (text == "*" || text.utf8.first == UInt8(ascii: "/")) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isValid(_ line: FieldLine) -> Bool {
        !line.name.isEmpty && line.name.utf8.allSatisfy(Grammar.isTokenByte)
            && line.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
