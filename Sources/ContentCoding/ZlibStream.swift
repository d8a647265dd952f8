import CZlib

/// A zlib stream in memory of its own: zlib keeps a pointer back to the stream, so it must never move.
///
/// This is a bare handle. Whoever holds it is its only user until it is released or parked.
///
/// Unchecked because a handle has one owner at a time, a non-copyable `Deflater` or `Inflater`, or the pool behind its mutex, and zlib
/// ties no state to a thread.
struct ZlibStream: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<z_stream>

    /// What one call into zlib did.
    struct Step {
        var status: Int32
        var consumed: Int
        var produced: Int
    }

    /// More than this is handed to zlib in several calls: its counters are 32 bits wide.
    static let maximumStep = 1 << 30

    private init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: z_stream())
    }

    private static let structSize = Int32(MemoryLayout<z_stream>.size)

    /// A stream that deflates, with the largest window and zlib's usual memory (about 256 KiB).
    ///
    /// The gzip header that zlib writes by itself has no name and no time, so equal input gives equal output.
    static func deflating(level: Int, format: ContentCodingFormat) throws(CodingError) -> ZlibStream {
        let stream = ZlibStream()
        let status = deflateInit2_(
            stream.pointer, Int32(level), Z_DEFLATED, format == .gzip ? MAX_WBITS + 16 : MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, structSize)
        guard status == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
        return stream
    }

    /// A stream that inflates (about 40 KiB); `resetInflating` tells it the format.
    static func inflating() throws(CodingError) -> ZlibStream {
        let stream = ZlibStream()
        guard inflateInit2_(stream.pointer, MAX_WBITS, ZLIB_VERSION, structSize) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
        return stream
    }

    func releaseDeflating() {
        deflateEnd(pointer)
        deallocate()
    }

    func releaseInflating() {
        inflateEnd(pointer)
        deallocate()
    }

    private func deallocate() {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }

    func resetDeflating(level: Int) {
        deflateReset(pointer)
        // Right after a reset this changes parameters only; there is nothing to flush, so it needs no room for output.
        deflateParams(pointer, Int32(level), Z_DEFAULT_STRATEGY)
    }

    func resetInflating(windowBits: Int32) {
        inflateReset2(pointer, windowBits)
    }

    /// Deflates from `source` to `target` until one of them is used up; `end` says that no input follows.
    func deflate(_ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>, end: Bool) -> Step {
        let last = source.count <= Self.maximumStep
        return step(source, target) { CZlib.deflate($0, end && last ? Z_FINISH : Z_NO_FLUSH) }
    }

    /// Inflates from `source` to `target` until one of them is used up or the data's end is reached.
    func inflate(_ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>) -> Step {
        step(source, target) { CZlib.inflate($0, Z_NO_FLUSH) }
    }

    private func step(
        _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>,
        _ call: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> Step {
        let available = min(source.count, Self.maximumStep)
        let room = min(target.count, Self.maximumStep)
        // zlib does not write through next_in; the field lacks `const` only where ZLIB_CONST is not defined.
        pointer.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        pointer.pointee.avail_in = UInt32(available)
        pointer.pointee.next_out = target.baseAddress
        pointer.pointee.avail_out = UInt32(room)
        let status = call(pointer)
        let step = Step(
            status: status, consumed: available - Int(pointer.pointee.avail_in), produced: room - Int(pointer.pointee.avail_out))
        pointer.pointee.next_in = nil
        pointer.pointee.avail_in = 0
        pointer.pointee.next_out = nil
        pointer.pointee.avail_out = 0
        return step
    }

    /// What zlib says about the last failure.
    var message: String {
        pointer.pointee.msg.map { String(cString: $0) } ?? "invalid data"
    }
}
