/// What the pages of one template have in common in a segment of their paths or a name in their queries.
enum SegmentShape {
    /// Appends the shape of `segment`: "*" for what looks like an identifier or a title, with its extension; otherwise the text with each
    /// run of digits as one "#". Parameters behind ";" are left out.
    static func append(_ segment: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        let whole = segment.part(0, segment.firstIndex(of: UInt8(ascii: ";")) ?? segment.count)
        let stem = whole.part(0, extensionStart(whole))
        if isVariable(stem) {
            output.append(UInt8(ascii: "*"))
        } else {
            appendNumbersAsOne(stem, to: &output)
        }
        appendNumbersAsOne(whole.part(stem.count, whole.count), to: &output)
    }

    private static func appendNumbersAsOne(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var previousIsDigit = false
        for byte in text {
            let isDigit = URLText.isDigit(byte)
            if !isDigit { output.append(byte) } else if !previousIsDigit { output.append(UInt8(ascii: "#")) }
            previousIsDigit = isDigit
        }
    }

    /// Offset of the dot of an extension, up to five letters and digits that begin with a letter; the end where there is none.
    private static func extensionStart(_ segment: UnsafeBufferPointer<UInt8>) -> Int {
        guard let dot = segment.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return segment.count }
        let name = segment.part(dot + 1, segment.count)
        guard let first = name.first, URLText.isLetter(first), name.count <= 5,
            name.allSatisfy({ URLText.isLetter($0) || URLText.isDigit($0) })
        else { return segment.count }
        return dot
    }

    /// Whether `stem` names one page among many rather than a part of the site: a UUID, 16 or more hexadecimal digits, 20 or more bytes
    /// as of Base64, letters and digits in turns, a percent-encoding (a title outside of ASCII), three or more words, or more
    /// than 40 bytes.
    private static func isVariable(_ stem: UnsafeBufferPointer<UInt8>) -> Bool {
        var text = Features()
        for byte in stem { text.add(byte) }
        // Numbers alone, with whatever stands between them, say more as "#": "2024-05-06".
        guard text.letters + text.percents > 0, stem.count > 4 else { return text.percents > 0 }
        if text.percents > 0 || stem.count > 40 || text.separators >= 2 || text.turns >= 3 { return true }
        if stem.count >= 16, text.hexadecimal == stem.count { return true }
        return stem.count >= 20 && text.digits > 0 && text.upperCase > 0 && text.upperCase < text.letters
    }

    private struct Features {
        var (letters, digits, upperCase, hexadecimal, separators, percents) = (0, 0, 0, 0, 0, 0)
        /// How often a digit follows a letter or a letter a digit.
        var turns = 0
        private var previous = Kind.other

        private enum Kind { case letter, digit, other }

        init() {}

        mutating func add(_ byte: UInt8) {
            var kind = Kind.other
            if URLText.isDigit(byte) {
                kind = .digit
                digits += 1
            } else if URLText.isLetter(byte) {
                kind = .letter
                letters += 1
                if byte < UInt8(ascii: "a") { upperCase += 1 }
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+") {
                separators += 1
            } else if byte == UInt8(ascii: "%") {
                percents += 1
            }
            if URLText.hexadecimalValue(byte) != nil { hexadecimal += 1 }
            if kind != .other, previous != .other, kind != previous { turns += 1 }
            previous = kind
        }
    }

    /// Whether `text` has the form of a UUID (RFC 9562 section 4).
    static func isUUID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        for (index, byte) in text.enumerated() {
            let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
            guard isHyphen ? byte == UInt8(ascii: "-") : URLText.hexadecimalValue(byte) != nil else { return false }
        }
        return true
    }
}
