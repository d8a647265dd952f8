/// What says nothing about links: comments, processing instructions, the document type.
extension XMLScanner {
    /// Behind "<!".
    mutating func readDeclaration(_ byte: UInt8, _ index: inout Int) {
        let cdata: StaticString = "CDATA["
        switch state {
        case .declarationDash:
            isInSubset = false
            if byte == UInt8(ascii: "-") {
                state = .comment
                index += 1
            } else {
                state = .doctype
            }
        case .cdataStart:
            if byte != cdata.utf8Start[matched] {
                isInSubset = false
                state = .doctype
                return
            }
            matched += 1
            index += 1
            if matched == cdata.utf8CodeUnitCount { state = .cdata }
        default:
            switch byte {
            case UInt8(ascii: "-"):
                state = .declarationDash
                index += 1
            case UInt8(ascii: "["):
                state = .cdataStart
                matched = 0
                index += 1
            default:
                isInSubset = false
                state = .doctype
            }
        }
    }

    mutating func readComment(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        if state == .comment {
            while index < bytes.count, bytes[index] != UInt8(ascii: "-") { index &+= 1 }
            guard index < bytes.count else { return }
            state = .commentDash
            index += 1
            return
        }
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "-") {
            state = .commentDashes
        } else if byte == UInt8(ascii: ">"), state == .commentDashes {
            state = isInSubset ? .subset : .text
        } else {
            state = .comment
        }
    }

    mutating func readInstruction(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        if state == .instruction {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "?") { index &+= 1 }
            if readsDeclaration { declaration.append(bytes, start..<index, isLatin: false) }
            guard index < bytes.count else { return }
            state = .instructionMark
            index += 1
            return
        }
        switch bytes[index] {
        case UInt8(ascii: ">"):
            state = isInSubset ? .subset : .text
            index += 1
            if readsDeclaration {
                readsDeclaration = false
                if let encoding = XMLDeclaration.encoding(declaration.bytes) { isLatin = isLatin || encoding == .other }
            }
        case UInt8(ascii: "?"):
            index += 1
        default:
            state = .instruction
        }
    }

    /// Finds the end of a document type. Literals and the comments of its internal subset may hold what looks like it.
    mutating func readDoctype(_ byte: UInt8, _ index: inout Int) {
        index += 1
        let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
        switch state {
        case .doctypeLiteral:
            if byte == quote { state = isInSubset ? .subsetBody : .doctype }
        case .subset:
            if byte == UInt8(ascii: "]") {
                isInSubset = false
                state = .doctype
            } else if byte == UInt8(ascii: "<") {
                state = .subsetMarkup
            }
        case .subsetMarkup:
            if byte == UInt8(ascii: "!") {
                state = .subsetDeclaration
            } else {
                state = byte == UInt8(ascii: "?") ? .instruction : .subset
            }
        case .subsetDeclaration, .subsetDash:
            if byte == UInt8(ascii: "-") {
                state = state == .subsetDash ? .comment : .subsetDash
            } else {
                state = .subsetBody
                index -= 1
            }
        case .subsetBody where byte == UInt8(ascii: ">"):
            state = .subset
        case .doctype where byte == UInt8(ascii: ">"):
            state = .text
        case .doctype where byte == UInt8(ascii: "["):
            isInSubset = true
            state = .subset
        default:
            if isQuote {
                quote = byte
                state = .doctypeLiteral
            }
        }
    }
}

/// The XML declaration (XML 1.0 section 2.8), as far as it decides how bytes become characters.
enum XMLDeclaration {
    enum Encoding {
        case utf8, other
    }

    /// The encoding that an instruction such as `xml version="1.0" encoding="UTF-8"` names; nil where it names none.
    static func encoding(_ instruction: [UInt8]) -> Encoding? {
        let text = String(decoding: instruction.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
        guard text.hasPrefix("xml"), let name = text.utf8.firstRange(of: "encoding") else { return nil }
        let rest = text.utf8[name...].drop { XMLScanner.isSpace($0) || $0 == UInt8(ascii: "=") }
        guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let value = rest.dropFirst().prefix { $0 != quote }
        return encoding(named: Substring(value))
    }

    /// The encoding of that name, in small letters. UTF-16 is decoded before, so a document that claims it without being it, as
    /// many do that were written by libraries for strings, is UTF-8.
    static func encoding(named name: Substring) -> Encoding {
        switch name {
        case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be": .utf8
        default: .other
        }
    }
}

extension String.UTF8View {
    /// Where the text behind the first occurrence of an ASCII text begins; nil where there is none.
    fileprivate func firstRange(of text: StaticString) -> Index? {
        var start = startIndex
        while start != endIndex {
            var index = start
            var count = 0
            while index != endIndex, count < text.utf8CodeUnitCount, self[index] == text.utf8Start[count] {
                formIndex(after: &index)
                count += 1
            }
            if count == text.utf8CodeUnitCount { return index }
            formIndex(after: &start)
        }
        return nil
    }
}
