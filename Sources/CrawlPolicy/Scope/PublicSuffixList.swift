/// Which part of a host name its owner has registered, by the list of publicsuffix.org or, without a list, by a simple rule.
///
/// The simple rule: the last two labels, or three where the top-level domain has two letters and the label before it is one
/// of "ac", "co", "com", "edu", "gov", "go", "mil", "ne", "net", "or", "org". It is right for most names, takes "example.github.io"
/// and "other.github.io" for one owner, and knows no exceptions.
///
/// The list's rules lie in one run of bytes with a table of their hashes, about 16 bytes a rule beside their text.
package struct PublicSuffixList: Sendable {
    /// One rule: its text without "*." or "!", and what it says.
    struct Rule {
        var offset: UInt32
        var length: UInt8
        var kind: Kind
    }

    struct Kind: OptionSet {
        let rawValue: UInt8
        /// The text is a public suffix.
        static let suffix = Kind(rawValue: 1)
        /// Each name one label longer is a public suffix.
        static let wildcard = Kind(rawValue: 2)
        /// The text is none, though a wildcard says so; the one a label shorter is.
        static let exception = Kind(rawValue: 4)
    }

    private var text: [UInt8] = []
    private var rules: [Rule] = []
    /// A hash table with open addressing: numbers of rules, from 1; 0 is free. Its size is a power of two.
    private var slots: [UInt32] = []
    /// The most labels that a rule has: no name is looked at any further.
    private var mostLabels = 0

    /// The simple rule.
    package init() {}

    /// How many rules there are; 0 with the simple rule.
    package var ruleCount: Int { rules.count }

    /// The registrable domain of `host` (the list's "public suffix plus one label"): "example.co.uk" of "www.example.co.uk".
    ///
    /// Nil for an address, a public suffix itself, a single label, and a name with an empty label. A single dot at the end is left
    /// aside. At most a few look-ups; the result is the only allocation.
    ///
    /// - Parameter host: as `WebURL.host` gives it: ASCII in lower case.
    package func registrableDomain(of host: String) -> String? {
        var host = host
        return host.withUTF8 { bytes -> String? in
            let name = bytes.last == UInt8(ascii: ".") ? bytes.part(0, bytes.count - 1) : bytes
            guard let start = registrableStart(name) else { return nil }
            return String(decoding: name.part(start, name.count), as: UTF8.self)
        }
    }

    /// Where the registrable domain begins in `name`; nil where it has none.
    private func registrableStart(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let labels = Labels(name) else { return nil }
        let suffixLabels = rules.isEmpty ? simpleSuffixLabels(name, labels) : listedSuffixLabels(name, labels)
        return labels.start(ofLast: suffixLabels + 1)
    }

    private func simpleSuffixLabels(_ name: UnsafeBufferPointer<UInt8>, _ labels: Labels) -> Int {
        guard let top = labels.start(ofLast: 1), name.count - top == 2, let second = labels.start(ofLast: 2) else { return 1 }
        let label = name.part(second, top - 1)
        return Self.genericLabels.contains { URLText.equals(label, $0) } ? 2 : 1
    }

    private static let genericLabels: [StaticString] = [
        "ac", "co", "com", "edu", "gov", "go", "mil", "ne", "net", "or", "org",
    ]

    /// How many labels the public suffix has, by the algorithm of publicsuffix.org: an exception before all others, else the longest
    /// rule, else "*".
    private func listedSuffixLabels(_ name: UnsafeBufferPointer<UInt8>, _ labels: Labels) -> Int {
        var longest = 1
        var hash = RuleHash()
        var end = name.count
        for count in 1...max(1, mostLabels) {
            guard let start = labels.start(ofLast: count) else { break }
            hash.extend(leftwards: name.part(start, end))
            end = start
            guard let kind = kind(of: name.part(start, name.count), hash: hash) else { continue }
            if kind.contains(.exception) { return count - 1 }
            if kind.contains(.wildcard) { longest = max(longest, count + 1) }
            if kind.contains(.suffix) { longest = max(longest, count) }
        }
        return longest
    }
}

