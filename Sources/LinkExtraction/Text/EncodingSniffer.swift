/// Finds out a document's encoding from its first bytes (HTML standard section 13.2.3.2).
enum EncodingSniffer {
    /// How many bytes are looked at.
    static let prescanLength = 1_024
    /// The longest byte order mark.
    static let markLength = 3

    /// The encoding that a byte order mark names, and the mark's length (Encoding standard section 6); nil where there is none.
    static func byteOrderMark(_ bytes: Bytes) -> (encoding: CharacterEncoding, length: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BE, 2) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LE, 2) }
        return nil
    }

    /// The encoding that the document itself names, in a `meta` element or in an XML declaration; nil where it names none.
    ///
    /// - Parameter bytes: the document's first 1,024 bytes, or all of a shorter one.
    static func prescan(_ bytes: Bytes) -> CharacterEncoding? {
        if bytes.starts(with: [0x3C, 0, 0x3F, 0, 0x78, 0]) { return .utf16LE }
        if bytes.starts(with: [0, 0x3C, 0, 0x3F, 0, 0x78]) { return .utf16BE }
        var scanner = MetaScanner(bytes: bytes)
        return scanner.scan() ?? xmlDeclaration(bytes)
    }

    /// What a label inside of the document means: it could not be read if it were UTF-16.
    static func declared(_ label: Bytes) -> CharacterEncoding? {
        let encoding = CharacterEncoding(label: label)
        return encoding == .utf16BE || encoding == .utf16LE ? .utf8 : encoding
    }

    /// The encoding named in the `content` of a `meta` element (section 2.6.5).
    static func fromContentType(_ content: Bytes) -> CharacterEncoding? {
        var index = 0
        while index + 7 <= content.count {
            guard content.slice(index, content.count).startsIgnoringCase(with: "charset") else {
                index += 1
                continue
            }
            index += 7
            while index < content.count, isASCIIWhitespace(content[index]) { index += 1 }
            guard index < content.count, content[index] == UInt8(ascii: "=") else { continue }
            index += 1
            while index < content.count, isASCIIWhitespace(content[index]) { index += 1 }
            guard index < content.count else { return nil }
            let quote = content[index]
            if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                let end = content.offset(of: quote, from: index + 1)
                return end == content.count ? nil : declared(content.slice(index + 1, end))
            }
            var end = index
            while end < content.count, content[end] != UInt8(ascii: ";"), !isASCIIWhitespace(content[end]) { end += 1 }
            return declared(content.slice(index, end))
        }
        return nil
    }

    /// `<?xml version="1.0" encoding="..."?>` at the very start.
    private static func xmlDeclaration(_ bytes: Bytes) -> CharacterEncoding? {
        guard bytes.startsIgnoringCase(with: "<?xml") else { return nil }
        let end = bytes.offset(of: UInt8(ascii: ">"), from: 0)
        guard end < bytes.count else { return nil }
        let name: StaticString = "encoding"
        var index = 5
        while index + name.utf8CodeUnitCount < end {
            guard bytes.slice(index, end).starts(with: name.bytes) else {
                index += 1
                continue
            }
            index += name.utf8CodeUnitCount
            while index < end, bytes[index] <= 0x20 { index += 1 }
            guard index < end, bytes[index] == UInt8(ascii: "=") else { return nil }
            index += 1
            while index < end, bytes[index] <= 0x20 { index += 1 }
            guard index < end, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else { return nil }
            let close = bytes.offset(of: bytes[index], from: index + 1)
            return close < end ? declared(bytes.slice(index + 1, close)) : nil
        }
        return nil
    }
}

/// The prescan for a `meta` element (HTML standard section 13.2.3.2): simpler than the tokenizer, and wrong in other ways.
private struct MetaScanner {
    let bytes: Bytes
    var index = 0

    init(bytes: Bytes) {
        self.bytes = bytes
    }

