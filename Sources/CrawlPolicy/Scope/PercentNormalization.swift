/// Percent-encodings in one spelling (RFC 3986 sections 6.2.2.1 and 6.2.2.2).
enum PercentNormalization {
    /// `bytes` with digits of percent-encodings in upper case, and unreserved characters (section 2.3) decoded.
    static func normalized(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = URLText.hexadecimalValue(bytes[index + 1]), let low = URLText.hexadecimalValue(bytes[index + 2])
            else {
                output.append(bytes[index])
                index += 1
                continue
            }
            let byte = high << 4 | low
            if isUnreserved(byte), !completesEncoding(byte, behind: output) {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "%"), upperCase(bytes[index + 1]), upperCase(bytes[index + 2])]
            }
            index += 3
        }
        return output
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: URLText.isLetter(byte) || URLText.isDigit(byte)
        }
    }

    /// Whether a decoded byte would make a percent-encoding of a "%" that was none: "%%37E" must not become "%7E".
    private static func completesEncoding(_ byte: UInt8, behind output: [UInt8]) -> Bool {
        guard URLText.hexadecimalValue(byte) != nil, let last = output.last else { return false }
        if last == UInt8(ascii: "%") { return true }
        return output.count >= 2 && output[output.count - 2] == UInt8(ascii: "%") && URLText.hexadecimalValue(last) != nil
    }

    private static func upperCase(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte
    }
}
