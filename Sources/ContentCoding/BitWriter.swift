/// Writes bits into memory, the lowest ones first (RFC 1951, section 3.1.1).
///
/// After a flush up to seven bits wait. Whoever writes flushes before there are more than 63, and gives memory with room for eight bytes
/// beyond what is written: a flush always stores eight.
struct BitWriter {
    /// Bits that do not fill a byte, for a stream that goes on in other memory.
    struct PendingBits {
        fileprivate var bits: UInt64 = 0
        fileprivate var count: UInt64 = 0
    }

    private(set) var next: UnsafeMutablePointer<UInt8>
    private var bits: UInt64
    private var count: UInt64

    init(at start: UnsafeMutablePointer<UInt8>, after pending: PendingBits) {
        next = start
        (bits, count) = (pending.bits, pending.count)
    }

    /// What waits after a flush.
    var pending: PendingBits { PendingBits(bits: bits, count: count) }

    /// Takes the `length` lowest bits of `value`, whose others are zero.
    @inline(__always)
    mutating func add(_ value: UInt64, _ length: UInt64) {
        assert(count &+ length < 64)
        bits |= value &<< count
        count &+= length
    }

    @inline(__always)
    mutating func add(_ codeword: HuffmanCode.Codeword) {
        add(codeword.bits, codeword.length)
    }

    /// Stores all whole bytes.
    @inline(__always)
    mutating func flush() {
        UnsafeMutableRawPointer(next).storeBytes(of: bits.littleEndian, as: UInt64.self)
        next += Int(truncatingIfNeeded: count &>> 3)
        bits &>>= count & ~7
        count &= 7
    }

    /// Fills the last byte with zeros and stores it.
    mutating func align() {
        count = (count + 7) & ~7
        flush()
    }

    /// Copies whole bytes. Only where no bits wait.
    mutating func copy(_ source: UnsafePointer<UInt8>, count: Int) {
        next.update(from: source, count: count)
        next += count
    }
}
