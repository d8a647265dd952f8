/// A set of bytes that a component of a URL must not contain as they are (URL standard section 1.3).
///
/// Every byte outside ASCII belongs to every set.
struct PercentEncodeSet: Sendable {
    /// One bit for each of the bytes 0 to 63.
    private let low: UInt64
    /// One bit for each of the bytes 64 to 127.
    private let high: UInt64

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte & 0x40 == 0 ? low : high
        return byte >= 0x80 || (word &>> UInt64(byte & 0x3F)) & 1 != 0
    }

    /// This set and the ASCII characters of `text`.
    func union(_ text: StaticString) -> PercentEncodeSet {
        var low = low
        var high = high
        for index in 0..<text.utf8CodeUnitCount {
            let byte = text.utf8Start[index]
            if byte < 0x40 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 0x3F) }
        }
        return PercentEncodeSet(low: low, high: high)
    }

    /// Controls 0 to 0x1F and 0x7F.
    static let control = PercentEncodeSet(low: 0xFFFF_FFFF, high: 1 << 63)
    static let fragment = control.union(" \"<>`")
    static let query = control.union(" \"#<>")
    static let specialQuery = query.union("'")
    static let path = query.union("?^`{}")
    static let userinfo = path.union("/:;=@[\\]|")

    /// What the copying of a path segment stops at: bytes to be encoded, and the end of the segment.
    static let segmentStop = path.union("/")
    static let specialSegmentStop = path.union("/\\")
    /// Code points that no host has (URL standard section 3.2).
    static let forbiddenHost = PercentEncodeSet(low: 1, high: 0).union("\t\n\r #/:<>?@[\\]^|")
    /// Code points that no domain has: those, controls and the percent sign.
    static let forbiddenDomain = control.union(" #/:<>?@[\\]^|%")
}

/// Hexadecimal digits in ASCII.
enum Hexadecimal {
    /// The value of a digit of either case; nil for another byte.
    @inline(__always)
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    static func upperCaseDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }

    static func lowerCaseDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }
}

/// Percent-decoding (URL standard section 1.3): a "%" without two hexadecimal digits stays.
func percentDecoded(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = Hexadecimal.value(bytes[index + 1]), let low = Hexadecimal.value(bytes[index + 2])
        {
            result.append(high << 4 | low)
            index += 3
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return result
}
