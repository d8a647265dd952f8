extension XMLScanner {
    /// Reads on in a start tag behind its name, or in an end tag behind its.
    mutating func readTag(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Event? {
        switch state {
        case .attributeName: return readAttributeName(bytes, &index)
        case .value: return readValue(bytes, &index)
        case .tagSlash: return readSlash(bytes[index], &index)
        default: break
        }
        while index < bytes.count, Self.isSpace(bytes[index]) { index &+= 1 }
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        switch state {
        case .afterEndName:
            return readEndTag(byte, &index)
        case .afterAttributeName:
            if byte == UInt8(ascii: "=") {
                state = .beforeValue
                index += 1
            } else {
                note(.badAttribute, at: index)
                state = .tag
            }
        case .beforeValue:
            beginValue(byte, &index)
        default:
            return readBetweenAttributes(byte, &index)
        }
        return nil
    }

    private mutating func readEndTag(_ byte: UInt8, _ index: inout Int) -> Event? {
        if byte == UInt8(ascii: ">") {
            index += 1
        } else if byte == UInt8(ascii: "<") {
            note(.strayLessThan, at: index)
        } else {
            index += 1
            return nil
        }
        state = .text
        return .endTag
    }

    private mutating func readBetweenAttributes(_ byte: UInt8, _ index: inout Int) -> Event? {
        switch byte {
        case UInt8(ascii: ">"):
            index += 1
            state = .text
            return .startTagEnd(isEmpty: false)
        case UInt8(ascii: "<"):
            // The tag was never closed; what begins here is the next one.
            note(.strayLessThan, at: index)
            state = .text
            return .startTagEnd(isEmpty: false)
        case UInt8(ascii: "/"):
            index += 1
            state = .tagSlash
        case UInt8(ascii: "="), UInt8(ascii: "\""), UInt8(ascii: "'"):
            note(.badAttribute, at: index)
            index += 1
        default:
            state = .attributeName
            name = XMLName()
        }
        return nil
    }

    private mutating func readSlash(_ byte: UInt8, _ index: inout Int) -> Event? {
        guard byte == UInt8(ascii: ">") else {
            note(.badAttribute, at: index)
            state = .tag
            return nil
        }
        index += 1
        state = .text
        return .startTagEnd(isEmpty: true)
    }

    private mutating func readAttributeName(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Event? {
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<"), 0x20, 0x0A, 0x09, 0x0D:
                state = .afterAttributeName
                return nil
            default:
                name.append(byte)
                index &+= 1
            }
        }
        return nil
    }

    private mutating func beginValue(_ byte: UInt8, _ index: inout Int) {
        value.removeAll()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            quote = byte
            state = .value
            index += 1
        case UInt8(ascii: ">"), UInt8(ascii: "<"):
            note(.badAttribute, at: index)
            state = .tag
        default:
            note(.badAttribute, at: index)
            quote = 0
            state = .value
        }
    }

    private mutating func readValue(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Event? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote, quote != 0 {
                value.append(bytes, start..<index, isLatin: isLatin)
                index += 1
                state = .tag
                return .attribute
            }
            if byte == UInt8(ascii: "&") {
                value.append(bytes, start..<index, isLatin: isLatin)
                index += 1
                beginReference(inValue: true)
                return nil
            }
            if byte == UInt8(ascii: "<") {
                // No value holds a "<": the second quotation mark is missing, and nobody knows where.
                state = .tag
                return nil
            }
            if quote == 0, Self.isSpace(byte) || byte == UInt8(ascii: ">") {
                value.append(bytes, start..<index, isLatin: isLatin)
                state = .tag
                return .attribute
            }
            index &+= 1
        }
        value.append(bytes, start..<index, isLatin: isLatin)
        return nil
    }
}
