/// Reads XML in pieces of any size as a sequence of tags, attributes and character data (XML 1.0).
///
/// Total and linear, in memory bounded by `maximumValueBytes`: no document type is processed and no external entity read, so
/// nothing expands. What is not well-formed is passed over by the nearest sensible rule, and counted.
///
/// All of what the type remembers lies in its properties, so results do not depend on where the pieces are cut.
struct XMLScanner {
    enum Event {
        /// A start tag begins: its name is in `name`. Attributes follow, then `startTagEnd`.
        case startTag
        /// Name and value are in `name` and `value`.
        case attribute
        case startTagEnd(isEmpty: Bool)
        /// Its name is in `name`.
        case endTag
        /// All bytes are read.
        case end
    }

    /// The name that the last event speaks of.
    var name = XMLName()
    /// The value of an attribute, references resolved, in UTF-8.
    var value: XMLValue
    /// Character data since `beginText`, references resolved, in UTF-8.
    var text: XMLValue
    /// Whether character data are wanted.
    var capturesText = false
    /// Whether bytes above 0x7F are read as ISO-8859-1: where the document names another encoding than UTF-8.
    var isLatin = false
    var faults = 0
    var firstFault: XMLFault?

    var state = State.text
    /// The quotation mark that ends the value; 0 where it has none.
    var quote: UInt8 = 0
    /// Whether the scanner is between "[" and "]" of a document type.
    var isInSubset = false
    /// How much of "CDATA[" is read.
    var matched = 0
    /// What follows an ampersand.
    var reference: [UInt8] = []
    /// Whether the reference stands in an attribute.
    var isInValue = false
    /// The first processing instruction, where it is the first markup: the XML declaration.
    var declaration: XMLValue
    var readsDeclaration = true
    /// Bytes in the pieces before the present one.
    var offset = 0

    enum State: UInt8 {
        /// Character data, and a reference in them or in a value.
        case text, reference
        /// Behind "<"; in the name of a start tag; in that of an end tag; behind it.
        case markup, startName, endName, afterEndName
        /// In a start tag: between attributes, behind "/", in a name, behind it, behind "=", in a value.
        case tag, tagSlash, attributeName, afterAttributeName, beforeValue, value
        /// Behind "<!", behind "<!-", in "<![CDATA[".
        case declaration, declarationDash, cdataStart
        /// In a comment, and behind one, two or more dashes in it.
        case comment, commentDash, commentDashes
        case cdata, cdataBracket, cdataBrackets
        case instruction, instructionMark
        /// In a document type, in a literal of it, in its internal subset, behind "<", "<!", "<!-" there, in a declaration there.
        case doctype, doctypeLiteral, subset, subsetMarkup, subsetDeclaration, subsetDash, subsetBody
    }

    init(maximumValueBytes: Int) {
        value = XMLValue(limit: maximumValueBytes)
        text = XMLValue(limit: maximumValueBytes)
        declaration = XMLValue(limit: 256)
    }

    /// Whether the scanner stands between tags, where a document may end.
    var isBetweenTags: Bool { state == .text }

    mutating func beginText() {
        text.removeAll()
        capturesText = true
    }

    mutating func note(_ kind: XMLFault.Kind, at index: Int) {
        faults += 1
        if firstFault == nil { firstFault = XMLFault(kind: kind, offset: offset + index) }
    }

    /// The next event in `bytes` from `index` on, which moves to where reading goes on.
    mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Event {
        while index < bytes.count {
            switch state {
            case .text:
                readText(bytes, &index)
            case .reference:
                readReference(bytes, &index)
            case .markup:
                beginMarkup(bytes[index], &index)
            case .startName, .endName:
                if let event = readName(bytes, &index) { return event }
            case .afterEndName, .tag, .tagSlash, .attributeName, .afterAttributeName, .beforeValue, .value:
                if let event = readTag(bytes, &index) { return event }
            case .cdata, .cdataBracket, .cdataBrackets:
                readCDATA(bytes, &index)
            case .declaration, .declarationDash, .cdataStart:
                readDeclaration(bytes[index], &index)
            case .comment, .commentDash, .commentDashes:
                readComment(bytes, &index)
            case .instruction, .instructionMark:
                readInstruction(bytes, &index)
            case .doctype, .doctypeLiteral, .subset, .subsetMarkup, .subsetDeclaration, .subsetDash, .subsetBody:
                readDoctype(bytes[index], &index)
            }
        }
        return .end
    }

    // MARK: - Character data

    private mutating func readText(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        let start = index
        if !capturesText {
            while index < bytes.count, bytes[index] != UInt8(ascii: "<") { index &+= 1 }
        } else {
            while index < bytes.count, bytes[index] != UInt8(ascii: "<"), bytes[index] != UInt8(ascii: "&") { index &+= 1 }
            text.append(bytes, start..<index, isLatin: isLatin)
        }
        guard index < bytes.count else { return }
        if bytes[index] == UInt8(ascii: "<") { state = .markup } else { beginReference(inValue: false) }
        index += 1
    }

    private mutating func readCDATA(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        if state == .cdata {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "]") { index &+= 1 }
            if capturesText { text.append(bytes, start..<index, isLatin: isLatin) }
            guard index < bytes.count else { return }
            state = .cdataBracket
            index += 1
            return
        }
        let byte = bytes[index]
        switch (state, byte) {
        case (.cdataBracket, UInt8(ascii: "]")):
            state = .cdataBrackets
            index += 1
        case (.cdataBrackets, UInt8(ascii: ">")):
            state = .text
            index += 1
        case (.cdataBrackets, UInt8(ascii: "]")):
            if capturesText { text.append(UInt8(ascii: "]")) }
            index += 1
        default:
            // The brackets were data after all.
            if capturesText {
                text.append(UInt8(ascii: "]"))
                if state == .cdataBrackets { text.append(UInt8(ascii: "]")) }
            }
            state = .cdata
        }
    }

    // MARK: - Markup

    private mutating func beginMarkup(_ byte: UInt8, _ index: inout Int) {
        switch byte {
        case UInt8(ascii: "!"):
            state = .declaration
            index += 1
        case UInt8(ascii: "?"):
            state = .instruction
            index += 1
        case UInt8(ascii: "/"):
            state = .endName
            name = XMLName()
            index += 1
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: ":"),
            0x80...:
            state = .startName
            name = XMLName()
        default:
            note(.strayLessThan, at: index)
            if capturesText { text.append(UInt8(ascii: "<")) }
            state = .text
        }
        if state != .instruction { readsDeclaration = false }
    }

    private mutating func readName(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Event? {
        while index < bytes.count {
            let byte = bytes[index]
            if Self.isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<") {
                if state == .startName {
                    state = .tag
                    return .startTag
                }
                state = .afterEndName
                return nil
            }
            name.append(byte)
            index &+= 1
        }
        return nil
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
