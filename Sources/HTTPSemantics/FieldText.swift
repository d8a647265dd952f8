/// Field values as text that gives the very bytes back.
///
/// Bytes beyond ASCII in a field value are opaque (RFC 9110 section 5.5). Nearly always they are UTF-8, and read as such. Where they
/// are not, each of them becomes a scalar of a private range, so that what is passed on is what came: byte 0xE9 is U+F7E9.
package enum FieldText {
    private static let firstScalar: UInt32 = 0xF780
    private static let lastScalar: UInt32 = 0xF7FF

    /// Reads a value.
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        read(bytes)
    }

    /// The same of bytes in memory, which is quicker.
    package static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        read(bytes)
    }

    @inline(__always)
    private static func read(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !hasOpaque(text) { return text }
        var text = ""
        for byte in bytes {
            let scalar = byte < 0x80 ? Unicode.Scalar(byte) : Unicode.Scalar(0xF700 + UInt32(byte)) ?? "\u{FFFD}"
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// The bytes of a value that `text` could not read as UTF-8; nil: those of the string are right as they are.
    package static func opaqueBytes(of text: String) -> [UInt8]? {
        guard hasOpaque(text) else { return nil }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if isOpaque(scalar) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes += UTF8.encode(scalar) ?? .init()
            }
        }
        return bytes
    }

    private static func hasOpaque(_ text: String) -> Bool {
        // The first byte of those scalars in UTF-8; hardly any value has it.
        text.withBytes { Grammar.firstIndex(of: 0xEF, in: $0) != nil } && text.unicodeScalars.contains(where: isOpaque)
    }

    private static func isOpaque(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= firstScalar && scalar.value <= lastScalar
    }
}
