extension CSSScanner {
    // MARK: - Names

    mutating func readName(_ bytes: Bytes, _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            switch state {
            case .nameEscape:
                if let digit = hexadecimalValue(byte) {
                    escaped = digit
                    hexDigits = 1
                    state = .nameHexEscape
                } else if byte == 0x0A || byte == 0x0D || byte == 0x0C {
                    // No escape at all: the backslash stands alone, and the name has ended before it.
                    state = .tokens
                    return index
                } else {
                    name.append(byte)
                    state = .name
                }
            case .nameHexEscape:
                if hexDigits < 6, let digit = hexadecimalValue(byte) {
                    escaped = escaped << 4 | digit
                    hexDigits += 1
                } else {
                    name.append(escaped < 0x80 ? UInt8(truncatingIfNeeded: escaped) : 0xFF)
                    state = .name
                    if !isASCIIWhitespace(byte) { continue }
                }
            default:
                if Self.isNameByte(byte) {
                    appendToName(byte)
                } else if byte == UInt8(ascii: "\\") {
                    state = .nameEscape
                } else {
                    endName(before: byte)
                    return byte == UInt8(ascii: "(") ? index + 1 : index
                }
            }
            index &+= 1
        }
        return index
    }

    @inline(__always)
    private mutating func appendToName(_ byte: UInt8) {
        if name.count == 0 {
            if byte == UInt8(ascii: "-"), !hasLeadingDash {
                hasLeadingDash = true
                return
            }
            // "-1" is a number, and what follows it a unit.
            if hasLeadingDash, isASCIIDigit(byte), nameKind == .identifier { nameKind = .number }
        }
        name.append(byte)
    }

    private static let urlName = ASCIIName("url")
    private static let importName = ASCIIName("import")
    private static let namespaceName = ASCIIName("namespace")
    private static let imageSetName = ASCIIName("image-set")
    private static let prefixedImageSetName = ASCIIName("webkit-image-set")

    private mutating func endName(before byte: UInt8) {
        state = .tokens
        let isFunction = byte == UInt8(ascii: "(")
        switch nameKind {
        case .atKeyword:
            expectation = .nothing
            if !hasLeadingDash, name == Self.importName { expectation = .importTarget }
            if !hasLeadingDash, name == Self.namespaceName { expectation = .namespace }
        case .identifier where isFunction && !hasLeadingDash && name == Self.urlName:
            openParenthesis()
            state = .urlStart
            return
        case .identifier:
            if expectation == .importTarget { expectation = .nothing }
        case .hash, .number:
            if expectation == .importTarget { expectation = .nothing }
        }
        guard isFunction else { return }
        openParenthesis()
        if nameKind == .identifier, name == (hasLeadingDash ? Self.prefixedImageSetName : Self.imageSetName) {
            imageSetDepth = depth
        }
    }

    // MARK: - Strings

    mutating func beginString(quote: UInt8) {
        self.quote = quote
        state = .string
        keepsString = isURLString || expectation == .importTarget || imageSetDepth != 0 && imageSetDepth == depth
        if keepsString { beginValue() }
    }

    mutating func readString(_ bytes: Bytes, _ start: Int, into collector: inout LinkCollector) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            switch state {
            case .stringEscape:
                hexDigits = 1
                state = hexadecimalValue(byte) != nil ? .stringHexEscape : byte == 0x0D ? .stringLineEnd : .string
            case .stringLineEnd:
                // An escaped line end of two bytes.
                state = .string
                if byte != 0x0A { continue }
            case .stringHexEscape:
                if hexDigits < 6, hexadecimalValue(byte) != nil {
                    hexDigits += 1
                } else {
                    state = byte == 0x0D ? .stringLineEnd : .string
                    if !isASCIIWhitespace(byte) { continue }
                }
            default:
                if byte == quote {
                    endString(into: &collector)
                    return index + 1
                }
                if byte == UInt8(ascii: "\\") {
                    state = .stringEscape
                } else if byte == 0x0A || byte == 0x0D || byte == 0x0C {
                    // A bad string: it ends here and says nothing.
                    state = .tokens
                    isURLString = false
                    expectation = .nothing
                    return index
                }
            }
            if keepsString { keep(byte) }
            index &+= 1
        }
        return index
    }

    mutating func endString(into collector: inout LinkCollector) {
        state = .tokens
        isURLString = false
        if keepsString { addValue(into: &collector) }
    }

    // MARK: - URLs without quotes

    mutating func readURL(_ bytes: Bytes, _ start: Int, into collector: inout LinkCollector) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            switch state {
            case .urlStart:
                if isASCIIWhitespace(byte) { break }
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    isURLString = true
                    beginString(quote: byte)
                    return index + 1
                }
                beginValue()
                state = .url
                continue
            case .url:
                if readURLByte(byte, into: &collector) { return index + 1 }
            case .urlEscape:
                if byte == 0x0A || byte == 0x0D || byte == 0x0C {
                    state = .badURL
                } else {
                    keep(byte)
                    hexDigits = 1
                    state = hexadecimalValue(byte) != nil ? .urlHexEscape : .url
                }
            case .urlHexEscape:
                if hexDigits < 6, hexadecimalValue(byte) != nil {
                    hexDigits += 1
                    keep(byte)
                } else {
                    state = .url
                    if !isASCIIWhitespace(byte) { continue }
                    keep(byte)
                }
            case .urlEnd:
                if byte == UInt8(ascii: ")") {
                    endURL(into: &collector)
                    return index + 1
                }
                if !isASCIIWhitespace(byte) {
                    state = .badURL
                    continue
                }
            case .badURL:
                if byte == UInt8(ascii: ")") {
                    leaveURL()
                    expectation = .nothing
                    return index + 1
                }
                if byte == UInt8(ascii: "\\") { state = .badURLEscape }
            default:
                state = .badURL
            }
            index &+= 1
        }
        return index
    }

    /// A byte of the URL itself. True where it ends the URL.
    private mutating func readURLByte(_ byte: UInt8, into collector: inout LinkCollector) -> Bool {
        switch byte {
        case UInt8(ascii: ")"):
            endURL(into: &collector)
            return true
        case UInt8(ascii: "\\"):
            keep(byte)
            state = .urlEscape
        case _ where isASCIIWhitespace(byte):
            state = .urlEnd
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "("), 1...0x08, 0x0B, 0x0E...0x1F, 0x7F:
            state = .badURL
        default:
            keep(byte)
        }
        return false
    }

    /// The URL is complete, its parenthesis closed.
    mutating func endURL(into collector: inout LinkCollector) {
        leaveURL()
        addValue(into: &collector)
    }

    private mutating func leaveURL() {
        state = .tokens
        depth = max(depth - 1, 0)
    }

    // MARK: - Escapes

    /// The text with its escapes resolved (CSS Syntax section 4.3.7), in UTF-8.
    static func unescaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                result.append(text[index])
                index += 1
                continue
            }
            index += 1
            guard index < text.count else { break }
            if hexadecimalValue(text[index]) != nil {
                index = appendHexEscape(text, index, to: &result)
            } else if text[index] == 0x0D, index + 1 < text.count, text[index + 1] == 0x0A {
                index += 2
            } else if text[index] == 0x0A || text[index] == 0x0D || text[index] == 0x0C {
                index += 1
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func appendHexEscape(_ text: [UInt8], _ start: Int, to result: inout [UInt8]) -> Int {
        var index = start
        var number: UInt32 = 0
        while index < text.count, index - start < 6, let digit = hexadecimalValue(text[index]) {
            number = number << 4 | digit
            index += 1
        }
        let scalar = number == 0 ? nil : Unicode.Scalar(number)
        result.append(contentsOf: UTF8.encode(scalar ?? "\u{FFFD}") ?? .init())
        if index + 1 < text.count, text[index] == 0x0D, text[index + 1] == 0x0A { return index + 2 }
        return index < text.count && isASCIIWhitespace(text[index]) ? index + 1 : index
    }
}
