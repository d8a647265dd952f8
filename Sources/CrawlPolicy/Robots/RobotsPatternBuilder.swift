/// Makes `RobotsPatterns` of the patterns of a group.
struct RobotsPatternBuilder {
    /// A rule before its place is known.
    private struct Draft {
        var rule: RobotsPatterns.Rule
        /// Where its parts lie among the octets of all drafts.
        var prefix: Range<Int32>
        var tail: Range<Int32>
        var whole: Range<Int>
    }

    /// The octets of all drafts one after another.
    private var octets: [UInt8] = []
    private var drafts: [Draft] = []

    /// Takes a pattern as it stands in the file, not empty (RFC 9309 sections 2.2.2 and 2.2.3).
    ///
    /// "*" is any number of octets; "$" at the end is the end of the path, elsewhere itself.
    mutating func add(_ pattern: UnsafeBufferPointer<UInt8>, isAllow: Bool, line: Int32, whole: Range<Int>) {
        let isAnchored = pattern.last == UInt8(ascii: "$")
        let source = UnsafeBufferPointer(rebasing: pattern[..<(pattern.count - (isAnchored ? 1 : 0))])
        let start = Int32(truncatingIfNeeded: octets.count)
        var tailStart: Int32?
        var literals: Int32 = 0
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "*") {
                let isRun = index > 0 && source[index - 1] == UInt8(ascii: "*")
                if tailStart == nil { tailStart = Int32(truncatingIfNeeded: octets.count) }
                if !isRun { octets.append(RobotsPatterns.wildcard) }
                index += 1
                continue
            }
            let step = RobotsOctets.step(source, at: index)
            index += step.length
            let before = octets.count
            append(step)
            if tailStart != nil { literals += Int32(truncatingIfNeeded: octets.count - before) }
        }
        let end = Int32(truncatingIfNeeded: octets.count)
        let tail = (tailStart ?? end)..<end
        let rule = RobotsPatterns.Rule(
            isAllow: isAllow, isAnchored: isAnchored, line: line,
            specificity: end - start + (isAnchored ? 1 : 0), tail: 0..<0, tailLiterals: literals, pairs: pairs(in: tail))
        drafts.append(Draft(rule: rule, prefix: start..<tail.lowerBound, tail: tail, whole: whole))
    }

    private mutating func append(_ step: RobotsOctets.Step) {
        if step.isEncoded {
            octets.append(UInt8(ascii: "%"))
            octets.append(RobotsOctets.hexadecimalDigit(step.octet >> 4))
            octets.append(RobotsOctets.hexadecimalDigit(step.octet & 0x0F))
        } else {
            octets.append(step.octet)
        }
    }

    private func pairs(in tail: Range<Int32>) -> OctetPairs {
        var pairs = OctetPairs()
        for index in Int(tail.lowerBound) + 1..<max(Int(tail.lowerBound) + 1, Int(tail.upperBound)) {
            let (first, second) = (octets[index - 1], octets[index])
            if first != RobotsPatterns.wildcard, second != RobotsPatterns.wildcard { pairs.insert(first, second) }
        }
        return pairs
    }

    /// The patterns, and for each of their rules where its line lies in the file.
    consuming func finish() -> (RobotsPatterns, [Range<Int>]) {
        var patterns = RobotsPatterns()
        var lines: [Range<Int>] = []
        lines.reserveCapacity(drafts.count)
        octets.withUnsafeBufferPointer { octets in
            drafts.sort { Self.precedes($0, $1, octets) }
            var last: Draft?
            for draft in drafts {
                // Rules that say the same twice count once: thousands of them must not be tried one by one.
                if let last, Self.saySame(last, draft, octets) { continue }
                Self.place(draft, after: last, octets, in: &patterns)
                lines.append(draft.whole)
                last = draft
            }
        }
        return (patterns, lines)
    }

    /// Puts a rule behind all others, into the last prefix where it is the same.
    private static func place(
        _ draft: Draft, after last: Draft?, _ octets: UnsafeBufferPointer<UInt8>, in patterns: inout RobotsPatterns
    ) {
        var rule = draft.rule
        let tailStart = Int32(truncatingIfNeeded: patterns.tails.count)
        patterns.tails += octets[Int(draft.tail.lowerBound)..<Int(draft.tail.upperBound)]
        rule.tail = tailStart..<tailStart + Int32(draft.tail.count)
        appendBorders(of: rule.tail, in: &patterns)
        let number = Int32(truncatingIfNeeded: patterns.rules.count)
        patterns.rules.append(rule)
        var parent = Int32(truncatingIfNeeded: patterns.prefixes.count) - 1
        if let last, order(last.prefix, draft.prefix, octets) == 0 {
            patterns.prefixes[Int(parent)].rules = patterns.prefixes[Int(parent)].rules.lowerBound..<number + 1
            return
        }
        let prefix = octets[Int(draft.prefix.lowerBound)..<Int(draft.prefix.upperBound)]
        while parent >= 0, !patterns.begins(prefix, withPrefix: Int(parent)) { parent = patterns.prefixes[Int(parent)].parent }
        let above = parent < 0 ? 0 : patterns.prefixes[Int(parent)].reach
        let start = Int32(truncatingIfNeeded: patterns.octets.count)
        patterns.octets += prefix
        patterns.prefixes.append(
            RobotsPatterns.Prefix(
                octets: start..<start + Int32(prefix.count), parent: parent, rules: number..<number + 1,
                reach: max(above, rule.specificity)))
    }

    private static func appendBorders(of tail: Range<Int32>, in patterns: inout RobotsPatterns) {
        var partStart = Int(tail.lowerBound)
        for index in Int(tail.lowerBound)..<Int(tail.upperBound) {
            var border = 0
            if patterns.tails[index] == RobotsPatterns.wildcard {
                partStart = index + 1
            } else if index > partStart {
                border = Int(patterns.borders[index - 1])
                while border > 0, patterns.tails[partStart + border] != patterns.tails[index] {
                    border = Int(patterns.borders[partStart + border - 1])
                }
                if patterns.tails[partStart + border] == patterns.tails[index] { border += 1 }
            }
            patterns.borders.append(Int32(truncatingIfNeeded: border))
        }
    }

    // MARK: - Order

    /// By prefix, then the most specific first, then those that allow, then by tail, then by line.
    private static func precedes(_ left: Draft, _ right: Draft, _ octets: UnsafeBufferPointer<UInt8>) -> Bool {
        let prefixOrder = order(left.prefix, right.prefix, octets)
        if prefixOrder != 0 { return prefixOrder < 0 }
        if left.rule.specificity != right.rule.specificity { return left.rule.specificity > right.rule.specificity }
        if left.rule.isAllow != right.rule.isAllow { return left.rule.isAllow }
        if left.rule.isAnchored != right.rule.isAnchored { return left.rule.isAnchored }
        let tailOrder = order(left.tail, right.tail, octets)
        return tailOrder != 0 ? tailOrder < 0 : left.rule.line < right.rule.line
    }

    private static func saySame(_ left: Draft, _ right: Draft, _ octets: UnsafeBufferPointer<UInt8>) -> Bool {
        left.rule.isAllow == right.rule.isAllow && left.rule.isAnchored == right.rule.isAnchored
            && order(left.prefix, right.prefix, octets) == 0 && order(left.tail, right.tail, octets) == 0
    }

    /// Negative, 0 or positive, as the first is before, equal to or behind the second in lexicographic order.
    private static func order(_ left: Range<Int32>, _ right: Range<Int32>, _ octets: UnsafeBufferPointer<UInt8>) -> Int {
        var index = 0
        let (leftStart, rightStart) = (Int(left.lowerBound), Int(right.lowerBound))
        let count = min(left.count, right.count)
        while index < count {
            let difference = Int(octets[leftStart + index]) - Int(octets[rightStart + index])
            if difference != 0 { return difference }
            index += 1
        }
        return left.count - right.count
    }
}
