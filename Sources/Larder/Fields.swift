import HTTPSemantics

/// The field lines of a request or a response, in order; names are compared without regard to case (RFC 9110 section 5).
public struct Fields: Hashable, Sendable {
    /// One field line.
    public struct Line: Hashable, Sendable {
        /// The name in the spelling in which it was sent.
        public let name: String
        /// The value without white space around it.
        public let value: String
    }

    var section: FieldSection

    init(_ section: FieldSection) {
        self.section = section
    }

    /// No field at all.
    public init() {
        section = [:]
    }

    /// How many lines there are; a name may have several.
    public var count: Int { section.count }

    /// Whether there is no line.
    public var isEmpty: Bool { section.isEmpty }

    /// The value of a field: of several lines all values, joined by `, ` (RFC 9110 section 5.3); nil where there is none.
    ///
    /// Setting puts one line in the place of all lines of the name; nil removes them.
    public subscript(name: String) -> String? {
        get { section.combined(name) }
        set {
            if let newValue { section.set(name, newValue) } else { section.remove(name) }
        }
    }

    /// The values of all lines of a name, in order; for fields such as `Set-Cookie` that cannot be joined.
    public func values(_ name: String) -> [String] {
        section.values(name)
    }

    /// Adds a line at the end.
    public mutating func append(_ name: String, _ value: String) {
        section.append(name, value)
    }
}

extension Fields: Sequence {
    /// The lines in order.
    public func makeIterator() -> some IteratorProtocol<Line> {
        section.lines.lazy.map { Line(name: $0.name, value: $0.value) }.makeIterator()
    }
}

extension Fields: ExpressibleByDictionaryLiteral {
    /// Lines in the order in which they are written.
    public init(dictionaryLiteral elements: (String, String)...) {
        section = FieldSection(elements.map { FieldLine($0.0, $0.1) })
    }
}
