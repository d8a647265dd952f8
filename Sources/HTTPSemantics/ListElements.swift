/// The elements of a comma-separated list one after another (RFC 9110 section 5.6.1), as `Grammar.listElements` gives them, without
/// a string for each and an array for all. What a semicolon separates is read in the same way.
struct ListElements {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private var offset = 0
    private let countsQuotes: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8 = UInt8(ascii: ","), ignoringOpenQuotes: Bool = false) {
        self.bytes = bytes
        self.separator = separator
        countsQuotes = !ignoringOpenQuotes || !Self.endsInQuotedString(bytes)
    }

    /// The next element, not empty and without white space around it; nil after the last. It is valid as long as the bytes are.
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        nextRange().map { UnsafeBufferPointer(rebasing: bytes[$0]) }
    }

    /// Where the next element stands.
    mutating func nextRange() -> Range<Int>? {
        while offset < bytes.count {
            var start = offset
            var end = endOfElement(from: start)
            offset = end + 1
            while start < end, Grammar.isWhitespaceByte(bytes[start]) { start += 1 }
            while end > start, Grammar.isWhitespaceByte(bytes[end - 1]) { end -= 1 }
            if start < end { return start..<end }
        }
        return nil
    }

    /// Where the next separator outside a quoted string stands, or the end of the list.
    private func endOfElement(from start: Int) -> Int {
        var index = start
        var isQuoted = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: "\"") where countsQuotes: isQuoted.toggle()
            case separator where !isQuoted: return index
            default: break
            }
            index += 1
        }
        return bytes.count
    }

    private static func endsInQuotedString(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var isQuoted = false
        var index = 0
        while index < bytes.count {
            if isQuoted, bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
            index += 1
        }
        return isQuoted
    }
}

extension FieldSection {
    /// Hands over the elements of the lists in all lines of that name, each line read for itself.
    ///
    /// - Parameter ignoringOpenQuotes: as in `Grammar.listElements`.
    package func forEachElement(
        of name: FieldName, ignoringOpenQuotes: Bool = false, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        _ = allElements(of: name, ignoringOpenQuotes: ignoringOpenQuotes) { element in
            body(element)
            return true
        }
    }

    /// Whether that is true of all these elements; it is where there are none. Asks no further where it is not.
    package func allElements(
        of name: FieldName, ignoringOpenQuotes: Bool = false, satisfy isTrue: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        guard contains(name) else { return true }
        for index in lines.indices where lines[index].known == name {
            let value = lines[index].value
            guard Grammar.allElements(of: value, ignoringOpenQuotes: ignoringOpenQuotes, satisfy: isTrue) else { return false }
        }
        return true
    }
}

extension Grammar {
    /// Whether that is true of all elements of a list; it is where there are none. Asks no further where it is not.
    package static func allElements(
        of list: String, ignoringOpenQuotes: Bool = false, satisfy isTrue: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        list.withBytes { bytes in
            var elements = ListElements(bytes, ignoringOpenQuotes: ignoringOpenQuotes)
            while let element = elements.next() {
                if !isTrue(element) { return false }
            }
            return true
        }
    }

    /// The bytes without the spaces and tabs at both ends.
    package static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = bytes.count
        while start < end, isWhitespaceByte(bytes[start]) { start += 1 }
        while end > start, isWhitespaceByte(bytes[end - 1]) { end -= 1 }
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }
}

extension Grammar {
    /// Whether a list is seen to be nothing but its elements with a comma and a space between them, without quotes and other white
    /// space.
    package static func isPlainList(_ list: String) -> Bool {
        list.withBytes { bytes in
            // As if a comma and a space stood before the first element.
            var last = UInt8(ascii: " ")
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\t"): return false
                case UInt8(ascii: ","), UInt8(ascii: " "):
                    // Neither stands behind a space, and a comma not behind a comma.
                    if last == UInt8(ascii: " ") || byte == last { return false }
                default:
                    // A comma has its space.
                    if last == UInt8(ascii: ",") { return false }
                }
                last = byte
            }
            return last != UInt8(ascii: " ") && last != UInt8(ascii: ",")
        }
    }

    /// Whether the text has an ASCII capital.
    package static func hasCapitals(_ text: String) -> Bool {
        text.withBytes { bytes in
            for byte in bytes where lowercased(byte) != byte { return true }
            return false
        }
    }
}
