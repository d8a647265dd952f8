package import HTTPSemantics

extension HeldRanges {
    /// A piece of a range that is held as a whole or missing as a whole.
    package struct Slice: Hashable, Sendable {
        package let range: ByteRange
        /// Where its first byte lies in the kept content; nil where the piece is missing.
        package let offset: Int64?
    }

    /// The range as pieces in order, held ones and missing ones by turns, without a gap between them. What lies beyond the end of
    /// the representation is left out.
    package func slices(for wanted: ByteRange) -> [Slice] {
        var slices: [Slice] = []
        var position = wanted.first
        let end = min(wanted.last, completeLength - 1)
        var offset: Int64 = 0
        for range in ranges {
            if let piece = range.intersection(wanted) {
                if let gap = ByteRange(first: position, last: piece.first - 1) { slices.append(Slice(range: gap, offset: nil)) }
                slices.append(Slice(range: piece, offset: offset + piece.first - range.first))
                position = piece.last + 1
            }
            offset += range.length
        }
        if let gap = ByteRange(first: position, last: end) { slices.append(Slice(range: gap, offset: nil)) }
        return slices
    }

    /// Where a piece of content comes from that is put together anew.
    package enum Piece: Hashable, Sendable {
        /// From the content kept so far: so many bytes from that offset on.
        case kept(offset: Int64, length: Int64)
        /// From the range that was received: so many bytes from that offset in it on.
        case received(offset: Int64, length: Int64)
    }

    /// What is held once `received` has been added, and how its content is put together from the kept content and the received
    /// bytes, piece after piece. Kept bytes are not replaced: under one strong validator both are the same.
    ///
    /// Nil where `insert` would refuse the range.
    package func adding(_ received: ByteRange) -> (held: HeldRanges, content: [Piece])? {
        var held = self
        guard held.insert(received) else { return nil }
        var pieces: [Piece] = []
        for range in held.ranges {
            for slice in slices(for: range) {
                if let offset = slice.offset {
                    pieces.append(.kept(offset: offset, length: slice.range.length))
                } else {
                    pieces.append(.received(offset: slice.range.first - received.first, length: slice.range.length))
                }
            }
        }
        return (held, pieces)
    }
}
