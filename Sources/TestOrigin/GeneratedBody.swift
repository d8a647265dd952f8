import NIOCore

/// Content of any size that both ends can compute: a block of noise, repeated. It does not compress well within one window
/// of deflate, and its odd period shows a piece that is lost or repeated.
package enum GeneratedBody {
    /// The length of the block in bytes.
    package static let period = 65_521

    private static let block: [UInt8] = {
        var random = SplitMix64(seed: 0x1A2D_E200)
        return (0..<period).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()

    /// The block twice, so that a piece of up to `period` bytes from any place in it is one slice.
    static let twice = ByteBuffer(bytes: block + block)

    /// The bytes from `offset` on; what a client compares with what it got.
    package static func bytes(from offset: Int64, count: Int) -> [UInt8] {
        let start = Int(offset % Int64(period))
        return (start..<start + count).map { block[$0 % period] }
    }
}
