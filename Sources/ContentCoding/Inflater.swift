import CZlib

/// Decompresses one content coding as a stream, in chunks of a bounded size that the caller pulls.
///
/// ```
/// inflater.append(bytes)
/// while let chunk = try inflater.next() { ... }   // until it asks for more input
/// ...                                             // and so on for each piece of input
/// try inflater.finish()                           // proves that nothing is missing
/// ```
///
/// Any bytes are safe input: memory is bounded by one chunk and what was appended, time by input and output. What is read:
/// - gzip: one member or several, one after the other (RFC 1952 section 2.2). Bytes after a member that do not begin another
///   one are passed over, as browsers do: some servers pad.
/// - `deflate`: the zlib format, or bare deflated data, told apart by the first two bytes. What follows the end is passed over.
/// - No byte at all is empty content: some servers name a coding on a response without content.
///
/// Checksums and lengths in the trailers are verified. A preset dictionary (RFC 1950 section 2.2) is refused. The value cannot be copied,
/// so it is the only owner of its stream.
package struct Inflater: ~Copyable, Sendable {
    /// The size in bytes that no chunk of the output exceeds.
    package static let maximumChunkBytes = 1 << 16

    private enum State {
        /// The format is to be set, when enough bytes are here to tell it. To: inflating.
        case start
        /// To: betweenMembers, ended, failed.
        case inflating
        /// A gzip member is complete; another one may follow. To: inflating, ended.
        case betweenMembers
        /// All is read; further input is passed over.
        case ended
        case failed(CodingError)
    }

    private let stream: ZlibStream
    private let format: ContentCodingFormat
    private let maximumOutput: Int64?
    private var state: State
    private var input: [UInt8]
    /// How much of `input` is used up.
    private var offset: Int
    /// The last chunk was filled to its end, so zlib may have more to give without input.
    private var mayHoldOutput: Bool

    /// Bytes given out so far.
    package private(set) var outputBytes: Int64

    /// - Parameters:
    ///   - format: the coding to undo.
    ///   - maximumOutput: the ceiling in bytes of the decompressed content; nil means none. Content of exactly this size passes.
    /// - Throws: `outOfMemory`.
    package init(format: ContentCodingFormat, maximumOutput: Int64?) throws(CodingError) {
        // What throws stands first: a value that cannot be copied must not be left half made.
        let stream = try StreamPool.shared.takeInflating()
        self.stream = stream
        self.format = format
        self.maximumOutput = maximumOutput.map { max(0, $0) }
        state = .start
        input = []
        offset = 0
        mayHoldOutput = false
        outputBytes = 0
    }

    deinit {
        StreamPool.shared.giveBackInflating(stream)
    }

    /// Adds input. Memory stays small where `next()` is called until nil between two pieces.
    package mutating func append(_ bytes: [UInt8]) {
        if offset == input.count {
            input = bytes
        } else {
            input.removeFirst(offset)
            input += bytes
        }
        offset = 0
    }

    /// The next chunk of the output, of 1 to `maximumChunkBytes` bytes; nil where more input is needed or the end is reached.
    ///
    /// - Throws: `corrupt`, `outputLimit`; then again the same error at each call.
    package mutating func next() throws(CodingError) -> [UInt8]? {
        while true {
            switch state {
            case .failed(let error): throw error
            case .start:
                guard chooseFormat() else { return nil }
            case .betweenMembers:
                guard beginNextMember() else { return nil }
            case .inflating:
                guard offset < input.count || mayHoldOutput else { return nil }
                if let chunk = try inflateChunk() { return chunk }
            case .ended:
                dropInput()
                return nil
            }
        }
    }

    /// Says that no input follows, after `next()` has returned nil.
    ///
    /// - Throws: `truncated` where the coding's end mark has not come, or the error of an earlier call.
    package func finish() throws(CodingError) {
        switch state {
        case .failed(let error): throw error
        case .start where input.count == offset: return
        case .start, .inflating: throw .truncated
        case .betweenMembers, .ended: return
        }
    }

    // MARK: - Steps

    /// Sets zlib up for what the first bytes announce; false where they have not come yet.
    private mutating func chooseFormat() -> Bool {
        let windowBits: Int32
        switch format {
        case .gzip:
            guard offset < input.count else { return false }
            windowBits = MAX_WBITS + 16
        case .zlib:
            guard input.count - offset >= 2 else { return false }
            windowBits = Self.isZlibHeader(input[offset], input[offset + 1]) ? MAX_WBITS : -MAX_WBITS
        }
        stream.resetInflating(windowBits: windowBits)
        state = .inflating
        return true
    }

    /// Whether two bytes are a zlib header (RFC 1950 section 2.2): method 8, a window of at most 32 KiB, check bits that fit.
    private static func isZlibHeader(_ method: UInt8, _ flags: UInt8) -> Bool {
        method & 0x0F == 8 && method >> 4 <= 7 && (UInt16(method) << 8 | UInt16(flags)) % 31 == 0
    }

    /// Looks for the three bytes that begin a gzip member (RFC 1952 section 2.3.1); false where too few have come.
    private mutating func beginNextMember() -> Bool {
        let begin: [UInt8] = [0x1F, 0x8B, 0x08]
        let present = input[offset...].prefix(begin.count)
        guard present.elementsEqual(begin.prefix(present.count)) else {
            state = .ended
            return true
        }
        guard present.count == begin.count else { return false }
        stream.resetInflating(windowBits: MAX_WBITS + 16)
        state = .inflating
        return true
    }

    /// One call to zlib; nil where it gave no output.
    private mutating func inflateChunk() throws(CodingError) -> [UInt8]? {
        // One byte above the ceiling is asked for, so that content of exactly the ceiling is told from more.
        let allowance = maximumOutput.map { $0 - outputBytes } ?? .max
        let room = allowance < Int64(Self.maximumChunkBytes) ? Int(allowance) + 1 : Self.maximumChunkBytes
        var step = ZlibStream.Step(status: Z_OK, consumed: 0, produced: 0)
        let chunk = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            step = input.withUnsafeBufferPointer {
                stream.inflate(UnsafeBufferPointer(rebasing: $0[offset...]), into: target)
            }
            count = step.produced
        }
        offset += step.consumed
        mayHoldOutput = step.produced == room

        if Int64(step.produced) > allowance, let maximumOutput {
            throw fail(.outputLimit(maximumOutput))
        }
        switch step.status {
        case Z_OK, Z_BUF_ERROR:
            break
        case Z_STREAM_END:
            mayHoldOutput = false
            state = format == .gzip ? .betweenMembers : .ended
        case Z_NEED_DICT:
            throw fail(.corrupt("a preset dictionary is needed"))
        case Z_MEM_ERROR:
            throw fail(.outOfMemory)
        default:
            throw fail(.corrupt(stream.message))
        }
        if offset == input.count { dropInput() }
        outputBytes += Int64(step.produced)
        return step.produced == 0 ? nil : chunk.withoutSlack(of: room)
    }

    private mutating func fail(_ error: CodingError) -> CodingError {
        state = .failed(error)
        dropInput()
        return error
    }

    private mutating func dropInput() {
        input = []
        offset = 0
    }
}
