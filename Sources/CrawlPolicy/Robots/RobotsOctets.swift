/// The form in which paths of robots.txt and of URLs are compared (RFC 9309 section 2.2.2).
///
/// Octets that a path or query holds as they are stay: unreserved and reserved characters of RFC 3986 section 3.3. All others are
/// percent-encoded, with capital digits; that holds for square brackets too, which have no place there. What is percent-encoded
/// is decoded where it is an unreserved character, and stays where it is reserved: "/a%2Fb" is not "/a/b".
///
/// Three reserved characters are decoded as well: "*" and "$", so that a rule can name them (section 2.2.3), and the apostrophe,
/// which the URL standard encodes in a query and leaves in a path. A percent sign without two digits counts as "%25".
enum RobotsOctets {
    /// What becomes of one octet, or of a triplet.
    struct Step {
        /// The octet to compare, or to percent-encode.
        var octet: UInt8
        var isEncoded: Bool
        /// How many bytes it took: 1, or 3 for a triplet.
        var length: Int
    }

    /// Whether the octets are in the form of comparison already: the case of nearly every URL.
    @inline(__always)
    static func areNormal(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes where !isKept(byte) { return false }
        return true
    }

    /// The octet at `index`, which must lie inside of `bytes`.
    @inline(__always)
    static func step(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Step {
        let byte = bytes[index]
        if isKept(byte) { return Step(octet: byte, isEncoded: false, length: 1) }
        guard byte == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = hexadecimalValue(bytes[index + 1]), let low = hexadecimalValue(bytes[index + 2])
        else { return Step(octet: byte, isEncoded: true, length: 1) }
        let octet = high << 4 | low
        return Step(octet: octet, isEncoded: !isDecoded(octet), length: 3)
    }

    /// Writes the form of comparison to `output`, which must have room for three times as many bytes.
    ///
    /// - Returns: how many bytes were written.
    static func normalize(_ bytes: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var count = 0
        var index = 0
        while index < bytes.count {
            let step = step(bytes, at: index)
            index += step.length
            if step.isEncoded {
                output[count] = UInt8(ascii: "%")
                output[count + 1] = hexadecimalDigit(step.octet >> 4)
                output[count + 2] = hexadecimalDigit(step.octet & 0x0F)
                count += 3
            } else {
                output[count] = step.octet
                count += 1
            }
        }
        return count
    }

    static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Whether the octet may stand in a path or query as it is: `pchar` without triplets, "/" and "?".
    @inline(__always)
    private static func isKept(_ byte: UInt8) -> Bool {
        // One bit for each ASCII character. 0 to 63: ! $ & ' ( ) * + , - . / 0-9 : ; = ?; 64 to 127: @ A-Z _ a-z ~.
        let word: UInt64 = byte & 0x40 == 0 ? 0xAFFF_FFD2_0000_0000 : 0x47FF_FFFE_87FF_FFFF
        return byte < 0x80 && (word &>> UInt64(byte & 0x3F)) & 1 != 0
    }

    /// Whether a triplet of this octet is decoded: letters, digits, "-", ".", "_", "~", and the three of the type's comment.
    private static func isDecoded(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        case UInt8(ascii: "*"), UInt8(ascii: "$"), UInt8(ascii: "'"): true
        default: false
        }
    }
}
