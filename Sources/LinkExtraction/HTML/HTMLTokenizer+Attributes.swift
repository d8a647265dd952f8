extension HTMLTokenizer {
    /// Section 13.2.5.8.
    @inline(__always)
    mutating func readTagName(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if Self.endsName(byte) {
                tag.endName()
                return leaveName(byte, index, to: &sink)
            }
            tag.appendToName(byte)
            index &+= 1
        }
        return index
    }

    /// White space, "/" or ">".
    @inline(__always)
    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: ">") && (byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || isASCIIWhitespace(byte))
    }

    /// What follows a name that `byte` ended, or a quoted value. Gives the index behind it.
    @inline(__always)
    private mutating func leaveName(_ byte: UInt8, _ index: Int, to sink: inout some HTMLTokenSink) -> Int {
        if byte == UInt8(ascii: ">") {
            emitTag(to: &sink)
        } else if byte == UInt8(ascii: "/") {
            state = .selfClosingStartTag
        } else {
            state = .beforeAttributeName
        }
        return index + 1
    }

    /// Section 13.2.5.32.
    @inline(__always)
    mutating func readBeforeAttributeName(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count, isASCIIWhitespace(bytes[index]) { index &+= 1 }
        guard index < bytes.count else { return index }
        let byte = bytes[index]
        if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") { return leaveName(byte, index, to: &sink) }
        tag.beginAttribute()
        state = .attributeName
        // Here, and only here, "=" is part of the name.
        tag.appendToAttributeName(byte)
        return index + 1
    }

    /// Section 13.2.5.33, from the second byte of the name on.
    @inline(__always)
    mutating func readAttributeName(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "=") {
                tag.endAttributeName()
                state = .beforeAttributeValue
                return index + 1
            }
            if Self.endsName(byte) {
                tag.endAttributeName()
                if !isASCIIWhitespace(byte) { return leaveName(byte, index, to: &sink) }
                state = .afterAttributeName
                return index + 1
            }
            tag.appendToAttributeName(byte)
            index &+= 1
        }
        return index
    }

    /// Section 13.2.5.34.
    @inline(__always)
    mutating func readAfterAttributeName(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count, isASCIIWhitespace(bytes[index]) { index &+= 1 }
        guard index < bytes.count else { return index }
        if bytes[index] == UInt8(ascii: "=") {
            state = .beforeAttributeValue
            return index + 1
        }
        state = .beforeAttributeName
        return index
    }

    /// Section 13.2.5.35.
    @inline(__always)
    mutating func readBeforeAttributeValue(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count, isASCIIWhitespace(bytes[index]) { index &+= 1 }
        guard index < bytes.count else { return index }
        switch bytes[index] {
        case UInt8(ascii: "\""):
            state = .valueDoubleQuoted
            return index + 1
        case UInt8(ascii: "'"):
            state = .valueSingleQuoted
            return index + 1
        case UInt8(ascii: ">"):
            emitTag(to: &sink)
            return index + 1
        default:
            state = .valueUnquoted
            return index
        }
    }

    /// Sections 13.2.5.36 and 13.2.5.37.
    @inline(__always)
    mutating func readQuotedValue(_ bytes: Bytes, _ start: Int, quote: UInt8) -> Int {
        let end = bytes.offset(of: quote, from: start)
        if end > start { tag.appendToValue(bytes.slice(start, end)) }
        if end == bytes.count { return end }
        state = .afterAttributeValueQuoted
        return end + 1
    }

    /// Section 13.2.5.38.
    @inline(__always)
    mutating func readUnquotedValue(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: ">"), !isASCIIWhitespace(bytes[end]) { end &+= 1 }
        if end > start { tag.appendToValue(bytes.slice(start, end)) }
        return end == bytes.count ? end : leaveName(bytes[end], end, to: &sink)
    }

    /// Section 13.2.5.39.
    @inline(__always)
    mutating func readAfterAttributeValueQuoted(_ bytes: Bytes, _ index: Int, to sink: inout some HTMLTokenSink) -> Int {
        let byte = bytes[index]
        if Self.endsName(byte) { return leaveName(byte, index, to: &sink) }
        state = .beforeAttributeName
        return index
    }

    /// Section 13.2.5.40.
    @inline(__always)
    mutating func readSelfClosingStartTag(_ bytes: Bytes, _ index: Int, to sink: inout some HTMLTokenSink) -> Int {
        if bytes[index] == UInt8(ascii: ">") {
            tag.isSelfClosing = true
            emitTag(to: &sink)
            return index + 1
        }
        state = .beforeAttributeName
        return index
    }
}
