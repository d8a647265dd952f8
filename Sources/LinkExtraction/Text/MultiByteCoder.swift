/// Reads and writes the characters of one multi-byte encoding (Encoding standard sections 10 to 14).
package protocol MultiByteCoder: Sendable {
    /// The text in UTF-8, with U+FFFD for what stands for nothing. Takes any bytes.
    func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]
    /// The bytes of a code point beyond ASCII; nil where the encoding has none.
    func encode(_ scalar: Unicode.Scalar) -> [UInt8]?
}

/// Gives the coder of a multi-byte encoding; nil where there is none. Never asked for ISO-2022-JP, whose characters are those of
/// EUC-JP.
package typealias MultiByteCoders = @Sendable (CharacterEncoding) -> (any MultiByteCoder)?