    mutating func scan() -> CharacterEncoding? {
        while true {
            index = bytes.offset(of: UInt8(ascii: "<"), from: index)
            guard index < bytes.count else { return nil }
            let rest = bytes.slice(index, bytes.count)
            if rest.startsIgnoringCase(with: "<!--") {
                skipComment()
            } else if rest.startsIgnoringCase(with: "<meta"), rest.count > 5,
                isASCIIWhitespace(rest[5]) || rest[5] == UInt8(ascii: "/")
            {
                index += 6
                if let encoding = readMeta() { return encoding }
            } else if rest.count > 1,
                isASCIILetter(rest[1])
                    || rest[1] == UInt8(ascii: "/") && rest.count > 2 && isASCIILetter(rest[2])
            {
                while index < bytes.count, !isASCIIWhitespace(bytes[index]), bytes[index] != UInt8(ascii: ">") { index += 1 }
                while nextAttribute() != nil {}
            } else if rest.count > 1, rest[1] == UInt8(ascii: "!") || rest[1] == UInt8(ascii: "/") || rest[1] == UInt8(ascii: "?") {
                index = bytes.offset(of: UInt8(ascii: ">"), from: index)
            } else {
                index += 1
            }
        }
    }

    /// The two dashes of "<!--" may be those of "-->".
    private mutating func skipComment() {
        index += 2
        while index < bytes.count, !bytes.slice(index, bytes.count).startsIgnoringCase(with: "-->") {
            index = bytes.offset(of: UInt8(ascii: "-"), from: index + 1)
        }
    }

    private mutating func readMeta() -> CharacterEncoding? {
        var hasContentType = false
        var fromCharset: CharacterEncoding??
        var fromContent: CharacterEncoding?
        var seen: Set<[UInt8]> = []
        while let (name, value) = nextAttribute() {
            guard seen.insert(name).inserted else { continue }
            value.withUnsafeBufferPointer { value in
                if name.elementsEqual("http-equiv".utf8) {
                    hasContentType = value.equalsIgnoringCase("content-type")
                } else if name.elementsEqual("content".utf8) {
                    fromContent = EncodingSniffer.fromContentType(value)
                } else if name.elementsEqual("charset".utf8) {
                    fromCharset = .some(EncodingSniffer.declared(value))
                }
            }
        }
        if let fromCharset { return fromCharset }
        return hasContentType ? fromContent : nil
    }

    /// The next attribute, names and values in lower case; nil at the end of the tag ("get an attribute").
    private mutating func nextAttribute() -> (name: [UInt8], value: [UInt8])? {
        while index < bytes.count, isASCIIWhitespace(bytes[index]) || bytes[index] == UInt8(ascii: "/") { index += 1 }
        guard index < bytes.count, bytes[index] != UInt8(ascii: ">") else { return nil }
        var name: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "="), !name.isEmpty { break }
            if isASCIIWhitespace(byte) { break }
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">") { return (name, []) }
            name.append(lowercased(byte))
            index += 1
        }
        skipWhitespace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return index < bytes.count ? (name, []) : nil }
        index += 1
        skipWhitespace()
        return readValue().map { (name, $0) }
    }

    private mutating func skipWhitespace() {
        while index < bytes.count, isASCIIWhitespace(bytes[index]) { index += 1 }
    }

    /// Nil where the bytes end within the value.
    private mutating func readValue() -> [UInt8]? {
        guard index < bytes.count else { return nil }
        let quote = bytes[index]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let end = bytes.offset(of: quote, from: index + 1)
            defer { index = min(end + 1, bytes.count) }
            return end < bytes.count ? bytes.slice(index + 1, end).map(lowercased) : nil
        }
        let start = index
        while index < bytes.count, !isASCIIWhitespace(bytes[index]), bytes[index] != UInt8(ascii: ">") { index += 1 }
        return index < bytes.count ? bytes.slice(start, index).map(lowercased) : nil
    }
}