// MARK: - The table

extension PublicSuffixList {
    /// FNV-1a over a name from its end to its beginning, so that each further label continues it. The list is the user's own choice:
    /// there is nobody to make its rules collide.
    struct RuleHash {
        private var state: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func extend(leftwards bytes: UnsafeBufferPointer<UInt8>) {
            for byte in bytes.reversed() { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }

        var slot: UInt64 { state ^ state >> 32 }
    }

    private func kind(of name: UnsafeBufferPointer<UInt8>, hash: RuleHash) -> Kind? {
        var slot = Int(truncatingIfNeeded: hash.slot) & (slots.count - 1)
        while slot < slots.count, slots[slot] != 0 {
            let rule = rules[Int(slots[slot]) - 1]
            if isText(of: rule, name) { return rule.kind }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isText(of rule: Rule, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(rule.length) == name.count else { return false }
        return text[Int(rule.offset)..<(Int(rule.offset) + name.count)].elementsEqual(name)
    }

    /// Takes a rule up: `name` in lower case and ASCII, of 1 to 253 bytes. One that is there already gets the kind in addition.
    mutating func insert(_ name: UnsafeBufferPointer<UInt8>, kind: Kind) {
        if (rules.count + 1) * 2 > slots.count { grow() }
        var hash = RuleHash()
        hash.extend(leftwards: name)
        var slot = Int(truncatingIfNeeded: hash.slot) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if isText(of: rules[index], name) {
                rules[index].kind.formUnion(kind)
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        rules.append(Rule(offset: UInt32(text.count), length: UInt8(name.count), kind: kind))
        slots[slot] = UInt32(rules.count)
        text += name
        mostLabels = max(mostLabels, name.count { $0 == UInt8(ascii: ".") } + 1)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: max(64, slots.count * 2))
        text.withUnsafeBufferPointer { text in
            for (index, rule) in rules.enumerated() {
                var hash = RuleHash()
                hash.extend(leftwards: text.part(Int(rule.offset), Int(rule.offset) + Int(rule.length)))
                var slot = Int(truncatingIfNeeded: hash.slot) & (slots.count - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = UInt32(index + 1)
            }
        }
    }
}

/// Where the last labels of a host name begin.
private struct Labels {
    /// Offsets of the last labels, the last one first. More labels than these decide nothing: no rule has as many.
    private var starts = InlineOffsets()

    /// Nil where the name is empty, has an empty label or is an address.
    init?(_ name: UnsafeBufferPointer<UInt8>) {
        guard !name.isEmpty, name.count <= 253, name.first != UInt8(ascii: "[") else { return nil }
        var end = name.count
        var index = name.count
        while index > 0 {
            index -= 1
            if name[index] == UInt8(ascii: ".") {
                guard index + 1 < end else { return nil }
                starts.append(index + 1)
                end = index
            }
        }
        guard end > 0 else { return nil }
        starts.append(0)
        // A host that ends in a number is an IPv4 address (URL standard section 3.5).
        guard let last = starts.first, !name.part(last, name.count).allSatisfy(URLText.isDigit) else { return nil }
    }

    /// Where the last `count` labels begin; nil where there are fewer.
    func start(ofLast count: Int) -> Int? { starts[count - 1] }
}

/// Up to 16 offsets without an allocation.
private struct InlineOffsets {
    private var low = SIMD16<UInt16>()
    private var count = 0

    var first: Int? { self[0] }

    mutating func append(_ offset: Int) {
        guard count < SIMD16<UInt16>.scalarCount else { return }
        low[count] = UInt16(truncatingIfNeeded: offset)
        count += 1
    }

    subscript(index: Int) -> Int? {
        index >= 0 && index < count ? Int(low[index]) : nil
    }
}
