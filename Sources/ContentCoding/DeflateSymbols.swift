/// The symbols for the lengths and the distances of matches (RFC 1951, section 3.2.5).
///
/// A symbol stands for a range whose width is a power of two, and extra bits that follow it tell the place within. Lengths begin at 3 and
/// distances at 1; less these, a number's symbol is told by its highest bits, and the extra bits are what is below them.
enum DeflateSymbols {
    static let endOfBlock = 256
    /// The alphabet of literals, the end of a block, and lengths.
    static let literalsAndLengths = 286
    static let distances = 30
    /// The longest match.
    static let maximumLength = 258

    /// - Parameter length: 3 to 258.
    @inline(__always)
    static func symbol(forLength length: Int) -> Int {
        let offset = length &- 3
        if offset < 4 { return 257 &+ offset }
        // The longest has a symbol of its own, so that a long run costs no more bits than it must.
        if offset == 255 { return 285 }
        let extra = Int.bitWidth &- 3 &- offset.leadingZeroBitCount
        return 261 &+ extra &* 4 &+ (offset &>> extra & 3)
    }

    /// - Parameter distance: 1 to 32,768.
    @inline(__always)
    static func symbol(forDistance distance: Int) -> Int {
        let offset = distance &- 1
        if offset < 2 { return offset }
        let extra = Int.bitWidth &- 2 &- offset.leadingZeroBitCount
        return 2 &+ extra &* 2 &+ (offset &>> extra & 1)
    }

    static func extraBits(ofLengthSymbol symbol: Int) -> Int {
        symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >> 2
    }

    @inline(__always)
    static func extraBits(ofDistanceSymbol symbol: Int) -> Int {
        symbol < 4 ? 0 : symbol &>> 1 &- 1
    }
}
