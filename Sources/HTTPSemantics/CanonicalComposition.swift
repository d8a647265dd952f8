/// Canonical composition (Unicode standard section 3.11) by means of the standard library, which compares strings by canonical
/// equivalence but hands out no normal forms.
///
/// Not covered: a composed letter followed by a mark that belongs before one of its own and with which it makes no single code
/// point, and code points whose normal form is one other code point. Those stay as they are.
enum CanonicalComposition {
    /// `scalars` with marks in canonical order and composed. Quadratic in the length of a run of marks at worst.
    static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard scalars.contains(where: { !$0.isASCII && canCompose($0) }) else { return scalars }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        var starter: Int?
        for scalar in inCanonicalOrder(scalars) {
            let combiningClass = combiningClass(scalar)
            if let index = starter {
                let isBlocked = index < result.count - 1 && combiningClass <= Self.combiningClass(result[result.count - 1])
                if !isBlocked, let pair = composition(result[index], scalar) {
                    result[index] = pair
                    continue
                }
            }
            if combiningClass == 0 { starter = result.count }
            result.append(scalar)
        }
        return result
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
        scalar.properties.canonicalCombiningClass.rawValue
    }

    /// Whether a code point may be the second of a pair: a mark, or a Hangul vowel or final consonant.
    private static func canCompose(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: (0x1161...0x11C2).contains(scalar.value)
        }
    }

    /// Every run of marks sorted by combining class, equal ones in the order given.
    private static func inCanonicalOrder(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result = scalars
        for index in result.indices.dropFirst() {
            let scalar = result[index]
            let rank = combiningClass(scalar)
            guard rank > 0 else { continue }
            var place = index
            while place > 0, combiningClass(result[place - 1]) > rank {
                result[place] = result[place - 1]
                place -= 1
            }
            result[place] = scalar
        }
        return result
    }

    /// The one code point that a pair composes to; nil where there is none.
    private static func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if let syllable = hangul(first.value, second.value) { return syllable }
        guard canCompose(second) else { return nil }
        var pair = String.UnicodeScalarView()
        pair.append(first)
        pair.append(second)
        return composites[String(pair)]
    }

    /// Hangul syllables are composed by arithmetic (Unicode standard section 3.12).
    private static func hangul(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
        if (0x1100...0x1112).contains(first), (0x1161...0x1175).contains(second) {
            return Unicode.Scalar(0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28)
        }
        if (0xAC00...0xD7A3).contains(first), (first - 0xAC00) % 28 == 0, (0x11A8...0x11C2).contains(second) {
            return Unicode.Scalar(first + second - 0x11A7)
        }
        return nil
    }

    /// Code points by themselves: looked up with a pair, the dictionary finds the code point equivalent to it.
    private static let composites: [String: Unicode.Scalar] = {
        // The blocks in which composed characters lie, Hangul aside.
        let blocks: [ClosedRange<UInt32>] = [
            0x00C0...0x06D3, 0x0929...0x0DDE, 0x1026...0x1026, 0x1B06...0x1B43, 0x1E00...0x1FFF, 0x219A...0x22ED, 0x304C...0x30FE,
            0x1109A...0x115BB, 0x11938...0x11938,
        ]
        var result: [String: Unicode.Scalar] = [:]
        for block in blocks {
            for value in block {
                guard let scalar = Unicode.Scalar(value), !scalar.properties.isFullCompositionExclusion else { continue }
                result[String(scalar)] = scalar
            }
        }
        return result
    }()
}
