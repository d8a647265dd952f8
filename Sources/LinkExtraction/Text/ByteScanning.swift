/// Bytes that somebody else owns, for the time of a call.
package typealias Bytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// The bytes from `start` up to `end`; both lie within the buffer.
    @inline(__always)
    func slice(_ start: Int, _ end: Int) -> Bytes {
        Bytes(rebasing: self[start..<end])
    }

    /// The index of the first `byte` from `start` on, `count` where there is none. Looks at eight bytes at a time.
    @inline(__always)
    func offset(of byte: UInt8, from start: Int) -> Int {
        guard let base = baseAddress else { return count }
        let pattern = UInt64(byte) &* Self.ones
        var index = start
        while index &+ 8 <= count {
            let differences = Self.word(base, index) ^ pattern
            let zeros = (differences &- Self.ones) & ~differences & Self.highBits
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < count, base[index] != byte { index &+= 1 }
        return index
    }

    /// Whether the bytes are ASCII without "&" and without NUL: what needs no decoding in an attribute value.
    var isPlainText: Bool {
        guard let base = baseAddress else { return true }
        let ampersands = UInt64(UInt8(ascii: "&")) &* Self.ones
        var index = 0
        var found: UInt64 = 0
        while index &+ 8 <= count {
            let word = Self.word(base, index)
            let differences = word ^ ampersands
            found |= (differences &- Self.ones) & ~differences
            found |= word | ((word &- Self.ones) & ~word)
            index &+= 8
        }
        if found & Self.highBits != 0 { return false }
        while index < count {
            let byte = base[index]
            if byte >= 0x80 || byte == 0 || byte == UInt8(ascii: "&") { return false }
            index &+= 1
        }
        return true
    }

    /// Whether all bytes are below 0x80.
    var isASCII: Bool {
        guard let base = baseAddress else { return true }
        var index = 0
        var found: UInt64 = 0
        while index &+ 8 <= count {
            found |= Self.word(base, index)
            index &+= 8
        }
        if found & Self.highBits != 0 { return false }
        while index < count {
            if base[index] >= 0x80 { return false }
            index &+= 1
        }
        return true
    }

    /// A hash of the bytes, the same for the same bytes. Not for what strangers could gain from a collision.
    var quickHash: UInt64 {
        guard let base = baseAddress else { return 0 }
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index &+ 8 <= count {
            hash = (hash ^ Self.word(base, index)) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash &>> 32
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < count {
            rest = rest &<< 8 | UInt64(base[index])
            index &+= 1
        }
        hash = (hash ^ rest) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash &>> 29)
    }

    /// The next eight bytes as a little-endian number; where there are fewer, zeros stand for what is missing.
    @inline(__always)
    func upToEight(from start: Int) -> UInt64 {
        guard let base = baseAddress, start < count else { return 0 }
        let rest = count &- start
        if rest >= 8 { return Self.word(base, start) }
        if count >= 8 { return Self.word(base, count &- 8) &>> UInt64(8 &* (8 &- rest)) }
        var result: UInt64 = 0
        var index = count
        while index > start {
            index &-= 1
            result = result &<< 8 | UInt64(base[index])
        }
        return result
    }

    @inline(__always)
    private static func word(_ base: UnsafePointer<UInt8>, _ index: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }

    /// Without ASCII white space at either end (Infra standard).
    var trimmed: Bytes {
        var start = 0
        var end = count
        while start < end, isASCIIWhitespace(self[start]) { start &+= 1 }
        while end > start, isASCIIWhitespace(self[end &- 1]) { end &-= 1 }
        return slice(start, end)
    }

    /// Whether the bytes are this text, without regard to the case of ASCII letters.
    ///
    /// - Parameter text: in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && startsIgnoringCase(with: text)
    }

    /// Whether the bytes begin with this text, without regard to the case of ASCII letters.
    ///
    /// - Parameter text: in lower case.
    func startsIgnoringCase(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where lowercased(self[index]) != text.utf8Start[index] { return false }
        return true
    }
}

extension StaticString {
    /// The text's bytes; for text that is not a single scalar.
    var bytes: Bytes { Bytes(start: utf8Start, count: utf8CodeUnitCount) }
}

/// Tab, line feed, form feed, carriage return, space (Infra standard).
@inline(__always)
func isASCIIWhitespace(_ byte: UInt8) -> Bool {
    byte <= 0x20 && (1 as UInt64) &<< UInt64(byte) & 0x1_0000_3600 != 0
}

@inline(__always)
func isASCIILetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26
}

@inline(__always)
func isASCIIDigit(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10
}

@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// The value of a hexadecimal digit of either case; nil for another byte.
@inline(__always)
func hexadecimalValue(_ byte: UInt8) -> UInt32? {
    if isASCIIDigit(byte) { return UInt32(byte &- 0x30) }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? UInt32(letter) + 10 : nil
}
