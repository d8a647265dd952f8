internal import HTTPSemantics

/// Where path and query lie in the bytes of a serialised http or https URL.
///
/// What `WebURL` gives as strings of their own costs an allocation each; here they are ranges of the one text.
struct URLText {
    /// Behind the "//" of the scheme.
    let schemeEnd: Int
    /// Behind "//", user information skipped: where host and port begin.
    let authorityStart: Int
    /// Where the path begins, with its slash.
    let pathStart: Int
    /// End of the path: offset of the question mark where there is a query.
    let pathEnd: Int
    /// End of the query, or of the path where there is none.
    let queryEnd: Int

    /// `bytes` is the serialisation of a URL with authority, in which the first "/", "?" or "#" behind "//" ends the authority.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count, bytes[index] != UInt8(ascii: ":") { index += 1 }
        index = min(index + 3, bytes.count)
        schemeEnd = index
        var start = index
        while index < bytes.count, !URLText.endsAuthority(bytes[index]) {
            if bytes[index] == UInt8(ascii: "@") { start = index + 1 }
            index += 1
        }
        authorityStart = start
        pathStart = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "?"), bytes[index] != UInt8(ascii: "#") { index += 1 }
        pathEnd = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "#") { index += 1 }
        queryEnd = index
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// ASCII letters in lower case, other bytes as they are.
    @inline(__always)
    static func lowerCase(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool {
        lowerCase(byte) &- UInt8(ascii: "a") < 26
    }

    /// The value of a hexadecimal digit of either case; nil for another byte.
    @inline(__always)
    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - UInt8(ascii: "0") }
        let letter = lowerCase(byte)
        return letter &- UInt8(ascii: "a") < 6 ? letter - UInt8(ascii: "a") + 10 : nil
    }

    /// Whether two texts are the same but for ASCII case; `lower` is in lower case.
    static func equals(_ bytes: UnsafeBufferPointer<UInt8>, _ lower: StaticString) -> Bool {
        guard bytes.count == lower.utf8CodeUnitCount else { return false }
        return hasPrefix(bytes, lower)
    }

    /// Whether `bytes` begins with `lower`, which is in lower case, but for ASCII case.
    static func hasPrefix(_ bytes: UnsafeBufferPointer<UInt8>, _ lower: StaticString) -> Bool {
        guard bytes.count >= lower.utf8CodeUnitCount else { return false }
        for index in 0..<lower.utf8CodeUnitCount where lowerCase(bytes[index]) != lower.utf8Start[index] { return false }
        return true
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes of a range as a buffer of its own, cut to what is there.
    @inline(__always)
    func part(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
        let end = Swift.min(Swift.max(end, 0), count)
        let start = Swift.min(Swift.max(start, 0), end)
        return UnsafeBufferPointer(rebasing: self[start..<end])
    }
}
