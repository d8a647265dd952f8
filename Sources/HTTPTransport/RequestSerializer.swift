import HTTPSemantics
import NIOCore

/// A request as bytes, ready for the socket.
struct SerializedRequest: Sendable {
    /// The head, and the content where it is small.
    var head: ByteBuffer
    /// The content where it is large; written in slices, so that its progress is seen.
    var body: ByteBuffer?
    var isHead: Bool
    var isIdempotent: Bool
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
        let authority = head.url.authority
        var bytes = ByteBufferAllocator().buffer(capacity: 512)
        bytes.writeString(head.method.rawValue)
        bytes.writeInteger(UInt8(ascii: " "))
        if absoluteForm {
            bytes.writeString(head.url.scheme)
            bytes.writeStaticString("://")
            bytes.writeString(authority)
        }
        bytes.writeString(head.url.requestTarget)
        bytes.writeStaticString(" HTTP/1.1\r\nHost: ")
        bytes.writeString(authority)
        bytes.writeStaticString("\r\n")
        for line in head.fields.lines where !isWrittenHere(line.name) {
            guard isValid(line) else {
                throw TransportError(
                    .invalidRequest, .write,
                    "a request field can't be sent: its name must be a token, its value free of control characters")
            }
            bytes.writeString(line.name)
            bytes.writeStaticString(": ")
            bytes.writeString(line.value)
            bytes.writeStaticString("\r\n")
        }
        if let proxyAuthorization {
            bytes.writeStaticString("Proxy-Authorization: ")
            bytes.writeString(proxyAuthorization)
            bytes.writeStaticString("\r\n")
        }
        let expectsContent = head.method == .post || head.method == .put || head.method == .patch
        if request.body != nil || expectsContent {
            bytes.writeStaticString("Content-Length: ")
            bytes.writeString(String(request.body?.count ?? 0))
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("\r\n")
        var serialized = SerializedRequest(
            head: bytes, body: nil, isHead: head.method == .head, isIdempotent: head.method.isIdempotent)
        if let body = request.body, !body.isEmpty {
            if body.count <= smallBody {
                serialized.head.writeBytes(body)
            } else {
                serialized.body = ByteBuffer(bytes: body)
            }
        }
        return serialized
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

    private static func isValid(_ line: FieldLine) -> Bool {
        !line.name.isEmpty && line.name.utf8.allSatisfy(Grammar.isTokenByte)
            && line.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
