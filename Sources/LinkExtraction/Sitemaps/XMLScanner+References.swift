extension XMLScanner {
    /// The longest reference that is resolved, without "&" and ";": a number of any sensible length.
    private static var longestReference: Int { 16 }

    mutating func beginReference(inValue: Bool) {
        state = .reference
        isInValue = inValue
        reference.removeAll(keepingCapacity: true)
    }

    /// Reads a reference up to its semicolon (XML 1.0 section 4.1). What is none stays as it stands: "&" in the middle of a URL is
    /// the most frequent fault of feeds, and clear.
    mutating func readReference(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        let byte = bytes[index]
        let isName =
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || byte == UInt8(ascii: "#") && reference.isEmpty
        if isName, reference.count < Self.longestReference {
            reference.append(byte)
            index += 1
            return
        }
        if byte == UInt8(ascii: ";"), let scalar = Self.scalar(reference) {
            index += 1
            for unit in UTF8.encode(scalar) ?? .init() { appendResolved(unit) }
        } else {
            note(.badReference, at: index)
            settleReference()
        }
        state = isInValue ? .value : .text
    }

    /// Takes what was read of a reference as it stands.
    mutating func settleReference() {
        appendResolved(UInt8(ascii: "&"))
        for unit in reference { appendResolved(unit) }
        reference.removeAll(keepingCapacity: true)
    }

    private mutating func appendResolved(_ unit: UInt8) {
        if isInValue { value.append(unit) } else { text.append(unit) }
    }

    /// The character that a reference names; nil for an entity that only a document type could define, and for no character.
    private static func scalar(_ reference: [UInt8]) -> Unicode.Scalar? {
        guard reference.first == UInt8(ascii: "#") else {
            switch String(decoding: reference, as: UTF8.self) {
            case "amp": return "&"
            case "lt": return "<"
            case "gt": return ">"
            case "quot": return "\""
            case "apos": return "'"
            default: return nil
            }
        }
        let isHexadecimal = reference.count > 1 && reference[1] | 0x20 == UInt8(ascii: "x")
        let digits = reference.dropFirst(isHexadecimal ? 2 : 1)
        guard let number = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10), number != 0 else {
            return nil
        }
        return Unicode.Scalar(number)
    }
}
