/// The small grammar that HTTP's fields share (RFC 9110 section 5.6). Total functions, linear in their input.
package enum Grammar {
    /// Whether the byte may stand in a token: `tchar` (RFC 9110 section 5.6.2).
    package static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// Whether the text is a token: one `tchar` or more.
    package static func isToken(_ text: String) -> Bool {
        isToken(text[...])
    }

    /// Whether the part of a text is a token.
    package static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// Whether the bytes are those of a token.
    package static func isToken(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy(isTokenByte)
    }

    /// Whether the byte is optional white space: a space or a tab (RFC 9110 section 5.6.3).
    package static func isWhitespaceByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The greatest number of seconds that is told apart from a greater one (RFC 9111 section 1.2.2).
    package static let maximumDeltaSeconds: Int64 = 1 << 31

    /// A non-negative number of seconds: one digit or more and nothing else, saturated at 2^31 (RFC 9111 section 1.2.2); nil
    /// for any other text, so for a sign, a fraction, or white space.
    package static func deltaSeconds(_ text: String) -> Int64? {
        deltaSeconds(text[...])
    }

    /// The same of a part of a text.
    package static func deltaSeconds(_ text: Substring) -> Int64? {
        deltaSeconds(bytes: text.utf8)
    }

    /// The same of the bytes of a text.
    package static func deltaSeconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        deltaSeconds(bytes: text)
    }

    private static func deltaSeconds(bytes: some Sequence<UInt8>) -> Int64? {
        var result: Int64?
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            result = min((result ?? 0) * 10 + Int64(byte - UInt8(ascii: "0")), maximumDeltaSeconds)
        }
        return result
    }

    /// The elements of a comma-separated list (RFC 9110 section 5.6.1), without the white space around them; empty elements are
    /// left out. A comma inside a quoted string does not separate; a quoted string that is never closed reaches to the end.
    ///
    /// - Parameter ignoringOpenQuotes: whether in a text with a quoted string that is never closed every comma separates instead.
    package static func listElements(_ combined: String, ignoringOpenQuotes: Bool = false) -> [Substring] {
        combined.withBytes { bytes in
            var elements = ListElements(bytes, ignoringOpenQuotes: ignoringOpenQuotes)
            var result: [Substring] = []
            while let range = elements.nextRange() {
                let start = combined.utf8.index(combined.startIndex, offsetBy: range.lowerBound)
                result.append(combined[start..<combined.utf8.index(start, offsetBy: range.count)])
            }
            return result
        }
    }

    /// The text without the spaces and tabs at both ends.
    package static func trimmed(_ text: Substring) -> Substring {
        let bytes = text.utf8
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start != end, isWhitespaceByte(bytes[start]) { bytes.formIndex(after: &start) }
        while start != end {
            let before = bytes.index(before: end)
            guard isWhitespaceByte(bytes[before]) else { break }
            end = before
        }
        return text[start..<end]
    }

    /// What a quoted string says: without its quotes, `\x` as `x` (RFC 9110 section 5.6.4). Nil where the text is not exactly
    /// one quoted string.
    package static func unquoted(_ text: Substring) -> String? {
        let bytes = text.utf8
        guard bytes.first == UInt8(ascii: "\"") else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.index(after: bytes.startIndex)
        while index != bytes.endIndex {
            var byte = bytes[index]
            bytes.formIndex(after: &index)
            if byte == UInt8(ascii: "\"") {
                return index == bytes.endIndex ? String(decoding: result, as: UTF8.self) : nil
            }
            if byte == UInt8(ascii: "\\") {
                guard index != bytes.endIndex else { return nil }
                byte = bytes[index]
                bytes.formIndex(after: &index)
            }
            result.append(byte)
        }
        return nil
    }

    /// The text with ASCII capitals as small letters; everything else as it is.
    package static func lowercased(_ text: String) -> String {
        text.withBytes(lowercased)
    }

    /// The text with ASCII capitals as small letters; everything else as it is.
    package static func lowercased(_ text: Substring) -> String {
        var text = text
        return text.withUTF8(lowercased)
    }

    /// The bytes as text with ASCII capitals as small letters.
    package static func lowercased(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for index in bytes.indices { buffer[index] = lowercased(bytes[index]) }
            return bytes.count
        }
    }

    /// The byte, or its small letter where it is an ASCII capital.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
