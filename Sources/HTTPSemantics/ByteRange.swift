/// Bytes of a representation from one position to another, both included; the first byte has position 0 (RFC 9110
/// section 14.1.2).
package struct ByteRange: Hashable, Sendable {
    /// The position of the first byte; never negative.
    package let first: Int64
    /// The position of the last byte; never less than `first`, never more than `maximumPosition`.
    package let last: Int64

    /// The greatest position: one less than `Int64.max`, so that no length and no position after the last one overflows.
    package static let maximumPosition = Int64.max - 1

    /// Nil where the positions make no range: `first` negative, `last` less than `first` or beyond `maximumPosition`.
    package init?(first: Int64, last: Int64) {
        guard first >= 0, last >= first, last <= Self.maximumPosition else { return nil }
        self.first = first
        self.last = last
    }

    /// All bytes of a representation of that length; nil where it has none.
    package init?(length: Int64) {
        guard length > 0 else { return nil }
        self.init(first: 0, last: length - 1)
    }

    /// How many bytes these are; at least 1.
    package var length: Int64 { last - first + 1 }

    /// `first-last`, as it stands in fields.
    package var text: String { "\(first)-\(last)" }

    /// Whether the byte at that position is among these.
    package func contains(_ position: Int64) -> Bool {
        first <= position && position <= last
    }

    /// Whether all bytes of the other range are among these.
    package func contains(_ other: ByteRange) -> Bool {
        first <= other.first && other.last <= last
    }

    /// Whether the two have a byte in common.
    package func overlaps(_ other: ByteRange) -> Bool {
        first <= other.last && other.first <= last
    }

    /// The bytes that both have; nil where there are none.
    package func intersection(_ other: ByteRange) -> ByteRange? {
        ByteRange(first: max(first, other.first), last: min(last, other.last))
    }

    /// Both as one range; nil where they neither overlap nor adjoin.
    package func union(_ other: ByteRange) -> ByteRange? {
        guard first <= other.last + 1, other.first <= last + 1 else { return nil }
        return ByteRange(first: min(first, other.first), last: max(last, other.last))
    }
}
