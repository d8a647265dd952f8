/// One field line as it stood in a message (RFC 9110 section 5).
package struct FieldLine: Hashable, Sendable {
    /// The field name in the sender's spelling; compared without regard to case.
    package var name: String
    /// The field value without surrounding white space.
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether this line's name is `name`, without regard to the case of ASCII letters.
    package func isNamed(_ name: String) -> Bool {
        FieldSection.equalNames(self.name, name)
    }
}

/// The field lines of a message in the order and spelling in which they came (RFC 9110 section 5.2: order matters among lines
/// of one name).
///
/// Look-ups walk the lines: sections are short, and order and repetition must survive for exact exports.
package struct FieldSection: Hashable, Sendable {
    package private(set) var lines: [FieldLine]

    package init(_ lines: [FieldLine] = []) {
        self.lines = lines
    }

    package var isEmpty: Bool { lines.isEmpty }
    package var count: Int { lines.count }

    /// The value of the first line of that name; nil where there is none.
    package func first(_ name: String) -> String? {
        for line in lines where line.isNamed(name) { return line.value }
        return nil
    }

    /// The values of all lines of that name, in order.
    package func values(_ name: String) -> [String] {
        lines.compactMap { $0.isNamed(name) ? $0.value : nil }
    }

    /// All lines of that name as one value, joined by ", " (RFC 9110 section 5.3); nil where there is none.
    package func combined(_ name: String) -> String? {
        var result: String?
        for line in lines where line.isNamed(name) {
            if let before = result { result = before + ", " + line.value } else { result = line.value }
        }
        return result
    }

    package func contains(_ name: String) -> Bool {
        lines.contains { $0.isNamed(name) }
    }

    package mutating func reserveCapacity(_ count: Int) {
        lines.reserveCapacity(count)
    }

    package mutating func append(_ name: String, _ value: String) {
        lines.append(FieldLine(name, value))
    }

    /// Puts one line in the place of all lines of that name: where the first of them stood, or at the end.
    package mutating func set(_ name: String, _ value: String) {
        guard let index = lines.firstIndex(where: { $0.isNamed(name) }) else {
            append(name, value)
            return
        }
        lines[index].value = value
        var next = index + 1
        while next < lines.count {
            if lines[next].isNamed(name) { lines.remove(at: next) } else { next += 1 }
        }
    }

    package mutating func remove(_ name: String) {
        lines.removeAll { $0.isNamed(name) }
    }

    package mutating func removeAll(where matches: (FieldLine) -> Bool) {
        lines.removeAll(where: matches)
    }

    /// Whether two field names are the same: ASCII letters without regard to case (RFC 9110 section 5.1).
    package static func equalNames(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        // Plain iteration: this is the innermost loop of every look-up, and a zipped sequence costs a sixth of it.
        var others = right.utf8.makeIterator()
        for a in left.utf8 {
            guard let b = others.next() else { return false }
            if a != b, a ^ b != 0x20 || (a | 0x20) < UInt8(ascii: "a") || (a | 0x20) > UInt8(ascii: "z") { return false }
        }
        return true
    }
}

extension FieldSection: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { FieldLine($0.0, $0.1) })
    }
}

extension FieldSection {
    /// `Name: value` lines, each ended by CR LF, without the empty line that ends a section.
    package var serialized: String {
        var text = ""
        for line in lines {
            text += line.name
            text += ": "
            text += line.value
            text += "\r\n"
        }
        return text
    }

    /// Reads what `serialized` wrote. A line without a colon is passed over: the store, not a server, is the source.
    package init(serialized text: String) {
        var lines: [FieldLine] = []
        lines.reserveCapacity(12)
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                var end = start
                var colon: Int?
                while end < bytes.count, bytes[end] != UInt8(ascii: "\r") {
                    if colon == nil, bytes[end] == UInt8(ascii: ":") { colon = end }
                    end += 1
                }
                if let colon {
                    let valueStart = min(colon + 2, end)
                    lines.append(
                        FieldLine(
                            String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<colon]), as: UTF8.self),
                            String(decoding: UnsafeBufferPointer(rebasing: bytes[valueStart..<end]), as: UTF8.self)))
                }
                start = end + 2
            }
        }
        self.init(lines)
    }
}
