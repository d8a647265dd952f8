import HTTPSemantics

/// The bytes of a token (RFC 9110 section 5.6.2), as bits: each byte of each field name that is sent is looked up.
enum TokenBytes {
    /// For the bytes below 64, and for those from 64 to 127.
    private static let bits: (UInt64, UInt64) = (bits(of: 0..<64), bits(of: 64..<128))

    private static func bits(of bytes: Range<UInt8>) -> UInt64 {
        bytes.reduce(0) { Grammar.isTokenByte($1) ? $0 | 1 << UInt64($1 & 63) : $0 }
    }

    /// Whether the bytes are a token: one `tchar` or more.
    static func areToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        let (low, high) = bits
        return !bytes.isEmpty && bytes.allSatisfy { byte in byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 != 0 }
    }
}
