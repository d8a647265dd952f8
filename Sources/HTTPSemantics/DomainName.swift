/// Domain to ASCII (URL standard section 3.3): the part of UTS #46 that the standard library's Unicode data can do.
///
/// Done: case mapping, ignored code points (soft hyphen, zero width space, variation selectors), the ideographic full stops,
/// fullwidth forms of ASCII, canonical composition, Punycode both ways, labels that begin with a mark, code points without a
/// character, private use, spaces and format characters.
///
/// Not done: other compatibility mappings (ligatures, superscripts, halfwidth katakana, CJK compatibility ideographs). A domain
/// that needs one is refused, because a guess would name another host. Not checked: the rule for labels that mix directions
/// (RFC 5893), and the joiners' context beyond a preceding virama or Arabic letters on both sides (RFC 5892 appendix A).
enum DomainName {
    /// The domain in ASCII and lower case, for a check for forbidden bytes; nil is failure. `domain` is percent-decoded.
    ///
    /// Of a domain that is ASCII already nothing else is asked, also where a label begins with "xn--" and decodes to nothing
    /// valid: so the standard has it, because such hosts exist.
    static func ascii(_ domain: [UInt8]) -> [UInt8]? {
        if domain.allSatisfy({ $0 < 0x80 }) { return domain.map(asciiLowerCase) }
        var labels: [[Unicode.Scalar]] = [[]]
        for scalar in String(decoding: domain, as: UTF8.self).unicodeScalars {
            for mapped in mapping(of: scalar) {
                if mapped == "." { labels.append([]) } else { labels[labels.count - 1].append(mapped) }
            }
        }
        var output: [UInt8] = []
        for (index, label) in labels.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ".")) }
            guard let text = ascii(label: label) else { return nil }
            output += text
        }
        return output
    }

    private static let punycodePrefix = Array("xn--".utf8)

    private static func ascii(label: [Unicode.Scalar]) -> [UInt8]? {
        guard label.allSatisfy(\.isASCII) else {
            guard label.count <= Punycode.maximumLength else { return nil }
            let composed = CanonicalComposition.composed(label)
            // What is in Punycode already has nothing outside ASCII left.
            guard isValid(composed), !composed.starts(with: punycodePrefix.map { Unicode.Scalar($0) }),
                let digits = Punycode.encode(composed)
            else { return nil }
            return punycodePrefix + digits
        }
        let bytes = label.map { UInt8(truncatingIfNeeded: $0.value) }
        guard bytes.starts(with: punycodePrefix) else { return bytes }
        // A label in Punycode must be what its own decoding would be written as.
        let digits = bytes.dropFirst(punycodePrefix.count)
        guard let decoded = Punycode.decode(digits), !decoded.allSatisfy(\.isASCII),
            decoded.flatMap(mapping) == decoded, CanonicalComposition.composed(decoded) == decoded, isValid(decoded),
            let again = Punycode.encode(decoded), again.elementsEqual(digits)
        else { return nil }
        return bytes
    }

    // MARK: - Mapping

    /// What a code point is mapped to (UTS #46 section 5): itself, others, or nothing.
    private static func mapping(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.isASCII {
            return [Unicode.Scalar(asciiLowerCase(UInt8(truncatingIfNeeded: scalar.value)))]
        }
        switch scalar.value {
        case 0x3002, 0xFF0E, 0xFF61:
            return ["."]
        case 0xFF01...0xFF5E:
            return [Unicode.Scalar(asciiLowerCase(UInt8(truncatingIfNeeded: scalar.value - 0xFEE0)))]
        case 0x00AD, 0x034F, 0x180B...0x180D, 0x180F, 0x200B, 0x2060, 0x2064, 0xFE00...0xFE0F, 0xFEFF, 0x1BCA0...0x1BCA3,
            0xE0100...0xE01EF:
            return []
        case 0x1E9E:
            return ["ß"]
        default:
            guard scalar.properties.changesWhenNFKCCaseFolded, !isDeviation(scalar) else { return [scalar] }
            return Array(scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }

    /// Sharp s, final sigma and the two joiners: valid as they are (UTS #46 section 4, non-transitional).
    private static func isDeviation(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "ß" || scalar == "ς" || isJoiner(scalar)
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D
    }

    // MARK: - Validity

    /// The validity criteria of UTS #46 section 4.1 for a mapped and composed label, as far as the type's comment says.
    private static func isValid(_ label: [Unicode.Scalar]) -> Bool {
        if let first = label.first, isMark(first) { return false }
        for (index, scalar) in label.enumerated() where !scalar.isASCII {
            if isJoiner(scalar) {
                guard joinerIsAllowed(in: label, at: index) else { return false }
                continue
            }
            if scalar.properties.changesWhenNFKCCaseFolded, !isDeviation(scalar) { return false }
            switch scalar.properties.generalCategory {
            case .unassigned, .surrogate, .privateUse, .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator:
                return false
            default:
                break
            }
            switch scalar.value {
            case 0x2FF0...0x2FFF, 0xFFFC, 0xFFFD: return false
            default: break
            }
        }
        return true
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func joinerIsAllowed(in label: [Unicode.Scalar], at index: Int) -> Bool {
        guard index > 0 else { return false }
        let virama = Unicode.CanonicalCombiningClass(rawValue: 9)
        if label[index - 1].properties.canonicalCombiningClass == virama { return true }
        let arabic: ClosedRange<UInt32> = 0x0600...0x08FF
        return label[index].value == 0x200C && index + 1 < label.count && arabic.contains(label[index - 1].value)
            && arabic.contains(label[index + 1].value)
    }
}
