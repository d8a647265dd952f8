package import HTTPSemantics

/// Which bytes of a representation are held (RFC 9111 sections 3.3 and 3.4). Its content is kept as the held bytes in order, one
/// behind the other, with nothing for the gaps.
package struct HeldRanges: Hashable, Sendable {
    /// How many ranges are held of one representation at most.
    package static let maximumCount = 64

    /// The length of the whole representation in bytes; at least 1.
    package let completeLength: Int64
    /// What is held, by position: none overlaps or adjoins another, none reaches beyond the end. May be empty.
    package private(set) var ranges: [ByteRange]

    /// Nothing yet of a representation of that length. Nil where the length is not positive.
    package init?(completeLength: Int64) {
        guard completeLength > 0 else { return nil }
        self.completeLength = completeLength
        self.ranges = []
    }

    /// One range. Nil where it doesn't lie within the length.
    package init?(_ range: ByteRange, completeLength: Int64) {
        self.init(completeLength: completeLength)
        guard insert(range) else { return nil }
    }

    // MARK: - Text

    /// `0-99,200-299/1000`, the form that the store keeps.
    package var text: String {
        ranges.map(\.text).joined(separator: ",") + "/\(completeLength)"
    }

    /// Reads exactly what `text` writes; nil for anything else, also for the same ranges in another order or spelling.
    package init?(_ text: String) {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
            let length = Grammar.decimal(text[text.utf8.index(after: slash)...])
        else { return nil }
        self.init(completeLength: length)
        let list = text[..<slash]
        // A range and its comma have at most 40 characters; what is longer is not taken apart first.
        guard list.utf8.count <= Self.maximumCount * 40 else { return nil }
        for part in list.isEmpty ? [] : list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let hyphen = part.utf8.firstIndex(of: UInt8(ascii: "-")), let first = Grammar.decimal(part[..<hyphen]),
                let last = Grammar.decimal(part[part.utf8.index(after: hyphen)...]),
                let range = ByteRange(first: first, last: last), insert(range)
            else { return nil }
        }
        guard self.text == text else { return nil }
    }

    // MARK: - What is held

    /// Adds a range, made one with those that it overlaps or adjoins. False where it doesn't lie within the representation or
    /// would be one too many; then nothing has changed.
    package mutating func insert(_ range: ByteRange) -> Bool {
        guard range.last < completeLength else { return false }
        let joined = ranges.filter { $0.union(range) != nil }
        guard ranges.count - joined.count < Self.maximumCount else { return false }
        let union = joined.reduce(range) { $0.union($1) ?? $0 }
        ranges.removeAll { $0.union(range) != nil }
        ranges.insert(union, at: ranges.firstIndex { $0.first > union.first } ?? ranges.count)
        return true
    }

    /// How many bytes are held.
    package var heldLength: Int64 { ranges.reduce(0) { $0 + $1.length } }

    /// Whether the whole representation is held.
    package var isComplete: Bool { heldLength == completeLength }

    /// Whether all bytes of the range are held.
    package func contains(_ range: ByteRange) -> Bool {
        ranges.contains { $0.contains(range) }
    }

    /// Where the byte at that position of the representation lies in the kept content; nil where it is not held.
    package func offset(of position: Int64) -> Int64? {
        var offset: Int64 = 0
        for range in ranges {
            if range.contains(position) { return offset + position - range.first }
            offset += range.length
        }
        return nil
    }

    /// The shortest range that has every missing byte of `wanted`: what one request has to ask for. Nil where nothing of it is
    /// missing.
    ///
    /// - Parameter wanted: nil means the whole representation. What lies beyond its end is not looked at.
    package func missingSpan(in wanted: ByteRange? = nil) -> ByteRange? {
        guard let wanted = wanted ?? ByteRange(length: completeLength) else { return nil }
        let missing = slices(for: wanted).filter { $0.offset == nil }
        guard let first = missing.first, let last = missing.last else { return nil }
        return ByteRange(first: first.range.first, last: last.range.last)
    }
}
