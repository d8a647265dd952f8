/// One path, matched against the patterns of a group.
struct RobotsSearch {
    let octets: UnsafeBufferPointer<UInt8>
    let tails: UnsafeBufferPointer<UInt8>
    let borders: UnsafeBufferPointer<Int32>
    let path: UnsafeBufferPointer<UInt8>
    /// Made when the first pattern with a "*" needs it.
    private var pairs: OctetPairs?

    init(
        octets: UnsafeBufferPointer<UInt8>, tails: UnsafeBufferPointer<UInt8>, borders: UnsafeBufferPointer<Int32>,
        path: UnsafeBufferPointer<UInt8>
    ) {
        self.octets = octets
        self.tails = tails
        self.borders = borders
        self.path = path
    }

    /// How many octets a prefix and the path have in common at their beginnings, and whether the prefix comes behind the path in
    /// lexicographic order.
    func compare(_ prefix: Range<Int32>) -> (common: Int, isBehind: Bool) {
        let count = min(prefix.count, path.count)
        let start = Int(prefix.lowerBound)
        var index = 0
        while index < count, octets[start + index] == path[index] { index += 1 }
        if index < count { return (index, octets[start + index] > path[index]) }
        return (index, prefix.count > path.count)
    }

    /// Whether the path, whose first `position` octets are matched already, fits the rest of the rule's pattern.
    mutating func matches(_ rule: RobotsPatterns.Rule, after position: Int) -> Bool {
        if rule.tail.isEmpty { return !rule.isAnchored || position == path.count }
        if Int(rule.tailLiterals) > path.count - position { return false }
        if rule.tailLiterals > 1, !pairsOfPath().mayContain(rule.pairs) { return false }
        return fits(rule, from: position)
    }

    private mutating func pairsOfPath() -> OctetPairs {
        if let pairs { return pairs }
        var made = OctetPairs()
        var index = 1
        while index < path.count {
            made.insert(path[index - 1], path[index])
            index += 1
        }
        pairs = made
        return made
    }

    /// Looks for the parts between wildcards one after another, each at its first place: where there is a match at all, there
    /// is one like that. Never goes back, so the time is that of one pass.
    private func fits(_ rule: RobotsPatterns.Rule, from start: Int) -> Bool {
        var position = start
        var partStart = Int(rule.tail.lowerBound) + 1
        let end = Int(rule.tail.upperBound)
        while partStart < end {
            var partEnd = partStart
            while partEnd < end, tails[partEnd] != RobotsPatterns.wildcard { partEnd += 1 }
            if partEnd == end, rule.isAnchored { return endsWith(partStart..<partEnd, notBefore: position) }
            guard let found = find(partStart..<partEnd, from: position) else { return false }
            position = found
            partStart = partEnd + 1
        }
        // Nothing or a wildcard is left, which takes the rest, be it anchored or not.
        return true
    }

    private func endsWith(_ part: Range<Int>, notBefore position: Int) -> Bool {
        let start = path.count - part.count
        guard start >= position else { return false }
        for index in 0..<part.count where path[start + index] != tails[part.lowerBound + index] { return false }
        return true
    }

    /// Where the first occurrence of a part at or behind `position` ends; nil where there is none.
    private func find(_ part: Range<Int>, from position: Int) -> Int? {
        var matched = 0
        var index = position
        let first = tails[part.lowerBound]
        while index < path.count {
            let octet = path[index]
            if matched == 0 {
                index += 1
                if octet != first { continue }
                matched = 1
            } else if octet == tails[part.lowerBound + matched] {
                index += 1
                matched += 1
            } else {
                matched = Int(borders[part.lowerBound + matched - 1])
                continue
            }
            if matched == part.count { return index }
        }
        return nil
    }
}
