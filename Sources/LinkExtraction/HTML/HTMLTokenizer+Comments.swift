extension HTMLTokenizer {
    /// What begins with "<!" or "<?": comments, document types and processing instructions (sections 13.2.5.41 to 13.2.5.52).
    ///
    /// A document type ends at the first ">" in every one of its states, as a bogus comment does.
    mutating func readComment(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            switch state {
            case .markupDeclarationOpen:
                if byte == UInt8(ascii: "-") {
                    state = .markupDeclarationDash
                } else if byte == UInt8(ascii: "["), sink.allowsCDATA {
                    matched = 1
                    state = .cdataOpen
                    return index + 1
                } else {
                    state = .bogusComment
                    continue
                }
            case .markupDeclarationDash:
                guard byte == UInt8(ascii: "-") else {
                    state = .bogusComment
                    continue
                }
                state = .commentStart
            case .bogusComment:
                let end = bytes.offset(of: UInt8(ascii: ">"), from: index)
                if end == bytes.count { return end }
                state = .data
                return end + 1
            case .commentStart:
                state = byte == UInt8(ascii: "-") ? .commentStartDash : .comment
                if byte == UInt8(ascii: ">") { state = .data }
            case .commentStartDash:
                state = byte == UInt8(ascii: "-") ? .commentEnd : .comment
                if byte == UInt8(ascii: ">") { state = .data }
            case .comment:
                index = bytes.offset(of: UInt8(ascii: "-"), from: index)
                if index == bytes.count { return index }
                state = .commentEndDash
            case .commentEndDash:
                state = byte == UInt8(ascii: "-") ? .commentEnd : .comment
            case .commentEnd:
                switch byte {
                case UInt8(ascii: ">"): state = .data
                case UInt8(ascii: "!"): state = .commentEndBang
                case UInt8(ascii: "-"): break
                default: state = .comment
                }
            case .commentEndBang:
                switch byte {
                case UInt8(ascii: ">"): state = .data
                case UInt8(ascii: "-"): state = .commentEndDash
                default: state = .comment
                }
            default:
                return index
            }
            index += 1
        }
        return index
    }

    private static let cdataStart: StaticString = "[CDATA["
    private static let bracket: StaticString = "]"
    private static let brackets: StaticString = "]]"

    /// CDATA sections (sections 13.2.5.42 and 13.2.5.69 to 13.2.5.71); their text is handed out.
    mutating func readCDATA(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        let byte = bytes[start]
        switch state {
        case .cdataOpen:
            guard byte == Self.cdataStart.bytes[matched] else {
                state = .bogusComment
                return start
            }
            matched += 1
            if matched == Self.cdataStart.utf8CodeUnitCount { state = .cdata }
            return start + 1
        case .cdata:
            let end = bytes.offset(of: UInt8(ascii: "]"), from: start)
            if end > start { sink.text(bytes.slice(start, end)) }
            if end == bytes.count { return end }
            state = .cdataBracket
            return end + 1
        case .cdataBracket:
            if byte == UInt8(ascii: "]") {
                state = .cdataEnd
                return start + 1
            }
            sink.text(Self.bracket.bytes)
            state = .cdata
            return start
        default:
            switch byte {
            case UInt8(ascii: ">"):
                state = .data
                return start + 1
            case UInt8(ascii: "]"):
                sink.text(Self.bracket.bytes)
                return start + 1
            default:
                sink.text(Self.brackets.bytes)
                state = .cdata
                return start
            }
        }
    }
}
