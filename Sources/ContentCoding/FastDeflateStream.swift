import CZlib

/// Compresses twice as fast as zlib's fastest level, to a little less (docs/adr/0017-a-deflater-of-our-own.md): what `Deflater` does at
/// level 1.
///
/// The content is searched once, for matches of four bytes and more, with one position remembered for each hash of four bytes; the first
/// match that is found is taken (LZ77 as RFC 1951, section 4, describes it, without chains and without lazy matching).
///
/// Unchecked because it has one owner at a time: a `Deflater`, which cannot be copied and uses it in mutations alone, or the pool behind
/// its mutex.
final class FastDeflateStream: @unchecked Sendable {
    private static let window = 32_768
    private static let hashBits = 14
    /// Positions are remembered by their last 16 bits, so they hold where the content moves by multiples of this.
    private static let slide = 65_536
    /// Nothing is searched in the last bytes: what is read at once must lie within the content.
    private static let searchMargin = 8
    /// With so much from its first byte on, a block is the same whatever follows.
    private static let wholeBlock = DeflateBlock.maximumBytes + searchMargin
    private static let (maximumHeader, maximumTrailer) = (10, 8)

    /// For each hash the last 16 bits of the position where it was seen last, so that the table fits into the processor's first cache. A
    /// position that is taken for another one does no harm: what stands there is compared.
    private let hashTable = UnsafeMutablePointer<UInt16>.allocate(capacity: 1 << hashBits)
    private let block = DeflateBlock()
    /// Content that waits for more before it makes a block, and before it what can still be copied from.
    private var held: [UInt8] = []
    /// Where in `held` the next block begins.
    private var position = 0
    private var pending = BitWriter.PendingBits()
    private var format = ContentCodingFormat.gzip
    private var hasBegun = false
    private var checksum: UInt = 0
    private var contentBytes = 0

    init(format: ContentCodingFormat) {
        reset(format: format)
    }

    deinit {
        hashTable.deallocate()
        block.deallocate()
    }

    /// Forgets what was compressed.
    func reset(format: ContentCodingFormat) {
        hashTable.update(repeating: 0, count: 1 << Self.hashBits)
        held.removeAll(keepingCapacity: true)
        position = 0
        pending = BitWriter.PendingBits()
        self.format = format
        hasBegun = false
        checksum = format == .gzip ? 0 : 1
        contentBytes = 0
    }

    // MARK: - A stream in parts

    /// Takes the next bytes in, and appends the blocks that are whole to `output`.
    func compress(_ bytes: [UInt8], to output: inout [UInt8]) {
        // Of a large piece no more is held than of small ones.
        for start in stride(from: 0, to: bytes.count, by: Self.slide) {
            let part = bytes[start..<min(bytes.count, start + Self.slide)]
            held += part
            part.withUnsafeBufferPointer(updateChecksum)
            if held.count - position >= Self.wholeBlock { write(atEnd: false, to: &output) }
            let passed = max(0, position - Self.window) / Self.slide * Self.slide
            held.removeFirst(passed)
            position -= passed
        }
    }

    /// Appends what is left, and the end of the stream.
    func finish(to output: inout [UInt8]) {
        write(atEnd: true, to: &output)
    }

