/// The innermost loops of what reads fields, over bytes: eight at a time where that is possible, since a section is looked through
/// many times for each message.
extension Grammar {
    /// Whether the texts are the same but for the case of ASCII letters.
    package static func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return left.withBytes { left in right.withBytes { isEqual(left, $0) || equalIgnoringCase(left, $0) } }
    }

    /// Whether the bytes are those of the text but for the case of ASCII letters.
    package static func equalIgnoringCase(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
        equalIgnoringCase(bytes, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func equalIgnoringCase(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices {
            let difference = left[index] ^ right[index]
            guard difference != 0 else { continue }
            let letter = left[index] | 0x20
            if difference != 0x20 || letter < UInt8(ascii: "a") || letter > UInt8(ascii: "z") { return false }
        }
        return true
    }

    @inline(__always)
    static func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        let (first, second) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
        guard count >= 8 else {
            for index in 0..<count where first[index] != second[index] { return false }
            return true
        }
        // The last eight bytes may have been looked at in part before.
        var index = 0
        while true {
            let isSame =
                first.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                == second.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if !isSame || index == count - 8 { return isSame }
            index = min(index + 8, count - 8)
        }
    }

    /// Where the byte stands for the first time from that place on; nil where it does not.
    static func firstIndex(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        let words = UnsafeRawBufferPointer(bytes)
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index + 8 <= words.count {
            // Where the byte stands, this has a zero, and `zeros` the highest bit of one; the lowest of those is right.
            let word = UInt64(littleEndian: words.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ (ones &* UInt64(byte))
            let zeros = (word &- ones) & ~word & (ones << 7)
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < words.count {
            if words[index] == byte { return index }
            index += 1
        }
        return nil
    }
}

extension String {
    /// The UTF-8 bytes, without the copy of the string that `withUTF8` needs.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }
}
