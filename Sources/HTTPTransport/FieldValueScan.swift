/// What one pass over the bytes of a field value finds.
struct FieldValueScan {
    /// A control character, which no value may have (RFC 9110 section 5.5); the tab is allowed.
    let hasControl: Bool
    /// The byte that U+FFFD begins with in UTF-8, and so do the scalars that stand for bytes which are not UTF-8. Hardly any value
    /// has it.
    let hasRareLead: Bool
    /// A space or a tab at the end.
    let endsWithWhitespace: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var hasControl = false
        var hasRareLead = false
        for byte in bytes where byte < 0x20 || byte >= 0x7F {
            if byte == 0xEF { hasRareLead = true }
            if byte <= 0x7F, byte != 0x09 { hasControl = true }
        }
        self.hasControl = hasControl
        self.hasRareLead = hasRareLead
        endsWithWhitespace = bytes.last.map { $0 == 0x20 || $0 == 0x09 } ?? false
    }

    init(_ value: String) {
        var value = value
        self = value.withUTF8 { FieldValueScan($0) }
    }
}
