/// What the Range field of a request asks for, in bytes (RFC 9110 sections 14.1 and 14.2).
package struct RangeRequest: Hashable, Sendable {
    /// One range as the client wrote it.
    package enum Specifier: Hashable, Sendable {
        /// `first-last`; the last may lie beyond the end of the representation.
        case bounded(ByteRange)
        /// `first-`: from that position to the end.
        case from(Int64)
        /// `-length`: that many bytes at the end; 0 is valid and never satisfiable.
        case suffix(Int64)
    }

    /// What a request comes to for a representation of a known length.
    package enum Resolution: Hashable, Sendable {
        /// These bytes: never empty, none overlapping or adjoining another, in the order of the request (section 15.3.7.2).
        case ranges([ByteRange])
        /// The representation as a whole: it is empty and its end was asked for, which no Content-Range can name.
        case whole
        /// None of the ranges has a byte in the representation (section 15.5.17).
        case unsatisfiable
    }

    /// How many ranges a request may have before it is ignored (sections 14.2 and 17.15).
    package static let maximumCount = 16
    /// How many ranges may overlap others before the request is ignored (section 14.2: "more than two overlapping ranges").
    package static let maximumOverlapping = 2

    /// The ranges in the order of the request; never empty.
    package let specifiers: [Specifier]

    /// Reads the Range field. Nil means that it is to be ignored: there is none, it is malformed, or it asks for too much.
    package init?(_ fields: FieldSection) {
        guard let value = fields.combined(.range) else { return nil }
        self.init(value)
    }

    /// Reads `bytes=0-99, 200-, -5`. Nil means that the field is to be ignored (section 14.2): another unit than bytes, broken
    /// syntax, a last position before the first, more than `maximumCount` ranges, or more than `maximumOverlapping` of them
    /// overlapping.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), Grammar.lowercased(text[..<equals]) == "bytes" else {
            return nil
        }
        var specifiers: [Specifier] = []
        for element in Grammar.listElements(String(text[bytes.index(after: equals)...])) {
            guard specifiers.count < Self.maximumCount, let specifier = Self.specifier(element) else { return nil }
            specifiers.append(specifier)
        }
        guard !specifiers.isEmpty, Self.overlapping(specifiers) <= Self.maximumOverlapping else { return nil }
        self.specifiers = specifiers
    }

    /// The ranges of a representation of that length: clamped to its end, without those that have no byte in it, those that
    /// overlap or adjoin made one where the first of them stood (sections 14.1.2 and 15.3.7.2).
    ///
    /// - Parameter length: of the representation in bytes; a negative one counts as 0.
    package func resolve(length: Int64) -> Resolution {
        var ranges: [ByteRange] = []
        var asksForTheEnd = false
        for specifier in specifiers {
            if case .suffix(let count) = specifier, count > 0 { asksForTheEnd = true }
            guard var range = Self.range(specifier, length: length) else { continue }
            var place = ranges.count
            // The ranges so far are apart from each other, so one pass finds all that the new one joins.
            for index in ranges.indices.reversed() {
                guard let union = ranges[index].union(range) else { continue }
                range = union
                ranges.remove(at: index)
                place = index
            }
            ranges.insert(range, at: place)
        }
        if !ranges.isEmpty { return .ranges(ranges) }
        return asksForTheEnd && length <= 0 ? .whole : .unsatisfiable
    }

    /// `int-range` or `suffix-range` (section 14.1.1). A position too great for a number of 64 bits lies beyond every end, and
    /// so does the one that is taken for it.
    private static func specifier(_ text: Substring) -> Specifier? {
        guard let hyphen = text.utf8.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let before = text[..<hyphen]
        let after = text[text.utf8.index(after: hyphen)...]
        let limit = ByteRange.maximumPosition
        if before.isEmpty { return Grammar.decimal(after, saturatingAt: limit).map(Specifier.suffix) }
        guard let first = Grammar.decimal(before, saturatingAt: limit) else { return nil }
        if after.isEmpty { return .from(first) }
        guard let last = Grammar.decimal(after, saturatingAt: limit) else { return nil }
        return ByteRange(first: first, last: last).map(Specifier.bounded)
    }

    private static func range(_ specifier: Specifier, length: Int64) -> ByteRange? {
        guard let whole = ByteRange(length: length) else { return nil }
        switch specifier {
        case .bounded(let range): return range.intersection(whole)
        case .from(let first): return ByteRange(first: first, last: whole.last)
        case .suffix(let count): return ByteRange(first: max(0, length - count), last: whole.last)
        }
    }

    /// How many of the ranges overlap another one whatever the length of the representation is.
    private static func overlapping(_ specifiers: [Specifier]) -> Int {
        specifiers.indices.count { index in
            specifiers.indices.contains { $0 != index && overlap(specifiers[index], specifiers[$0]) }
        }
    }

    private static func overlap(_ left: Specifier, _ right: Specifier) -> Bool {
        switch (left, right) {
        case (.bounded(let left), .bounded(let right)): left.overlaps(right)
        case (.bounded(let range), .from(let first)), (.from(let first), .bounded(let range)): first <= range.last
        // What is bounded may end before the bytes at the end begin.
        case (.bounded, .suffix), (.suffix, .bounded): false
        default: true
        }
    }
}
