/// The symbols for the lengths and the distances of copies (RFC 1951, section 3.2.5).
///
/// A symbol stands for a range whose width is a power of two, and bits that follow it tell the place within. Lengths count from 3, the
/// shortest there is, and distances from 1; less these, a number's symbol is told by its highest bits, and the place is what is
/// below them.
enum DeflateSymbols {
    static let endOfBlock = 256
    /// How many literals and lengths there are.
    static let literals = 286
    static let distances = 30

    /// - Parameter rest: the length less 3, from 0 to 255.
    @inline(__always)
    static func length(_ rest: Int) -> Int {
        if rest < 4 { return 257 &+ rest }
        // The longest has a symbol of its own, so that a long run costs no more bits than it must.
        if rest == 255 { return 285 }
        let extra = Int.bitWidth &- 3 &- rest.leadingZeroBitCount
        return 261 &+ extra &* 4 &+ (rest &>> extra & 3)
    }

    /// - Parameter rest: the distance less 1, from 0 to 32,767.
    @inline(__always)
    static func distance(_ rest: Int) -> Int {
        if rest < 2 { return rest }
        let extra = Int.bitWidth &- 2 &- rest.leadingZeroBitCount
        return 2 &+ extra &* 2 &+ (rest &>> extra & 1)
    }

    /// How many bits follow the symbol of a length.
    static func extraBits(length symbol: Int) -> Int {
        symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >> 2
    }

    /// How many bits follow the symbol of a distance.
    @inline(__always)
    static func extraBits(distance symbol: Int) -> Int {
        symbol < 4 ? 0 : symbol &>> 1 &- 1
    }
}
