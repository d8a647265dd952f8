/// Which bytes a message carries, or how many there would have been (`Content-Range`, RFC 9110 section 14.4).
package struct ContentRange: Hashable, Sendable {
    /// The bytes that the message carries; nil where the field says `*`, as in a 416.
    package let range: ByteRange?
    /// The length of the whole representation in bytes; nil where the field says `*`. At least one of the two is there.
    package let completeLength: Int64?

    /// `bytes 0-99/200`, or `bytes 0-99/*` where the length is nil. Nil where the range doesn't lie within the length.
    package init?(range: ByteRange, completeLength: Int64?) {
        if let completeLength, completeLength <= range.last { return nil }
        self.range = range
        self.completeLength = completeLength
    }

    /// `bytes */200`: the range that was asked for could not be satisfied (section 15.5.17). Nil where the length is negative.
    package init?(unsatisfiedLength: Int64) {
        guard unsatisfiedLength >= 0 else { return nil }
        self.range = nil
        self.completeLength = unsatisfiedLength
    }

    /// Reads the field of a message; nil where there is none, more than one, or an invalid one.
    package init?(_ fields: FieldSection) {
        guard let value = fields.combined(.contentRange) else { return nil }
        self.init(value)
    }

    /// Reads `bytes 0-99/200`, `bytes 0-99/*` or `bytes */200`.
    ///
    /// Nil where the field is invalid, which a recipient must not make use of: another unit, a last position before the first, a
    /// complete length that is not greater than the last position, numbers that exceed 64 bits.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), Grammar.lowercased(text[..<space]) == "bytes" else { return nil }
        let rest = text[bytes.index(after: space)...]
        guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let positions = rest[..<slash]
        let lengthText = rest[rest.utf8.index(after: slash)...]
        let length = Grammar.decimal(lengthText)
        guard length != nil || lengthText == "*" else { return nil }
        if positions == "*" {
            guard let length else { return nil }
            self.init(unsatisfiedLength: length)
            return
        }
        guard let hyphen = positions.utf8.firstIndex(of: UInt8(ascii: "-")), let first = Grammar.decimal(positions[..<hyphen]),
            let last = Grammar.decimal(positions[positions.utf8.index(after: hyphen)...]),
            let range = ByteRange(first: first, last: last)
        else { return nil }
        self.init(range: range, completeLength: length)
    }

    /// The field's value.
    package var text: String {
        "bytes \(range?.text ?? "*")/\(completeLength.map { String($0) } ?? "*")"
    }
}
