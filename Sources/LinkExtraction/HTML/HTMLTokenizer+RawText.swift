extension HTMLTokenizer {
    /// Text up to the end tag of its own element (sections 13.2.5.2, 13.2.5.3 and 13.2.5.9 to 13.2.5.14), and that end tag for
    /// scripts too.
    mutating func readRawText(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        let byte = bytes[start]
        switch state {
        case .rawText:
            let end = bytes.offset(of: UInt8(ascii: "<"), from: start)
            if end > start { sink.text(bytes.slice(start, end)) }
            if end == bytes.count { return end }
            state = .rawLessThan
            return end + 1
        case .rawLessThan:
            if byte == UInt8(ascii: "/") {
                state = .rawEndTagOpen
                return start + 1
            }
            sink.text(Self.lessThan.bytes)
            state = .rawText
            return start
        case .rawEndTagOpen:
            matched = 0
            rawEndTag.removeAll(keepingCapacity: true)
            state = .rawEndTagName
            return start
        default:
            return readRawEndTagName(bytes, start, to: &sink)
        }
    }

    private mutating func readRawEndTagName(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if matched < rawName.count {
                guard lowercased(byte) == rawName.byte(at: matched) else { return leaveRawEndTag(index, to: &sink) }
                matched += 1
                rawEndTag.append(byte)
                index += 1
                continue
            }
            guard byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || isASCIIWhitespace(byte) else {
                return leaveRawEndTag(index, to: &sink)
            }
            tag.beginEndTag(of: rawName)
            switch byte {
            case UInt8(ascii: ">"): emitTag(to: &sink)
            case UInt8(ascii: "/"): state = .selfClosingStartTag
            default: state = .beforeAttributeName
            }
            return index + 1
        }
        return index
    }

    /// What looked like an end tag is text.
    private mutating func leaveRawEndTag(_ index: Int, to sink: inout some HTMLTokenSink) -> Int {
        state = rawState
        if rawState == .rawText {
            sink.text(Self.endTagOpen.bytes)
            rawEndTag.withUnsafeBufferPointer { sink.text($0) }
        }
        return index
    }

    /// The text of a script (sections 13.2.5.4 and 13.2.5.15 to 13.2.5.31): within `<!--` and `-->`, `<script` and `</script>` come
    /// in pairs, and only an end tag outside of a pair ends the element.
    mutating func readScript(_ bytes: Bytes, _ start: Int) -> Int {
        let byte = bytes[start]
        switch state {
        case .script:
            let end = bytes.offset(of: UInt8(ascii: "<"), from: start)
            if end == bytes.count { return end }
            state = .scriptLessThan
            return end + 1
        case .scriptLessThan:
            switch byte {
            case UInt8(ascii: "/"): return beginScriptEndTag(start, returningTo: .script)
            case UInt8(ascii: "!"): state = .scriptEscapeStart
            default:
                state = .script
                return start
            }
        case .scriptEscapeStart:
            guard byte == UInt8(ascii: "-") else { return go(to: .script, start) }
            state = .scriptEscapeStartDash
        case .scriptEscapeStartDash:
            guard byte == UInt8(ascii: "-") else { return go(to: .script, start) }
            state = .scriptEscapedDashDash
        case .scriptEscaped, .scriptEscapedDash, .scriptEscapedDashDash:
            return readScriptComment(
                bytes, start, plain: .scriptEscaped, dash: .scriptEscapedDash, dashDash: .scriptEscapedDashDash,
                lessThan: .scriptEscapedLessThan)
        case .scriptEscapedLessThan:
            if byte == UInt8(ascii: "/") { return beginScriptEndTag(start, returningTo: .scriptEscaped) }
            guard isASCIILetter(byte) else { return go(to: .scriptEscaped, start) }
            scriptWord = ASCIIName()
            return go(to: .scriptDoubleEscapeStart, start)
        case .scriptDoubleEscapeStart:
            return readScriptWord(byte, start, ifScript: .scriptDoubleEscaped, otherwise: .scriptEscaped)
        case .scriptDoubleEscaped, .scriptDoubleEscapedDash, .scriptDoubleEscapedDashDash:
            return readScriptComment(
                bytes, start, plain: .scriptDoubleEscaped, dash: .scriptDoubleEscapedDash,
                dashDash: .scriptDoubleEscapedDashDash, lessThan: .scriptDoubleEscapedLessThan)
        case .scriptDoubleEscapedLessThan:
            guard byte == UInt8(ascii: "/") else { return go(to: .scriptDoubleEscaped, start) }
            scriptWord = ASCIIName()
            state = .scriptDoubleEscapeEnd
        default:
            return readScriptWord(byte, start, ifScript: .scriptEscaped, otherwise: .scriptDoubleEscaped)
        }
        return start + 1
    }

    private mutating func go(to state: State, _ index: Int) -> Int {
        self.state = state
        return index
    }

    private mutating func beginScriptEndTag(_ index: Int, returningTo state: State) -> Int {
        rawState = state
        self.state = .rawEndTagOpen
        return index + 1
    }

    /// Inside of a script's comment, after any number of dashes.
    private mutating func readScriptComment(
        _ bytes: Bytes, _ start: Int, plain: State, dash: State, dashDash: State, lessThan: State
    ) -> Int {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "-"):
                state = state == plain ? dash : dashDash
            case UInt8(ascii: "<"):
                state = lessThan
                return index + 1
            case UInt8(ascii: ">") where state == dashDash:
                state = .script
                return index + 1
            default:
                state = plain
            }
            index &+= 1
        }
        return index
    }

    /// A byte of the word behind "<" or "</" in a script's comment.
    private mutating func readScriptWord(_ byte: UInt8, _ index: Int, ifScript: State, otherwise: State) -> Int {
        if isASCIILetter(byte) {
            scriptWord.append(byte)
            return index + 1
        }
        guard byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || isASCIIWhitespace(byte) else {
            // Neither word was one; the comment goes on as it was.
            state = state == .scriptDoubleEscapeStart ? .scriptEscaped : .scriptDoubleEscaped
            return index
        }
        state = scriptWord == Self.scriptName ? ifScript : otherwise
        return index + 1
    }

    private static let scriptName = ASCIIName("script")
}
