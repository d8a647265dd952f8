/// Compresses content as a stream (RFC 1950 to 1952), deterministically: equal input in any chunks, at one level, gives equal
/// output, and a gzip header carries no time.
///
/// Level 1 is a way of our own, faster than zlib's (docs/adr/0017-a-deflater-of-our-own.md); the others are zlib's. What a stream needs
/// comes from a pool and returns to it, so making a deflater for each page is cheap. The value cannot be copied, so it is the only owner
/// of its stream.
package struct Deflater: ~Copyable, Sendable {
    /// The levels, from fast to small.
    package static let levels = 1...9

    private enum Stream {
        case fast(FastDeflateStream)
        case zlib(ZlibStream)
    }

    private let stream: Stream
    private let level: Int
    private let format: ContentCodingFormat
    private var isFinished: Bool

    /// - Parameters:
    ///   - level: 1 (fast) to 9 (small); 6 unless told.
    ///   - format: gzip unless told.
    /// - Throws: `invalidLevel`; `outOfMemory` where there is none for zlib's state, never at level 1.
    package init(level: Int = 6, format: ContentCodingFormat = .gzip) throws(CodingError) {
        guard Self.levels.contains(level) else { throw .invalidLevel(level) }
        // What throws stands first: a value that cannot be copied must not be left half made.
        let stream: Stream =
            level == 1
            ? .fast(StreamPool.shared.takeFast(format: format))
            : .zlib(try StreamPool.shared.takeDeflating(level: level, format: format))
        self.stream = stream
        self.level = level
        self.format = format
        isFinished = false
    }

    deinit {
        switch stream {
        case .fast(let stream): StreamPool.shared.giveBackFast(stream)
        case .zlib(let stream): StreamPool.shared.giveBackDeflating(stream, format: format)
        }
    }

    /// Takes the next bytes in and returns what is ready of the output; often nothing, because input is collected into blocks.
    ///
    /// - Throws: `corrupt` after `finish()`, until `reset()`: such bytes belong to no stream.
    package mutating func compress(_ bytes: [UInt8]) throws(CodingError) -> [UInt8] {
        var output: [UInt8] = []
        try run([bytes], end: false, into: &output)
        return output
    }

    /// Ends the stream and returns the rest of the output.
    ///
    /// - Throws: `corrupt` the second time, until `reset()`.
    package mutating func finish() throws(CodingError) -> [UInt8] {
        var output: [UInt8] = []
        try run([], end: true, into: &output)
        return output
    }

    /// Forgets what was compressed: the next byte begins a new stream of the same level and format.
    package mutating func reset() {
        switch stream {
        case .fast(let stream): stream.reset(format: format)
        case .zlib(let stream): stream.resetDeflating(level: level)
        }
        isFinished = false
    }

    /// All of `chunks`, one after the other, as one complete stream.
    ///
    /// Up to 4 MiB the output is collected in one buffer that is large enough for the worst case.
    package static func deflated(
        _ chunks: [[UInt8]], level: Int = 6, format: ContentCodingFormat = .gzip
    ) throws(CodingError) -> [UInt8] {
        var deflater = try Deflater(level: level, format: format)
        return try deflater.runOnce(chunks)
    }

    /// `bytes` as one complete stream.
    package static func deflated(
        _ bytes: [UInt8], level: Int = 6, format: ContentCodingFormat = .gzip
    ) throws(CodingError) -> [UInt8] {
        try deflated([bytes], level: level, format: format)
    }

    private mutating func runOnce(_ chunks: [[UInt8]]) throws(CodingError) -> [UInt8] {
        let total = chunks.reduce(0) { $0 + $1.count }
        // Past this size the bound would reserve more than compressed content is likely to need: let the buffer grow.
        guard total <= 4 << 20 else {
            var output: [UInt8] = []
            try run(chunks, end: true, into: &output)
            return output
        }
        isFinished = true
        switch stream {
        case .fast(let stream): return stream.compressAll(chunks.count == 1 ? chunks[0] : Self.joined(chunks, count: total))
        case .zlib(let stream): return try stream.deflateAll(chunks, count: total)
        }
    }

    private static func joined(_ chunks: [[UInt8]], count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for chunk in chunks { result += chunk }
        return result
    }

    /// Feeds `chunks` to the stream; with `end`, also ends the stream. Appends the output to `output`.
    private mutating func run(_ chunks: [[UInt8]], end: Bool, into output: inout [UInt8]) throws(CodingError) {
        guard !isFinished else { throw .corrupt("the stream is finished already") }
        isFinished = end
        switch stream {
        case .fast(let stream):
            for chunk in chunks { stream.compress(chunk, to: &output) }
            if end { stream.finish(to: &output) }
        case .zlib(let stream):
            for chunk in chunks { try stream.deflate(chunk, end: false, to: &output) }
            if end { try stream.deflate([], end: true, to: &output) }
        }
    }
}

extension [UInt8] {
    /// This array, copied to a buffer of its own size where it would keep a much larger one of `capacity` bytes alive.
    func withoutSlack(of capacity: Int) -> [UInt8] {
        guard count < capacity - capacity / 4 else { return self }
        return withUnsafeBufferPointer { Array($0) }
    }
}