    private func write(atEnd: Bool, to output: inout [UInt8]) {
        let bound = Self.bound(held.count - position)
        let part = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            held.withUnsafeBufferPointer { count = write($0, atEnd: atEnd, to: target) }
        }
        if output.isEmpty { output = part.withoutSlack(of: bound) } else { output += part }
    }

    // MARK: - A stream at once

    /// All of `content` as one complete stream, the same as in parts. Nothing was compressed since the reset.
    func compressAll(_ content: [UInt8]) -> [UInt8] {
        let bound = Self.bound(content.count)
        let output = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            content.withUnsafeBufferPointer {
                updateChecksum($0)
                count = write($0, atEnd: true, to: target)
            }
        }
        return output.withoutSlack(of: bound)
    }

    /// Room for what so much content becomes, and for what a flush stores beyond it. Every block but the last two ends with 8,191
    /// matches of four bytes and more, or later.
    private static func bound(_ count: Int) -> Int {
        let blocks = count / (4 * (DeflateBlock.maximumSequences - 1)) + 2
        return count + blocks * DeflateBlock.maximumOverhead + maximumHeader + maximumTrailer + 8
    }

    // MARK: - Format

    /// Takes content into account for the trailer.
    private func updateChecksum(_ content: UnsafeBufferPointer<UInt8>) {
        contentBytes += content.count
        switch format {
        case .gzip: checksum = crc32_z(checksum, content.baseAddress, content.count)
        case .zlib: checksum = adler32_z(checksum, content.baseAddress, content.count)
        }
    }

    /// Writes the header if it is not yet written, blocks, and at the end the trailer.
    ///
    /// - Returns: the number of bytes written.
    private func write(
        _ content: UnsafeBufferPointer<UInt8>, atEnd: Bool, to target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard let start = target.baseAddress else { return 0 }
        var writer = BitWriter(at: start, after: pending)
        if !hasBegun { writeHeader(to: &writer) }
        hasBegun = true
        // Empty content, which may have no address, is one block that nothing is read for.
        let source = content.baseAddress ?? UnsafePointer(start)
        if atEnd {
            repeat {
                deflateBlock(source, count: content.count, to: &writer)
            } while position < content.count
            writer.align()
            writeTrailer(to: &writer)
        } else {
            while content.count - position >= Self.wholeBlock { deflateBlock(source, count: content.count, to: &writer) }
        }
        pending = writer.pending
        assert(writer.next - start + 8 <= target.count)
        return writer.next - start
    }

    private func writeHeader(to writer: inout BitWriter) {
        // gzip: deflated, no name, no time, the fastest way, on a system that is not told (RFC 1952, section 2.3). zlib: deflated with
        // the largest window, the fastest way (RFC 1950, section 2.2).
        let header: [UInt64] = format == .gzip ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255] : [0x78, 0x01]
        for byte in header {
            writer.add(byte, 8)
            writer.flush()
        }
    }

    private func writeTrailer(to writer: inout BitWriter) {
        let checksum = UInt32(truncatingIfNeeded: checksum)
        switch format {
        case .gzip:
            writer.add(UInt64(checksum), 32)
            writer.flush()
            writer.add(UInt64(UInt32(truncatingIfNeeded: contentBytes)), 32)
        case .zlib: writer.add(UInt64(checksum.byteSwapped), 32)
        }
        writer.flush()
    }

    // MARK: - Search

    /// Searches and writes one block, the last one if it reaches the content's end, and moves `position` behind it.
    private func deflateBlock(_ source: UnsafePointer<UInt8>, count: Int, to writer: inout BitWriter) {
        let (hashTable, block, start) = (hashTable, block, position)
        // The last match may go beyond.
        let end = min(count, start &+ DeflateBlock.maximumBytes &- DeflateSymbols.maximumLength)
        let searchEnd = min(end, count &- Self.searchMargin)
        var (position, literals, sequences) = (start, start, 0)
        block.begin()
        while position < searchEnd, sequences < DeflateBlock.maximumSequences &- 1 {
            let here = source + position
            let value = here.load32()
            let hash = Self.hash(value)
            let distance = (position &- Int(hashTable[hash])) & 0xFFFF
            hashTable[hash] = UInt16(truncatingIfNeeded: position)
            guard distance > 0, distance <= min(position, Self.window), (here - distance).load32() == value else {
                block.count(here.pointee)
                position &+= 1
                continue
            }
            let length = here.equalBytes(here - distance, from: 4, limit: min(DeflateSymbols.maximumLength, count &- position))
            block.sequences[sequences] = block.sequence(literals: position &- literals, length: length, distance: distance)
            sequences &+= 1
            let next = position &+ length
            if next < searchEnd {
                // Up to five positions of a match: the end of a loop over all of them is what a processor cannot foresee.
                remember(position &+ 1, in: source)
                remember(position &+ 2, in: source)
                remember(position &+ 3, in: source)
                remember(next &- 2, in: source)
                remember(next &- 1, in: source)
            }
            (position, literals) = (next, next)
        }
        if sequences < DeflateBlock.maximumSequences &- 1 {
            while position < end {
                block.count(source[position])
                position &+= 1
            }
        }
        block.sequences[sequences] = DeflateBlock.Sequence(
            literals: UInt16(truncatingIfNeeded: position &- literals), length: 0, distance: 0, distanceSymbol: 0)
        block.write(
            source + start, count: position &- start, sequenceCount: sequences &+ 1, isLast: position == count, to: &writer)
        self.position = position
    }

    @inline(__always)
    private func remember(_ position: Int, in source: UnsafePointer<UInt8>) {
        hashTable[Self.hash((source + position).load32())] = UInt16(truncatingIfNeeded: position)
    }

    /// Knuth's multiplicative hash: the upper bits of a product with 2^32 divided by the golden ratio.
    @inline(__always)
    private static func hash(_ value: UInt32) -> Int {
        Int(truncatingIfNeeded: (value &* 0x9E37_79B1) &>> UInt32(32 &- hashBits))
    }
}

extension UnsafePointer<UInt8> {
    @inline(__always)
    fileprivate func load32() -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    private func load64() -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt64.self))
    }

    /// How many bytes from here on are the same as from `other` on, at most `limit`; the first `start` are known to be.
    @inline(__always)
    fileprivate func equalBytes(_ other: UnsafePointer<UInt8>, from start: Int, limit: Int) -> Int {
        var length = start
        while length &+ 8 <= limit {
            let difference = (self + length).load64() ^ (other + length).load64()
            if difference != 0 { return length &+ difference.trailingZeroBitCount &>> 3 }
            length &+= 8
        }
        while length < limit, self[length] == other[length] { length &+= 1 }
        return length
    }
}
