/// Who receives what the tokenizer finds.
protocol HTMLTokenSink {
    /// Whether `<![CDATA[` opens a CDATA section here, as in svg and math; elsewhere it begins a comment.
    var allowsCDATA: Bool { get }
    /// A part of a text as it stands in the source, character references and all. A text comes in parts of any size.
    mutating func text(_ part: Bytes)
    /// A start tag. The answer says how what follows is to be read.
    mutating func startTag(_ tag: HTMLTag) -> HTMLContent
    mutating func endTag(_ tag: HTMLTag)
}

/// How the content of an element is read (HTML standard section 13.2.6.2).
enum HTMLContent {
    /// Markup.
    case markup
    /// Text up to the element's own end tag: RAWTEXT and RCDATA, which differ in character references alone.
    case text
    /// Text of a script, up to an end tag outside of its comments. It is not handed out.
    case script
    /// Text to the end of the document.
    case plaintext
}

/// The tokenizer of the HTML standard (section 13.2.5), as far as tags and texts go: what comments and document types say is
/// passed over.
///
/// Bytes come in parts of any size; where they are cut changes nothing but the parts of texts. Every byte is looked at a bounded
/// number of times, and nothing is kept but the tag that is being read, within the limit of its attributes. The bytes are in an
/// encoding whose markup is ASCII.
struct HTMLTokenizer {
    /// The states of section 13.2.5, without those that differ only in what errors they report.
    enum State: UInt8 {
        case data, tagOpen, endTagOpen, tagName
        case beforeAttributeName, attributeName, afterAttributeName, beforeAttributeValue
        case valueDoubleQuoted, valueSingleQuoted, valueUnquoted, afterAttributeValueQuoted, selfClosingStartTag
        case markupDeclarationOpen, markupDeclarationDash, bogusComment
        case commentStart, commentStartDash, comment, commentEndDash, commentEnd, commentEndBang
        case cdataOpen, cdata, cdataBracket, cdataEnd
        case plaintext, rawText, rawLessThan, rawEndTagOpen, rawEndTagName
        case script, scriptLessThan, scriptEscapeStart, scriptEscapeStartDash
        case scriptEscaped, scriptEscapedDash, scriptEscapedDashDash, scriptEscapedLessThan, scriptDoubleEscapeStart
        case scriptDoubleEscaped, scriptDoubleEscapedDash, scriptDoubleEscapedDashDash, scriptDoubleEscapedLessThan
        case scriptDoubleEscapeEnd
    }

    var state = State.data
    var tag: HTMLTag
    /// How many bytes of "[CDATA[" or of the name of an end tag have been read.
    var matched = 0
    /// The element whose text is being read.
    var rawName = ASCIIName()
    /// Where reading goes on if what began like the end tag of `rawName` is none.
    var rawState = State.rawText
    /// The bytes of such a name, as they came.
    var rawEndTag: [UInt8] = []
    /// The word behind "<" or "</" in a script's comment.
    var scriptWord = ASCIIName()

    /// - Parameter maximumValueLength: the longest attribute value that is kept, in bytes; a longer one counts as absent.
    init(maximumValueLength: Int) {
        tag = HTMLTag(maximumValueLength: maximumValueLength)
    }

