/// Makes a sketch of a text that comes in parts of any size.
///
/// Where nothing stands against it, eight bytes are read at once: the sketch must not slow down the reading of links much.
struct TextSketchBuilder {
    /// The smallest hashes so far, ascending.
    private var hashes: [UInt32] = []
    /// A hash from here on is too great.
    private var limit: UInt64 = 1 << 32
    private var word = SketchedWord()
    /// The hashes of the two words before.
    private var previous: UInt64 = 0
    private var beforePrevious: UInt64 = 0
    private var wordCount = 0

    /// The next part of the text. A word may go on in the part after it.
    mutating func append(_ text: Bytes) {
        var word = word
        var index = 0
        while index < text.count {
            if word.isAtGroup {
                let group = WordGroup(text.upToEight(from: index))
                if !group.hasDigit {
                    if group.count == 8 {
                        word.append(group: group.bytes)
                        index &+= 8
                        continue
                    }
                    if group.count == text.count &- index {
                        // The part ends, and perhaps not the word.
                        word.begin(group: group.bytes, count: group.count)
                        break
                    }
                    if group.count > 0 { word.append(group: group.bytes) }
                    index &+= group.count &+ group.separatorCount
                    if !word.isEmpty {
                        endWord(word.finish())
                        word = SketchedWord()
                    }
                    continue
                }
            }
            let byte = text[index]
            if isASCIILetter(byte) || isASCIIDigit(byte) || byte >= 0x80 {
                word.append(byte)
            } else if !word.isEmpty {
                endWord(word.finish())
                word = SketchedWord()
            }
            index &+= 1
        }
        self.word = word
    }

    /// A tag: no word reaches across it.
    @inline(__always)
    mutating func endText() {
        guard !word.isEmpty else { return }
        endWord(word.finish())
        word = SketchedWord()
    }

    /// The sketch of the whole text. One of a text of one or two words is made of them as if they were three.
    mutating func finish() -> TextSketch {
        endText()
        if wordCount == 1 || wordCount == 2 { insert(Self.hash(0, beforePrevious, previous)) }
        return TextSketch(hashes: hashes)
    }

    // MARK: - Hashes

    @inline(__always)
    private mutating func endWord(_ hash: UInt64) {
        wordCount &+= 1
        if wordCount >= 3 { insert(Self.hash(beforePrevious, previous, hash)) }
        beforePrevious = previous
        previous = hash
    }

    @inline(__always)
    private static func hash(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt32 {
        // The words' hashes are well mixed already; here only their order counts.
        let hash = first ^ (second &<< 21 | second &>> 43) ^ (third &<< 42 | third &>> 22)
        return UInt32(truncatingIfNeeded: (hash &* 0x94D0_49BB_1331_11EB) &>> 32)
    }

    @inline(__always)
    private mutating func insert(_ hash: UInt32) {
        if UInt64(hash) < limit { insertBelowLimit(hash) }
    }

    @inline(never)
    private mutating func insertBelowLimit(_ hash: UInt32) {
        if hashes.contains(hash) { return }
        if hashes.count < TextSketch.size { hashes.append(hash) }
        // Shifted from the end on; the greatest is given up.
        limit = hashes.withUnsafeMutableBufferPointer { hashes in
            var index = hashes.count &- 1
            while index > 0, hashes[index &- 1] > hash {
                hashes[index] = hashes[index &- 1]
                index &-= 1
            }
            hashes[index] = hash
            return hashes.count == TextSketch.size ? UInt64(hashes[TextSketch.size - 1]) : 1 << 32
        }
    }
}

/// A word under construction. Its bytes are hashed in groups of eight, counted from its first byte.
private struct SketchedWord {
    static let multiplier: UInt64 = 0x9FB2_1C65_1E98_DF25

    private(set) var isEmpty = true
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var group: UInt64 = 0
    private var groupBits: UInt64 = 0
    private var isInNumber = false

    /// Whether the next byte begins a group, so that a whole one can be added; not within a number.
    var isAtGroup: Bool { groupBits == 0 && !isInNumber }

    /// Adds a byte; of a run of digits the first, as "0".
    mutating func append(_ byte: UInt8) {
        let isDigit = isASCIIDigit(byte)
        if isDigit, isInNumber { return }
        isInNumber = isDigit
        isEmpty = false
        group |= UInt64(isDigit ? UInt8(ascii: "0") : byte | 0x20) &<< groupBits
        groupBits &+= 8
        if groupBits == 64 { append(group: group) }
    }

    /// Up to eight bytes, none of them a digit; fewer only at the end of the word.
    @inline(__always)
    mutating func append(group: UInt64) {
        let mixed = (hash ^ group) &* Self.multiplier
        hash = mixed ^ (mixed &>> 32)
        self.group = 0
        groupBits = 0
        isEmpty = false
    }

    /// The beginning of a group: up to seven bytes, none of them a digit.
    @inline(__always)
    mutating func begin(group: UInt64, count: Int) {
        guard count > 0 else { return }
        self.group = group
        groupBits = UInt64(truncatingIfNeeded: count) &* 8
        isEmpty = false
    }

    /// The hash of the whole word.
    @inline(__always)
    mutating func finish() -> UInt64 {
        if groupBits > 0 { append(group: group) }
        return hash
    }
}

/// The bytes of a word at the beginning of eight bytes.
private struct WordGroup {
    /// How many there are.
    let count: Int
    /// How many bytes follow, of the eight, that belong to no word.
    let separatorCount: Int
    /// Those bytes, letters in lower case; zeros behind them.
    let bytes: UInt64
    /// Whether one of the eight bytes is a digit.
    let hasDigit: Bool

    @inline(__always)
    init(_ bytes: UInt64) {
        let highBits: UInt64 = 0x8080_8080_8080_8080
        let lowered = bytes | 0x2020_2020_2020_2020
        // In each byte the high bit tells; sums of seven bits carry into it and no further.
        let letters = lowered & ~highBits
        let isLetter = (letters &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(letters &+ 0x0505_0505_0505_0505)
        let digits = bytes & ~highBits
        let isDigit = (digits &+ 0x5050_5050_5050_5050) & ~(digits &+ 0x4646_4646_4646_4646) & ~bytes & highBits
        let others = ~(isLetter | bytes) & highBits
        let bits = others.trailingZeroBitCount & ~7
        count = bits &>> 3
        let separators = (others &>> 7) &* 0xFF
        separatorCount = (~(separators &>> UInt64(bits & 63))).trailingZeroBitCount &>> 3
        self.bytes = bits == 64 ? lowered : lowered & ((1 &<< UInt64(bits)) &- 1)
        hasDigit = isDigit != 0
    }
}
