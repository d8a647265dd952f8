import HTTPSemantics

/// A request line taken apart (RFC 9112 section 3): method, one space, target, one space, version.
struct RequestLine {
    let isHTTP11: Bool
    let isConnect: Bool
    let isTrace: Bool
    /// The method where the parser does not know it; nil where it does.
    let otherMethod: String?

    init(_ line: UnsafeRawBufferPointer) throws(Refusal) {
        var methodEnd = 0
        while methodEnd < line.count, Grammar.isTokenByte(line[methodEnd]) { methodEnd += 1 }
        guard methodEnd > 0, methodEnd <= 64, methodEnd < line.count, line[methodEnd] == UInt8(ascii: " ") else {
            throw .badRequest("The request line has no valid method.")
        }
        var targetEnd = methodEnd + 1
        // RFC 3986: a target is written in visible ASCII.
        while targetEnd < line.count, line[targetEnd] > 0x20, line[targetEnd] < 0x7F { targetEnd += 1 }
        guard targetEnd - methodEnd - 1 <= RequestGuard.maximumTargetBytes else { throw .targetTooLong }
        guard targetEnd > methodEnd + 1 else { throw .badRequest("The request line has no target.") }
        guard targetEnd < line.count else { throw .badRequest("The request line has no version: HTTP/0.9 is not spoken here.") }
        guard line[targetEnd] == UInt8(ascii: " ") else { throw .badRequest("The target has a byte that no URL has.") }
        let version = line[(targetEnd + 1)...]
        guard version.count == 8, version.starts(with: "HTTP/".utf8), Self.isDigit(line[targetEnd + 6]),
            line[targetEnd + 7] == UInt8(ascii: "."), Self.isDigit(line[targetEnd + 8])
        else { throw .badRequest("The version in the request line is not valid.") }
        switch (line[targetEnd + 6], line[targetEnd + 8]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): isHTTP11 = false
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): isHTTP11 = true
        default: throw .unsupportedVersion
        }
        let method = UnsafeRawBufferPointer(rebasing: line[0..<methodEnd])
        isConnect = method.elementsEqual("CONNECT".utf8)
        isTrace = method.elementsEqual("TRACE".utf8)
        otherMethod = Self.knownMethods.contains { method.elementsEqual($0.utf8) } ? nil : String(decoding: method, as: UTF8.self)
    }

    private static let knownMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"]

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

/// The value of a Host field (RFC 9110 section 7.2): a host, and perhaps a port.
enum HostField {
    /// Whether every byte may stand in a host and port, with at most one colon outside of brackets and digits after it. Empty is
    /// valid: the URI may have no authority.
    static func isValid(_ value: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        if value.first == UInt8(ascii: "[") {
            index = 1
            while index < value.count,
                isHexDigit(value[index]) || value[index] == UInt8(ascii: ":") || value[index] == UInt8(ascii: ".")
            {
                index += 1
            }
            guard index < value.count, value[index] == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            while index < value.count, isHostByte(value[index]) { index += 1 }
        }
        guard index < value.count else { return true }
        guard index > 0, value[index] == UInt8(ascii: ":"), value.count - index <= 6 else { return false }
        return value[(index + 1)...].allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// unreserved, pct-encoded and sub-delims of RFC 3986 section 3.2.2.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
