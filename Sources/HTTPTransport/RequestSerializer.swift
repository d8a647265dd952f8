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
        let authority = head.url.authority
        // An array, since appending to a ByteBuffer costs several times as much; it is copied once, at the end.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.append(head.method.rawValue)
        guard TokenBytes.areToken(bytes[...]), head.method.rawValue != "CONNECT" else {
            throw TransportError(.invalidRequest, .write, "the method can't be sent: it must be a token other than CONNECT")
        }
        guard head.target.map(isTarget) ?? true else {
            throw TransportError(.invalidRequest, .write, "the target can't be sent: it must be a path in visible ASCII")
        }
        bytes.append(UInt8(ascii: " "))
        if absoluteForm {
            bytes.append(head.url.scheme)
            bytes.append("://")
            bytes.append(authority)
        }
        // To a proxy the asterisk is a URI without a path (RFC 9112 section 3.2.4).
        if !absoluteForm || head.target != "*" { bytes.append(head.target ?? head.url.requestTarget) }
        bytes.append(" HTTP/1.1\r\nHost: ")
        bytes.append(authority)
        bytes.appendLineEnd()
        var expectsContinue = false
        for line in head.fields.lines where !isWrittenHere(line.name) {
            if line.name.utf8.count == 6, line.isNamed("expect"), FieldSection.equalNames(line.value, "100-continue") {
                expectsContinue = true
            }
            guard append(line, to: &bytes) else {
                throw TransportError(
                    .invalidRequest, .write,
                    "a request field can't be sent: its name must be a token, its value free of control characters")
            }
        }
        if let proxyAuthorization {
            bytes.append("Proxy-Authorization: ")
            bytes.append(proxyAuthorization)
            bytes.appendLineEnd()
        }
        let body = try append(
            request.body, isAlwaysAnnounced: expectsContent(head.method), expectsContinue: expectsContinue, to: &bytes)
        return SerializedRequest(
            head: ByteBuffer(bytes: bytes), body: body.bytes, stream: body.stream,
            expectsContinue: expectsContinue && (body.bytes != nil || body.stream != nil), isHead: head.method.rawValue == "HEAD",
            isIdempotent: head.method.isIdempotent)
    }

    /// Whether content means something with the method, so that its absence is told as well (RFC 9110 section 8.6).
    private static func expectsContent(_ method: HTTPMethod) -> Bool {
        switch method.rawValue {
        case "POST", "PUT", "PATCH": true
        default: false
        }
    }

    /// Writes one field line.
    ///
    /// - Returns: false where it can't be sent.
    private static func append(_ line: FieldLine, to bytes: inout [UInt8]) -> Bool {
        let nameStart = bytes.count
        bytes.append(line.name)
        guard TokenBytes.areToken(bytes[nameStart...]) else { return false }
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        let scan = FieldValueScan(line.value)
        if scan.hasControl { return false }
        if scan.hasRareLead, let opaque = FieldText.opaqueBytes(of: line.value) {
            bytes += opaque
        } else {
            bytes.append(line.value)
        }
        bytes.appendLineEnd()
        return true
    }

    /// Writes the framing of the content, the end of the head, and the content where it goes with the head.
    ///
    /// - Parameter isAlwaysAnnounced: whether the length is also told where there is no content (RFC 9110 section 8.6).
    /// - Returns: the content that follows the head.
    private static func append(
        _ content: RequestContent?, isAlwaysAnnounced: Bool, expectsContinue: Bool, to head: inout [UInt8]
    ) throws(TransportError) -> (bytes: ByteBuffer?, stream: StreamedContent?) {
        switch content {
        case nil:
            if isAlwaysAnnounced { appendLength(0, to: &head) }
            head.appendLineEnd()
            return (nil, nil)
        case .bytes(let bytes):
            appendLength(Int64(bytes.count), to: &head)
            head.appendLineEnd()
            if !bytes.isEmpty, bytes.count > smallBody || expectsContinue { return (ByteBuffer(bytes: bytes), nil) }
            head += bytes
            return (nil, nil)
        case .stream(let stream):
            if let length = stream.length {
                guard length >= 0 else {
                    throw TransportError(.invalidRequest, .write, "the announced length of the content is negative")
                }
                appendLength(length, to: &head)
            } else {
                head.append("Transfer-Encoding: chunked\r\n")
            }
            head.appendLineEnd()
            return (nil, stream.length == 0 ? nil : StreamedContent(stream))
        }
    }

    private static func appendLength(_ length: Int64, to head: inout [UInt8]) {
        head.append("Content-Length: \(length)\r\n")
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
}

extension [UInt8] {
    /// Appends a text as UTF-8, its bytes all at once: for half of what appending its `utf8` costs.
    fileprivate mutating func append(_ text: String) {
        if text.utf8.withContiguousStorageIfAvailable({ append(contentsOf: $0) }) == nil { append(contentsOf: text.utf8) }
    }

    fileprivate mutating func appendLineEnd() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }
}
