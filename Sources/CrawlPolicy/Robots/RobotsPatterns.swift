/// The patterns of one group in the form in which they are matched; see `RobotsGroup`.
///
/// A match costs O(log n) comparisons of prefixes, and O(path) for each rule with a "*" whose prefix begins the path and whose
/// octets occur in it.
struct RobotsPatterns: Sendable {
    /// Stands for "*" in `tails`. A NUL itself is percent-encoded.
    static let wildcard: UInt8 = 0

    struct Rule: Sendable {
        var isAllow: Bool
        /// Whether the path must end where the pattern does: "$".
        var isAnchored: Bool
        var line: Int32
        /// How specific the rule is: the octets of its pattern, "*" and "$" included, a run of "*" as one.
        var specificity: Int32
        /// Where the pattern lies in `tails` from its first wildcard on.
        var tail: Range<Int32>
        /// Octets of the tail without wildcards.
        var tailLiterals: Int32
        /// The pairs of octets that occur in the tail.
        var pairs: OctetPairs
    }

    /// All rules whose patterns begin with the same octets up to a "*" or their end.
    struct Prefix: Sendable {
        var octets: Range<Int32>
        /// The longest other prefix with which this one begins, or -1.
        var parent: Int32
        /// The most specific first; of equally specific ones, those that allow.
        var rules: Range<Int32>
        /// The specificity of the most specific rule here or further up.
        var reach: Int32
    }

    /// Of the prefixes.
    var octets: [UInt8] = []
    var tails: [UInt8] = []
    /// For each octet of the tails: the length of the longest border of the part between wildcards up to it, as Knuth, Morris and
    /// Pratt have it.
    var borders: [Int32] = []
    /// In lexicographic order.
    var prefixes: [Prefix] = []
    var rules: [Rule] = []

    var memoryBytes: Int {
        octets.count + 5 * tails.count + MemoryLayout<Prefix>.stride * prefixes.count + MemoryLayout<Rule>.stride * rules.count
    }

    /// Whether the octets begin with those of a prefix.
    func begins(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, withPrefix index: Int) -> Bool {
        let prefix = prefixes[index].octets
        return bytes.starts(with: octets[Int(prefix.lowerBound)..<Int(prefix.upperBound)])
    }

    /// The rule that decides about a path in its form of comparison; nil where none matches.
    func bestMatch(_ path: UnsafeBufferPointer<UInt8>) -> Int? {
        octets.withUnsafeBufferPointer { octets in
            tails.withUnsafeBufferPointer { tails in
                borders.withUnsafeBufferPointer { borders in
                    var search = RobotsSearch(octets: octets, tails: tails, borders: borders, path: path)
                    return bestMatch(&search)
                }
            }
        }
    }

    private func bestMatch(_ search: inout RobotsSearch) -> Int? {
        var best: Int?
        var index = longestPrefix(search)
        while index >= 0 {
            let prefix = prefixes[index]
            if let best, prefix.reach < rules[best].specificity { break }
            if let found = firstMatch(&search, in: prefix, better: best) { best = found }
            index = Int(prefix.parent)
        }
        return best
    }

    /// The best rule of a prefix that matches and is better than the one found before.
    private func firstMatch(_ search: inout RobotsSearch, in prefix: Prefix, better best: Int?) -> Int? {
        for index in prefix.rules {
            let rule = rules[Int(index)]
            if let best {
                // An equally specific rule is better only if it allows where the other does not.
                let other = rules[best]
                if rule.specificity < other.specificity { return nil }
                if rule.specificity == other.specificity, other.isAllow || !rule.isAllow { return nil }
            }
            if search.matches(rule, after: prefix.octets.count) { return Int(index) }
        }
        return nil
    }

    /// The longest prefix with which the path begins, or -1; its ancestors are all the others.
    ///
    /// Between a prefix of the path and the path itself, in lexicographic order, everything begins with that prefix. So all
    /// prefixes of the path are ancestors of the last one that is not behind the path.
    private func longestPrefix(_ search: RobotsSearch) -> Int {
        var (low, high) = (0, prefixes.count)
        while low < high {
            let middle = (low + high) / 2
            if search.compare(prefixes[middle].octets).isBehind { high = middle } else { low = middle + 1 }
        }
        var index = low - 1
        guard index >= 0 else { return -1 }
        let common = search.compare(prefixes[index].octets).common
        while index >= 0, prefixes[index].octets.count > common { index = Int(prefixes[index].parent) }
        return index
    }
}

/// A set of pairs of neighbouring octets, each as one of 256 bits: never says that a pair is missing which is there.
struct OctetPairs: Sendable {
    // Four numbers, each chosen by a comparison: a vector whose element is chosen at run time goes through memory each time.
    private var bits0: UInt64 = 0
    private var bits1: UInt64 = 0
    private var bits2: UInt64 = 0
    private var bits3: UInt64 = 0

    @inline(__always)
    mutating func insert(_ first: UInt8, _ second: UInt8) {
        // Multiplied by odd numbers and added, so that pairs of letters spread over all bits.
        let hash = (UInt32(first) &* 167 &+ UInt32(second) &* 59) & 0xFF
        let bit: UInt64 = 1 &<< UInt64(hash & 63)
        let word = hash >> 6
        bits0 |= word == 0 ? bit : 0
        bits1 |= word == 1 ? bit : 0
        bits2 |= word == 2 ? bit : 0
        bits3 |= word == 3 ? bit : 0
    }

    /// Whether all pairs of `other` may be in this set.
    @inline(__always)
    func mayContain(_ other: OctetPairs) -> Bool {
        (other.bits0 & ~bits0) | (other.bits1 & ~bits1) | (other.bits2 & ~bits2) | (other.bits3 & ~bits3) == 0
    }
}