    /// Reads the next part of the document.
    mutating func tokenize(_ bytes: Bytes, to sink: inout some HTMLTokenSink) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .data: index = readData(bytes, index, to: &sink)
            case .tagOpen: index = readTagOpen(bytes, index, to: &sink)
            case .endTagOpen: index = readEndTagOpen(bytes, index)
            case .tagName: index = readTagName(bytes, index, to: &sink)
            case .beforeAttributeName: index = readBeforeAttributeName(bytes, index, to: &sink)
            case .attributeName: index = readAttributeName(bytes, index, to: &sink)
            case .afterAttributeName: index = readAfterAttributeName(bytes, index, to: &sink)
            case .beforeAttributeValue: index = readBeforeAttributeValue(bytes, index, to: &sink)
            case .valueDoubleQuoted: index = readQuotedValue(bytes, index, quote: UInt8(ascii: "\""))
            case .valueSingleQuoted: index = readQuotedValue(bytes, index, quote: UInt8(ascii: "'"))
            case .valueUnquoted: index = readUnquotedValue(bytes, index, to: &sink)
            case .afterAttributeValueQuoted: index = readAfterAttributeValueQuoted(bytes, index, to: &sink)
            case .selfClosingStartTag: index = readSelfClosingStartTag(bytes, index, to: &sink)
            case .markupDeclarationOpen, .markupDeclarationDash, .bogusComment, .commentStart, .commentStartDash, .comment,
                .commentEndDash, .commentEnd, .commentEndBang:
                index = readComment(bytes, index, to: &sink)
            case .cdataOpen, .cdata, .cdataBracket, .cdataEnd: index = readCDATA(bytes, index, to: &sink)
            case .plaintext:
                sink.text(bytes.slice(index, bytes.count))
                index = bytes.count
            case .rawText, .rawLessThan, .rawEndTagOpen, .rawEndTagName: index = readRawText(bytes, index, to: &sink)
            default: index = readScript(bytes, index)
            }
        }
    }

    /// The document's end: what looked like the end tag of a text belongs to it. A tag that is cut short is none.
    mutating func finish(to sink: inout some HTMLTokenSink) {
        guard rawState == .rawText else { return }
        switch state {
        case .rawLessThan: sink.text(Self.lessThan.bytes)
        case .rawEndTagOpen: sink.text(Self.endTagOpen.bytes)
        case .rawEndTagName:
            sink.text(Self.endTagOpen.bytes)
            rawEndTag.withUnsafeBufferPointer { sink.text($0) }
        default: break
        }
        state = .data
    }

    // MARK: - Data and the beginnings of tags

    @inline(__always)
    private mutating func readData(_ bytes: Bytes, _ start: Int, to sink: inout some HTMLTokenSink) -> Int {
        let end = bytes.offset(of: UInt8(ascii: "<"), from: start)
        if end > start { sink.text(bytes.slice(start, end)) }
        if end == bytes.count { return end }
        state = .tagOpen
        return end + 1
    }

    @inline(__always)
    private mutating func readTagOpen(_ bytes: Bytes, _ index: Int, to sink: inout some HTMLTokenSink) -> Int {
        let byte = bytes[index]
        if isASCIILetter(byte) {
            tag.begin(isEnd: false)
            state = .tagName
            return index
        }
        switch byte {
        case UInt8(ascii: "/"):
            state = .endTagOpen
            return index + 1
        case UInt8(ascii: "!"):
            state = .markupDeclarationOpen
            return index + 1
        case UInt8(ascii: "?"):
            state = .bogusComment
            return index
        default:
            state = .data
            sink.text(Self.lessThan.bytes)
            return index
        }
    }

    @inline(__always)
    private mutating func readEndTagOpen(_ bytes: Bytes, _ index: Int) -> Int {
        let byte = bytes[index]
        if isASCIILetter(byte) {
            tag.begin(isEnd: true)
            state = .tagName
            return index
        }
        if byte == UInt8(ascii: ">") {
            state = .data
            return index + 1
        }
        state = .bogusComment
        return index
    }

    static let lessThan: StaticString = "<"
    static let endTagOpen: StaticString = "</"

    /// Hands out the tag, whose ">" has been read.
    mutating func emitTag(to sink: inout some HTMLTokenSink) {
        state = .data
        if tag.isEnd {
            sink.endTag(tag)
            return
        }
        switch sink.startTag(tag) {
        case .markup: return
        case .plaintext: state = .plaintext
        case .text:
            state = .rawText
            rawState = .rawText
            rawName = tag.name
        case .script:
            state = .script
            rawName = tag.name
        }
    }
}
