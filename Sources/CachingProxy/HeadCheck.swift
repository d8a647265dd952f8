import HTTPSemantics

/// The rules that a complete request head is held to, line by line.
enum HeadCheck {
    /// What the lines so far say of the frame.
    private struct Findings {
        var length: Int64?
        var transferCodings = 0
        var isChunked = false
        var hosts = 0
        var connection = ConnectionOptions()
        var hasUpgrade = false
        var expectsContinue = false
    }

    private struct ConnectionOptions {
        var close = false
        var upgrade = false
    }

    /// - Parameter head: from the first byte of the request line to the end of the empty line; every line ends with CR LF.
    static func framing(of head: UnsafeRawBufferPointer) throws(Refusal) -> RequestFraming {
        var end = lineEnd(head, from: 0)
        let line = try RequestLine(UnsafeRawBufferPointer(rebasing: head[0..<end]))
        var findings = Findings()
        var count = 0
        var start = end + 2
        while start < head.count {
            end = lineEnd(head, from: start)
            if end == start { break }
            count += 1
            guard count <= RequestGuard.maximumFieldLines else { throw .tooManyFields }
            guard end - start <= RequestGuard.maximumLineBytes else { throw .lineTooLong }
            try read(UnsafeRawBufferPointer(rebasing: head[start..<end]), into: &findings)
            start = end + 2
        }
        return try framing(line, findings)
    }

    /// Refuses as early as possible what is no request line of HTTP/1: a handshake of TLS, HTTP/2, anything binary.
    static func checkStart(_ bytes: UnsafeRawBufferPointer) throws(Refusal) {
        for (index, byte) in bytes.prefix(64).enumerated() {
            if byte == UInt8(ascii: " "), index > 0 { return }
            if byte == RequestGuard.carriageReturn, index == 0 { return }
            guard Grammar.isTokenByte(byte) else { throw .badRequest("This is no request of HTTP/1.1.") }
        }
        guard bytes.count <= 64 else { throw .badRequest("This is no request of HTTP/1.1.") }
    }

    /// The index of the CR that ends the line; the caller knows that there is one.
    private static func lineEnd(_ head: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 1 < head.count, head[index + 1] != RequestGuard.lineFeed { index += 1 }
        return index
    }

    private static func read(_ line: UnsafeRawBufferPointer, into findings: inout Findings) throws(Refusal) {
        var colon = 0
        while colon < line.count, Grammar.isTokenByte(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            // RFC 9112 sections 5.1 and 5.2: white space before the colon, and lines that go on, are not accepted.
            throw .badRequest("A field line has no valid name, or white space where none may be.")
        }
        for index in (colon + 1)..<line.count {
            let byte = line[index]
            guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { throw .badRequest("A field value has a control character.") }
        }
        let name = UnsafeRawBufferPointer(rebasing: line[0..<colon])
        switch colon {
        case 4 where isNamed(name, "host"):
            findings.hosts += 1
            guard HostField.isValid(value(line, after: colon)) else { throw .badRequest("The Host field is not valid.") }
        case 6 where isNamed(name, "expect"):
            guard isNamed(value(line, after: colon), "100-continue") else { throw .expectationFailed }
            findings.expectsContinue = true
        case 7 where isNamed(name, "upgrade"):
            findings.hasUpgrade = true
        case 10 where isNamed(name, "connection"):
            readConnection(value(line, after: colon), into: &findings.connection)
        case 14 where isNamed(name, "content-length"):
            guard findings.length == nil, let length = decimal(value(line, after: colon)) else {
                throw .badRequest("Content-Length is given twice, or is no number.")
            }
            findings.length = length
        case 17 where isNamed(name, "transfer-encoding"):
            findings.transferCodings += 1
            findings.isChunked = isNamed(value(line, after: colon), "chunked")
        default:
            break
        }
    }

    private static func framing(_ line: RequestLine, _ findings: Findings) throws(Refusal) -> RequestFraming {
        if line.isHTTP11 {
            guard findings.hosts == 1 else { throw .badRequest("A request of HTTP/1.1 has exactly one Host field.") }
        } else {
            guard findings.hosts <= 1 else { throw .badRequest("There is more than one Host field.") }
        }
        var content = RequestFraming.Content.none
        if findings.transferCodings > 0 {
            guard findings.length == nil else { throw .badRequest("Content-Length and Transfer-Encoding exclude each other.") }
            guard line.isHTTP11 else { throw .badRequest("HTTP/1.0 has no Transfer-Encoding.") }
            guard findings.transferCodings == 1 else { throw .badRequest("Transfer-Encoding is given twice.") }
            guard findings.isChunked else { throw .unsupportedCoding }
            content = .chunked
        } else if let length = findings.length, length > 0 {
            content = .length(length)
        }
        if line.isTrace, content != .none { throw .badRequest("TRACE has no content.") }
        if line.isConnect, content != .none { throw .badRequest("CONNECT has no content.") }
        let options = findings.connection
        return RequestFraming(
            isHTTP11: line.isHTTP11, content: content,
            // RFC 9112 section 9.3: a proxy keeps no connection with a client of HTTP/1.0, whatever it asks for.
            isPersistent: !options.close && line.isHTTP11,
            expectsContinue: findings.expectsContinue && line.isHTTP11 && content != .none,
            endsParsing: line.isConnect || findings.hasUpgrade && options.upgrade, otherMethod: line.otherMethod)
    }

    private static func readConnection(_ value: UnsafeRawBufferPointer, into options: inout ConnectionOptions) {
        for element in value.split(separator: UInt8(ascii: ",")) {
            let option = trimmed(UnsafeRawBufferPointer(rebasing: element))
            if isNamed(option, "close") { options.close = true }
            if isNamed(option, "upgrade") { options.upgrade = true }
        }
    }

    /// Nil for anything but digits, and for what needs more than 18 of them.
    private static func decimal(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
        var result: Int64 = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            result = result * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return result
    }

    private static func value(_ line: UnsafeRawBufferPointer, after colon: Int) -> UnsafeRawBufferPointer {
        trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = bytes.count
        while start < end, Grammar.isWhitespaceByte(bytes[start]) { start += 1 }
        while end > start, Grammar.isWhitespaceByte(bytes[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// - Parameter name: in small letters.
    static func isNamed(_ bytes: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard bytes.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            for index in bytes.indices {
                let byte = bytes[index]
                let small = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
                if small != name[index] { return false }
            }
            return true
        }
    }
}
