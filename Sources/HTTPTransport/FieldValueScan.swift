/// What one pass over the bytes of a field value finds.
struct FieldValueScan: Equatable {
    /// A control character, which no value may have (RFC 9110 section 5.5); the tab is allowed.
    var hasControl = false
    /// The byte that U+FFFD begins with in UTF-8, and so do the scalars that stand for bytes which are not UTF-8. Hardly any value
    /// has it.
    var hasRareLead = false
    /// A space or a tab at the end.
    var endsWithWhitespace = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let last = bytes.last else { return }
        endsWithWhitespace = last == 0x20 || last == 0x09
        if Self.arePlain(UnsafeRawBufferPointer(bytes)) { return }
        for byte in bytes {
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { hasControl = true }
            if byte == 0xEF { hasRareLead = true }
        }
    }

    init(_ value: String) {
        if let scan = value.utf8.withContiguousStorageIfAvailable({ FieldValueScan($0) }) {
            self = scan
        } else {
            self = Array(value.utf8).withUnsafeBufferPointer { FieldValueScan($0) }
        }
    }

    /// Whether all bytes are visible ASCII or spaces, 0x20 to 0x7E, as those of nearly every value are: a dozen values are
    /// looked through for each exchange, so eight bytes at a time.
    private static func arePlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 8 else { return bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
        let lastEight = bytes.count - 8
        var offset = 0
        while offset < lastEight {
            guard isPlain(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) else { return false }
            offset += 8
        }
        return isPlain(bytes.loadUnaligned(fromByteOffset: lastEight, as: UInt64.self))
    }

    /// A byte below 0x20 has its highest bit set once 0x20 is taken off, 0x7F has it once 1 is added, and all above have it anyway.
    /// What a byte borrows or carries reaches its neighbour only where it is found itself.
    private static func isPlain(_ eight: UInt64) -> Bool {
        (eight | (eight &- 0x2020_2020_2020_2020) | (eight &+ 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080 == 0
    }
}
