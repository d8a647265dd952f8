import CZlib

/// A zlib stream in memory of its own: zlib keeps a pointer back to the stream, so it must never move.
///
/// This is a bare handle. Whoever holds it is its only user until it is released or parked.
///
/// Unchecked because a handle has one owner at a time, a `Deflater` or `Inflater`, which cannot be copied and uses it in mutations alone,
/// or the pool behind its mutex, and zlib ties no state to a thread.
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
    private func deflate(_ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>, end: Bool) -> Step {
        let last = source.count <= Self.maximumStep
        return step(source, target) { CZlib.deflate($0, end && last ? Z_FINISH : Z_NO_FLUSH) }
    }

    /// All of `chunks`, `count` bytes together, as one complete stream, in one buffer that zlib's bound makes large enough.
    func deflateAll(_ chunks: [[UInt8]], count total: Int) throws(CodingError) -> [UInt8] {
        let bound = Int(deflateBound(pointer, UInt(total)))
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            for chunk in chunks {
                count += chunk.withUnsafeBufferPointer {
                    deflate($0, into: UnsafeMutableBufferPointer(rebasing: target[count...]), end: false).produced
                }
            }
            let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            let last = deflate(nothing, into: UnsafeMutableBufferPointer(rebasing: target[count...]), end: true)
            count += last.produced
            status = last.status
        }
        guard status == Z_STREAM_END else { throw .corrupt(message) }
        return output.withoutSlack(of: bound)
    }

    /// Takes all of `bytes` in, with `end` also ends the stream, and appends what is ready to `output`.
    func deflate(_ bytes: [UInt8], end: Bool, to output: inout [UInt8]) throws(CodingError) {
        var offset = 0
        let room = max(1 << 12, min(bytes.count, 1 << 15))
        while true {
            var step = Step(status: Z_OK, consumed: 0, produced: 0)
            let part = [UInt8](unsafeUninitializedCapacity: room) { target, count in
                step = bytes.withUnsafeBufferPointer {
                    deflate(UnsafeBufferPointer(rebasing: $0[offset...]), into: target, end: end)
                }
                count = step.produced
            }
            offset += step.consumed
            if output.isEmpty { output = part.withoutSlack(of: room) } else { output += part }
            switch step.status {
            case Z_STREAM_END: return
            case Z_OK, Z_BUF_ERROR:
                // Room left over means that zlib has taken all input and has nothing more to give for now.
                if !end && step.produced < room && offset == bytes.count { return }
            default: throw .corrupt(message)
            }
        }
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
