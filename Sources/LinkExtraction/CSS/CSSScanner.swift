/// Finds the URLs of a style sheet by its tokens (CSS Syntax section 4): `url()` in both forms, `@import`, `image-set()`.
///
/// Text comes in parts of any size; nothing is kept but the name or the URL that is being read. What looks like a URL inside of a
/// comment, a string or a bad URL is none. A URL of `@namespace` names no resource.
struct CSSScanner {
    /// The longest URL that is kept, in bytes; a longer one is left out.
    private let maximumLength: Int

    enum State: UInt8 {
        case tokens, slash, comment, commentStar
        /// Within a name or a number, and behind a backslash in it.
        case name, nameEscape, nameHexEscape
        case string, stringEscape, stringHexEscape, stringLineEnd
        /// Behind `url(`: white space, then a string or the URL itself.
        case urlStart, url, urlEscape, urlHexEscape, urlEnd, badURL, badURLEscape
    }

    /// What a name belongs to.
    enum NameKind: UInt8 { case identifier, hash, atKeyword, number }

    /// What the next string or `url()` is, as far as the tokens before it say.
    enum Expectation: UInt8 {
        case nothing
        /// Behind `@import`.
        case importTarget
        /// Behind `@namespace`, up to the end of that rule.
        case namespace
    }

    var state = State.tokens
    var nameKind = NameKind.identifier
    /// The name without a dash before it, which many names of vendors have.
    var name = ASCIIName()
    var hasLeadingDash = false
    /// The scalar that an escape within a name spells.
    var escaped: UInt32 = 0
    var hexDigits = 0
    var quote: UInt8 = 0
    /// Whether the string that is being read is kept, and is the argument of `url()`.
    var keepsString = false
    var isURLString = false
    var expectation = Expectation.nothing
    /// The byte before, where it decides what a name is: "#" or "@"; and how much of "<!" has been read.
    var prefix: UInt8 = 0
    /// How many parentheses are open, and how many were when the innermost `image-set(` had opened; 0: none is.
    var depth = 0
    var imageSetDepth = 0
    /// The URL, escapes and all.
    var value: [UInt8] = []
    var isTooLong = false

    init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// Reads the next part of a style sheet.
    mutating func scan(_ bytes: Bytes, into collector: inout LinkCollector) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .tokens: index = readTokens(bytes, index)
            case .slash, .comment, .commentStar: index = readComment(bytes, index)
            case .name, .nameEscape, .nameHexEscape: index = readName(bytes, index)
            case .string, .stringEscape, .stringHexEscape, .stringLineEnd: index = readString(bytes, index, into: &collector)
            default: index = readURL(bytes, index, into: &collector)
            }
        }
    }

    /// The end of the style sheet closes whatever is open; a URL that it cuts short counts. The scanner is as new then.
    mutating func finish(into collector: inout LinkCollector) {
        switch state {
        case .url, .urlEscape, .urlHexEscape, .urlEnd: endURL(into: &collector)
        case .string, .stringEscape, .stringHexEscape, .stringLineEnd: endString(into: &collector)
        default: break
        }
        self = CSSScanner(maximumLength: maximumLength)
    }

    // MARK: - Between names, strings and URLs

    private mutating func readTokens(_ bytes: Bytes, _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            let before = prefix
            prefix = 0
            switch byte {
            case UInt8(ascii: "/"):
                state = .slash
                return index + 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                beginString(quote: byte)
                return index + 1
            case UInt8(ascii: "\\"):
                beginName(.identifier, before)
                state = .nameEscape
                return index + 1
            case UInt8(ascii: "-") where before == UInt8(ascii: "!"):
                // The dashes of "<!--" are no name.
                prefix = before
            case _ where Self.isNameByte(byte):
                beginName(isASCIIDigit(byte) ? .number : .identifier, before)
                state = .name
                return index
            default:
                readDelimiter(byte, after: before)
            }
            index &+= 1
        }
        return index
    }

    private mutating func readDelimiter(_ byte: UInt8, after before: UInt8) {
        switch byte {
        case UInt8(ascii: "("): openParenthesis()
        case UInt8(ascii: ")"):
            if depth == imageSetDepth { imageSetDepth = 0 }
            depth = max(depth - 1, 0)
        case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"): expectation = .nothing
        case UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "<"): prefix = byte
        case UInt8(ascii: "!") where before == UInt8(ascii: "<"): prefix = byte
        default: break
        }
        let isNeutral = isASCIIWhitespace(byte)
        if expectation == .importTarget, !isNeutral { expectation = .nothing }
    }

    mutating func openParenthesis() {
        depth = min(depth + 1, Int.max - 1)
    }

    private mutating func beginName(_ kind: NameKind, _ prefix: UInt8) {
        name = ASCIIName()
        hasLeadingDash = false
        switch prefix {
        case UInt8(ascii: "#"): nameKind = .hash
        case UInt8(ascii: "@"): nameKind = .atKeyword
        default: nameKind = kind
        }
    }

    private mutating func readComment(_ bytes: Bytes, _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            switch state {
            case .slash:
                guard bytes[index] == UInt8(ascii: "*") else {
                    if expectation == .importTarget { expectation = .nothing }
                    state = .tokens
                    return index
                }
                state = .comment
            case .comment:
                index = bytes.offset(of: UInt8(ascii: "*"), from: index)
                if index == bytes.count { return index }
                state = .commentStar
            default:
                if bytes[index] == UInt8(ascii: "/") {
                    state = .tokens
                    return index + 1
                }
                if bytes[index] != UInt8(ascii: "*") { state = .comment }
            }
            index &+= 1
        }
        return index
    }

    // MARK: - What a string or a URL is kept in

    @inline(__always)
    mutating func keep(_ byte: UInt8) {
        if value.count < maximumLength { value.append(byte) } else { isTooLong = true }
    }

    mutating func beginValue() {
        value.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    /// Adds the URL that has been read, if it is a link here.
    mutating func addValue(into collector: inout LinkCollector) {
        let relation: LinkRelation = expectation == .importTarget ? .stylesheet : .styleResource
        let isNamespace = expectation == .namespace
        if expectation == .importTarget { expectation = .nothing }
        guard !isTooLong, !isNamespace else { return }
        let text: [UInt8]
        if value.withUnsafeBufferPointer({ $0.isASCII }) {
            guard value.contains(UInt8(ascii: "\\")) else {
                value.withUnsafeBufferPointer { collector.add($0, as: relation) }
                return
            }
            text = Self.unescaped(value)
        } else {
            text = Self.unescaped(value.withUnsafeBufferPointer { collector.decoder.decode($0).text })
        }
        text.withUnsafeBufferPointer { collector.add($0, as: relation) }
    }

    /// Letters, digits, "-", "_" and everything beyond ASCII.
    static func isNameByte(_ byte: UInt8) -> Bool {
        isASCIILetter(byte) || isASCIIDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}
