import HTTPSemantics

/// How the end of a response body is recognised, and whether the connection outlives it (RFC 9112 sections 6.3 and 9.3).
struct ResponseFraming: Equatable {
    enum Length: Equatable {
        /// There is no body: HEAD, 204, 304, or a length of zero.
        case none
        case bytes(Int64)
        case chunked
        /// The body ends with the connection.
        case untilClose
    }

    enum Failure: Error, Equatable {
        /// A transfer coding that was never asked for and that nobody here takes off (RFC 9112 section 6.1).
        case transferCoding
        /// A length that can't be counted (RFC 9112 section 6.3).
        case contentLength
        /// A status below 100 (RFC 9110 section 15).
        case status
        /// 101 without an Upgrade in the request (RFC 9110 section 15.2.2).
        case switchedProtocols
    }

    var length: Length
    /// Whether another request may follow on the connection.
    var isPersistent: Bool

    init(length: Length, isPersistent: Bool) {
        self.length = length
        self.isPersistent = isPersistent
    }

    /// - Parameter isHead: whether the request's method was HEAD.
    init(_ head: ResponseHead, isHead: Bool) throws(Failure) {
        guard head.status >= 100 else { throw .status }
        guard head.status != 101 else { throw .switchedProtocols }
        var contentLength: Int64?
        var isChunked = false
        var closes = false
        var keepsAlive = false
        let lines = head.fields.lines
        // By index: most lines are told by their length, and need not be taken out.
        for index in lines.indices {
            switch lines[index].name.utf8.count {
            case 10 where lines[index].isNamed("connection"):
                let value = lines[index].value
                if FieldSection.equalNames(value, "keep-alive") {
                    // What nearly every server says needs no splitting.
                    keepsAlive = true
                    continue
                }
                for token in value.utf8.split(separator: UInt8(ascii: ",")) {
                    if Self.isToken(token, "close") { closes = true }
                    if Self.isToken(token, "keep-alive") { keepsAlive = true }
                }
            case 14 where lines[index].isNamed("content-length"):
                guard let length = Int64(lines[index].value) else { throw .contentLength }
                contentLength = length
            case 17 where lines[index].isNamed("transfer-encoding"):
                guard !isChunked, Self.isToken(lines[index].value.utf8[...], "chunked") else { throw .transferCoding }
                isChunked = true
            default:
                break
            }
        }
        let isPersistentVersion = head.version.major == 1 && head.version.minor >= 1
        // RFC 9112 section 6.1: a sender of HTTP/1.0 that has a transfer coding can't be trusted with its framing.
        isPersistent = !closes && (isPersistentVersion || keepsAlive && !isChunked)
        if isHead || head.status == 204 || head.status == 304 {
            length = .none
        } else if isChunked {
            length = .chunked
        } else if let contentLength {
            length = contentLength == 0 ? .none : .bytes(contentLength)
        } else {
            length = .untilClose
            isPersistent = false
        }
    }

    private static func isToken(_ bytes: Substring.UTF8View, _ token: StaticString) -> Bool {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return bytes.count == token.utf8CodeUnitCount
            && zip(bytes, UnsafeBufferPointer(start: token.utf8Start, count: token.utf8CodeUnitCount)).allSatisfy {
                $0 | 0x20 == $1 | 0x20
            }
    }
}
