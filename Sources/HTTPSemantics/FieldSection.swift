/// One field line as it stood in a message (RFC 9110 section 5).
package struct FieldLine: Hashable, Sendable {
    /// The field name in the sender's spelling; compared without regard to case.
    package let name: String
    /// The field value without surrounding white space.
    package var value: String
    /// Which of the names that rules ask for it is; nil: another.
    package let known: FieldName?

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
        known = FieldName(name)
    }

    /// A line with a name in the spelling of its standard.
    package init(_ name: FieldName, _ value: String) {
        self.name = name.spelling
        self.value = value
        known = name
    }

    /// Reads name and value from UTF-8.
    init(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        (known, self.name) = FieldName.read(name)
        self.value = String(decoding: value, as: UTF8.self)
    }

    /// Whether this line's name is `name`, without regard to the case of ASCII letters.
    package func isNamed(_ name: String) -> Bool {
        FieldSection.equalNames(self.name, name)
    }

    /// Whether this line's name is that one.
    @inlinable package func isNamed(_ name: FieldName) -> Bool {
        known == name
    }

    /// Whether this line's name is one of those.
    @inlinable package func isNamed(oneOf names: FieldNameSet) -> Bool {
        if let known { names.contains(known) } else { false }
    }

    package static func == (left: FieldLine, right: FieldLine) -> Bool {
        left.known == right.known && left.name == right.name && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value)
    }
}

/// The field lines of a message in the order and spelling in which they came (RFC 9110 section 5.2: order matters among lines
/// of one name).
///
/// Look-ups walk the lines: sections are short, and order and repetition must survive for exact exports. That a known name is not
/// there is known without.
package struct FieldSection: Hashable, Sendable {
    package private(set) var lines: [FieldLine]
    /// The known names that the lines have.
    package private(set) var names: FieldNameSet

    package init(_ lines: [FieldLine] = []) {
        self.lines = lines
        names = .none
        for index in lines.indices { note(lines[index].known) }
    }

    package var isEmpty: Bool { lines.isEmpty }
    package var count: Int { lines.count }

    /// The value of the first line of that name; nil where there is none.
    package func first(_ name: FieldName) -> String? {
        guard names.contains(name) else { return nil }
        for index in lines.indices where lines[index].known == name { return lines[index].value }
        return nil
    }

    /// The values of all lines of that name, in order.
    package func values(_ name: FieldName) -> [String] {
        guard names.contains(name) else { return [] }
        return lines.compactMap { $0.known == name ? $0.value : nil }
    }

    /// All lines of that name as one value, joined by ", " (RFC 9110 section 5.3); nil where there is none.
    package func combined(_ name: FieldName) -> String? {
        guard names.contains(name) else { return nil }
        var result: String?
        for index in lines.indices where lines[index].known == name {
            if let before = result { result = before + ", " + lines[index].value } else { result = lines[index].value }
        }
        return result
    }

    @inlinable package func contains(_ name: FieldName) -> Bool {
        names.contains(name)
    }

    /// Whether there is a line of one of these names.
    @inlinable package func contains(oneOf names: FieldNameSet) -> Bool {
        !self.names.isDisjoint(with: names)
    }

    package mutating func reserveCapacity(_ count: Int) {
        lines.reserveCapacity(count)
    }

    package mutating func append(_ name: String, _ value: String) {
        append(FieldLine(name, value))
    }

    package mutating func append(_ name: FieldName, _ value: String) {
        append(FieldLine(name, value))
    }

    package mutating func append(_ line: FieldLine) {
        note(line.known)
        lines.append(line)
    }

    /// Puts one line in the place of all lines of that name: where the first of them stood, or at the end.
    package mutating func set(_ name: FieldName, _ value: String) {
        set(FieldLine(name, value))
    }

    package mutating func remove(_ name: FieldName) {
        guard names.contains(name) else { return }
        removeAll { $0.known == name }
    }

    package mutating func remove(_ names: FieldNameSet) {
        guard contains(oneOf: names) else { return }
        removeAll { $0.isNamed(oneOf: names) }
    }

    package mutating func removeAll(where matches: (FieldLine) -> Bool) {
        self = filtered { !matches($0) }
    }

    /// The lines of which that is true.
    func filtered(_ isKept: (FieldLine) -> Bool) -> FieldSection {
        var result = FieldSection()
        result.reserveCapacity(count)
        for index in lines.indices where isKept(lines[index]) { result.append(lines[index]) }
        return result
    }

    private mutating func note(_ name: FieldName?) {
        if let name { names.insert(name) }
    }

    private mutating func set(_ line: FieldLine) {
        guard let first = lines.firstIndex(where: { $0.hasName(of: line) }) else { return append(line) }
        lines[first].value = line.value
        for index in lines.indices.reversed() where index > first && lines[index].hasName(of: line) { lines.remove(at: index) }
    }

    package static func == (left: FieldSection, right: FieldSection) -> Bool {
        left.names == right.names && left.lines == right.lines
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(lines)
    }
}

// MARK: - Names as text

/// The same by the text of a name: where it is a known one, asking costs no more than finding that out.
extension FieldSection {
    package func first(_ name: String) -> String? {
        if let known = FieldName(name) { return first(known) }
        for index in lines.indices where lines[index].isOther(name) { return lines[index].value }
        return nil
    }

    package func values(_ name: String) -> [String] {
        if let known = FieldName(name) { return values(known) }
        return lines.compactMap { $0.isOther(name) ? $0.value : nil }
    }

    package func combined(_ name: String) -> String? {
        if let known = FieldName(name) { return combined(known) }
        let values = values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The same of the lines that have the name of that one.
    package func combined(nameOf line: FieldLine) -> String? {
        if let known = line.known { combined(known) } else { combined(line.name) }
    }

    package func contains(_ name: String) -> Bool {
        if let known = FieldName(name) { return contains(known) }
        return lines.contains { $0.isOther(name) }
    }

    package mutating func set(_ name: String, _ value: String) {
        set(FieldLine(name, value))
    }

    package mutating func remove(_ name: String) {
        if let known = FieldName(name) { remove(known) } else { removeAll { $0.isOther(name) } }
    }

    /// Whether two field names are the same: ASCII letters without regard to case (RFC 9110 section 5.1).
    package static func equalNames(_ left: String, _ right: String) -> Bool {
        Grammar.equalIgnoringCase(left, right)
    }
}

extension FieldLine {
    /// Whether both have the same name.
    fileprivate func hasName(of other: FieldLine) -> Bool {
        known == other.known && (known != nil || FieldSection.equalNames(name, other.name))
    }

    /// Whether its name is that one, which is no known one.
    fileprivate func isOther(_ name: String) -> Bool {
        known == nil && FieldSection.equalNames(self.name, name)
    }
}

extension FieldSection: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { FieldLine($0.0, $0.1) })
    }
}
