/// One block of a DEFLATE stream: what was found in the content, and how it is written (RFC 1951, section 3.2).
///
/// Its memory is used again for the next block, and for the next stream.
struct DeflateBlock {
    /// Some literals, and after them a match, a copy of earlier bytes. The last sequence of a block has no match: its length is 0.
    struct Sequence {
        var literals: UInt16
        var length: UInt16
        /// Less 1, so that the largest has room.
        var distance: UInt16
        var distanceSymbol: UInt16
    }

    /// A stored block cannot have more, and no symbol occurs too often for `HuffmanCode`.
    static let maximumBytes = 65_535
    static let maximumSequences = 8_192
    /// By so many bytes a block is longer than its content at most: stored, which needs up to 42 bits more, or in a form that is shorter.
    static let maximumOverhead = 6

    /// Four literals of this length fit into the bits that a flush leaves free.
    private static let maximumLiteralLength = 14
    /// The alphabets' sizes with the symbols that take part in the fixed codes but never occur (RFC 1951, section 3.2.6).
    private static let (literalPlaces, distancePlaces) = (HuffmanCode.maximumSymbols, 32)

    let sequences = UnsafeMutablePointer<Sequence>.allocate(capacity: maximumSequences)
    private let literalFrequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: literalPlaces)
    private let distanceFrequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: distancePlaces)
    private let literalLengths = UnsafeMutablePointer<UInt8>.allocate(capacity: literalPlaces)
    private let distanceLengths = UnsafeMutablePointer<UInt8>.allocate(capacity: distancePlaces)
    private let literalCode = UnsafeMutablePointer<HuffmanCode.Codeword>.allocate(capacity: literalPlaces)
    private let distanceCode = UnsafeMutablePointer<HuffmanCode.Codeword>.allocate(capacity: distancePlaces)
    /// For each length of a match its codeword with the extra bits.
    private let lengthCode = UnsafeMutablePointer<HuffmanCode.Codeword>.allocate(capacity: DeflateSymbols.maximumLength + 1)
    private let header = DeflateHeader()
    private let tree = HuffmanCode.Tree()

    func deallocate() {
        sequences.deallocate()
        literalFrequencies.deallocate()
        distanceFrequencies.deallocate()
        literalLengths.deallocate()
        distanceLengths.deallocate()
        literalCode.deallocate()
        distanceCode.deallocate()
        lengthCode.deallocate()
        header.deallocate()
        tree.deallocate()
    }

    // MARK: - Counting

    /// Forgets what was counted.
    func begin() {
        literalFrequencies.update(repeating: 0, count: Self.literalPlaces)
        distanceFrequencies.update(repeating: 0, count: Self.distancePlaces)
    }

    @inline(__always)
    func count(_ literal: UInt8) {
        literalFrequencies[Int(literal)] &+= 1
    }

    /// The sequence of `literals`, which are counted already, and a match, which is counted here.
    ///
    /// - Parameters:
    ///   - length: 3 to 258.
    ///   - distance: 1 to 32,768.
    @inline(__always)
    func sequence(literals: Int, length: Int, distance: Int) -> Sequence {
        let symbol = DeflateSymbols.symbol(forDistance: distance)
        literalFrequencies[DeflateSymbols.symbol(forLength: length)] &+= 1
        distanceFrequencies[symbol] &+= 1
        return Sequence(
            literals: UInt16(truncatingIfNeeded: literals), length: UInt16(truncatingIfNeeded: length),
            distance: UInt16(truncatingIfNeeded: distance &- 1), distanceSymbol: UInt16(truncatingIfNeeded: symbol))
    }

    // MARK: - Writing

    /// Writes the block in the form that is shortest: with codes made for it, with the fixed codes, or stored, for which the padding
    /// counts as seven bits.
    ///
    /// - Parameters:
    ///   - source: the content, `count` bytes, at most `maximumBytes`.
    ///   - sequenceCount: how many of `sequences` are filled. They stand for exactly that content.
    func write(_ source: UnsafePointer<UInt8>, count: Int, sequenceCount: Int, isLast: Bool, to writer: inout BitWriter) {
        literalFrequencies[DeflateSymbols.endOfBlock] = 1
        useFixedLengths()
        let fixed = bitsOfSymbols()
        useOwnLengths()
        let plan = header.plan(literalLengths: literalLengths, distanceLengths: distanceLengths, tree: tree)
        let own = plan.bits + bitsOfSymbols()
        writer.add(isLast ? 1 : 0, 1)
        // Stored content begins on a whole byte, after its length and the complement of that.
        if 7 + 32 + count * 8 <= min(fixed, own) {
            writer.add(0, 2)
            writer.align()
            writer.add(UInt64(count) | UInt64(~UInt16(truncatingIfNeeded: count)) << 16, 32)
            writer.flush()
            writer.copy(source, count: count)
            return
        }
        if fixed <= own {
            useFixedLengths()
            writer.add(1, 2)
        } else {
            writer.add(2, 2)
            header.write(plan, to: &writer)
        }
        makeCodes()
        writeSymbols(source, sequenceCount: sequenceCount, to: &writer)
    }

    /// The lengths of section 3.2.6.
    private func useFixedLengths() {
        literalLengths.update(repeating: 8, count: Self.literalPlaces)
        (literalLengths + 144).update(repeating: 9, count: 256 - 144)
        (literalLengths + 256).update(repeating: 7, count: 280 - 256)
        distanceLengths.update(repeating: 5, count: Self.distancePlaces)
    }

    /// The lengths that suit what was counted.
    private func useOwnLengths() {
        HuffmanCode.assignLengths(
            literalFrequencies, count: Self.literalPlaces, limit: Self.maximumLiteralLength, in: tree, to: literalLengths)
        HuffmanCode.assignLengths(
            distanceFrequencies, count: Self.distancePlaces, limit: HuffmanCode.maximumLength, in: tree, to: distanceLengths)
    }

    private func bitsOfSymbols() -> Int {
        var bits = 0
        for symbol in 0..<DeflateSymbols.literalsAndLengths {
            bits +=
                Int(literalFrequencies[symbol]) * (Int(literalLengths[symbol]) + DeflateSymbols.extraBits(ofLengthSymbol: symbol))
        }
        for symbol in 0..<DeflateSymbols.distances {
            bits +=
                Int(distanceFrequencies[symbol])
                * (Int(distanceLengths[symbol]) + DeflateSymbols.extraBits(ofDistanceSymbol: symbol))
        }
        return bits
    }

    private func makeCodes() {
        HuffmanCode.assignCodewords(literalLengths, count: Self.literalPlaces, to: literalCode)
        HuffmanCode.assignCodewords(distanceLengths, count: Self.distancePlaces, to: distanceCode)
        for length in 3...DeflateSymbols.maximumLength {
            let symbol = DeflateSymbols.symbol(forLength: length)
            let (codeword, extra) = (literalCode[symbol], DeflateSymbols.extraBits(ofLengthSymbol: symbol))
            let place = UInt64(length - 3) & (1 << UInt64(extra) - 1)
            lengthCode[length] = HuffmanCode.Codeword(
                bits: UInt32(truncatingIfNeeded: codeword.bits | place << codeword.length),
                length: UInt32(truncatingIfNeeded: codeword.length) + UInt32(truncatingIfNeeded: extra))
        }
    }

    private func writeSymbols(_ source: UnsafePointer<UInt8>, sequenceCount: Int, to writer: inout BitWriter) {
        let (literalCode, lengthCode, distanceCode) = (literalCode, lengthCode, distanceCode)
        var (output, literal) = (writer, source)
        for number in 0..<sequenceCount {
            let sequence = sequences[number]
            var literals = Int(sequence.literals)
            while literals >= 4 {
                output.add(literalCode[Int(literal[0])])
                output.add(literalCode[Int(literal[1])])
                output.add(literalCode[Int(literal[2])])
                output.add(literalCode[Int(literal[3])])
                output.flush()
                literal += 4
                literals &-= 4
            }
            for offset in 0..<literals { output.add(literalCode[Int(literal[offset])]) }
            output.flush()
            guard sequence.length > 0 else { continue }
            // At most 14 + 5 and 15 + 13 bits.
            output.add(lengthCode[Int(sequence.length)])
            let symbol = Int(sequence.distanceSymbol)
            output.add(distanceCode[symbol])
            let extra = UInt64(truncatingIfNeeded: DeflateSymbols.extraBits(ofDistanceSymbol: symbol))
            output.add(UInt64(sequence.distance) & (1 &<< extra &- 1), extra)
            output.flush()
            literal += literals &+ Int(sequence.length)
        }
        output.add(literalCode[DeflateSymbols.endOfBlock])
        output.flush()
        writer = output
    }
}
