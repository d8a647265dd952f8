/// Character references in attribute values (HTML standard sections 13.2.5.72 to 13.2.5.80).
struct CharacterReferences: Sendable {
    private struct Entry: Sendable {
        var nameStart: UInt32
        var nameCount: UInt32
        var first: UInt32
        /// 0 where the name stands for one code point.
        var second: UInt32
        /// Whether the name counts without its semicolon too.
        var needsNoSemicolon: Bool
    }

    /// The longest name without its semicolon.
    private static let maximumNameCount = 32
    private static let slotCount = 8_192

    private var entries: [Entry] = []
    /// Indexes into `entries`, plus 1; 0 is an empty slot.
    private var slots: [UInt16]

    private static let table = CharacterReferences()

    /// Reads `names`, once.
    private init() {
        slots = Array(repeating: 0, count: Self.slotCount)
        entries.reserveCapacity(2_200)
        let text = Self.names.bytes
        var index = 0
        while index < text.count {
            if isASCIIWhitespace(text[index]) {
                index += 1
                continue
            }
            let nameStart = index
            while index < text.count, text[index] != UInt8(ascii: ":"), text[index] != UInt8(ascii: "!") { index += 1 }
            var entry = Entry(
                nameStart: UInt32(nameStart), nameCount: UInt32(index - nameStart), first: 0, second: 0,
                needsNoSemicolon: index < text.count && text[index] == UInt8(ascii: "!"))
            index += 1
            while index < text.count, !isASCIIWhitespace(text[index]) {
                if let digit = hexadecimalValue(text[index]) {
                    entry.second = entry.second << 4 | digit
                } else {
                    entry.first = entry.second
                    entry.second = 0
                }
                index += 1
            }
            if entry.first == 0 { swap(&entry.first, &entry.second) }
            entries.append(entry)
            var slot = Self.slot(of: text.slice(nameStart, nameStart + Int(entry.nameCount)))
            while slots[slot] != 0 { slot = (slot + 1) % Self.slotCount }
            slots[slot] = UInt16(entries.count)
        }
    }

    private static func slot(of name: Bytes) -> Int {
        Int(truncatingIfNeeded: name.quickHash % UInt64(slotCount))
    }

    private func entry(named name: Bytes) -> Entry? {
        let text = Self.names.bytes
        var slot = Self.slot(of: name)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if Int(entry.nameCount) == name.count,
                text.slice(Int(entry.nameStart), Int(entry.nameStart) + name.count).elementsEqual(name)
            {
                return entry
            }
            slot = (slot + 1) % Self.slotCount
        }
        return nil
    }

    // MARK: - Decoding

    /// The value with its character references resolved, NUL replaced, in UTF-8. Linear.
    ///
    /// - Parameter value: UTF-8.
    static func decode(_ value: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            let byte = value[index]
            if byte == UInt8(ascii: "&") {
                index = decodeReference(value, index + 1, into: &result)
            } else if byte == 0 {
                append(0xFFFD, to: &result)
                index += 1
            } else {
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// What follows "&". Gives the index behind the reference, or `start` where it is none.
    private static func decodeReference(_ value: Bytes, _ start: Int, into result: inout [UInt8]) -> Int {
        if start < value.count, value[start] == UInt8(ascii: "#"),
            let end = decodeNumericReference(value, start + 1, into: &result)
        {
            return end
        }
        var end = start
        while end < value.count, end - start <= maximumNameCount, isASCIILetter(value[end]) || isASCIIDigit(value[end]) {
            end += 1
        }
        let hasSemicolon = end < value.count && value[end] == UInt8(ascii: ";")
        // In attributes a name without semicolon counts only where neither "=" nor a letter or digit follows.
        let mayLackSemicolon = end == value.count || value[end] != UInt8(ascii: "=")
        if end > start, hasSemicolon || mayLackSemicolon, let entry = table.entry(named: value.slice(start, end)),
            hasSemicolon || entry.needsNoSemicolon
        {
            append(entry.first, to: &result)
            if entry.second != 0 { append(entry.second, to: &result) }
            return hasSemicolon ? end + 1 : end
        }
        result.append(UInt8(ascii: "&"))
        return start
    }

    /// What follows "&#"; nil where no digit does.
    private static func decodeNumericReference(_ value: Bytes, _ start: Int, into result: inout [UInt8]) -> Int? {
        var index = start
        let isHexadecimal = index < value.count && value[index] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { index += 1 }
        let digitsStart = index
        var number: UInt32 = 0
        while index < value.count {
            guard let digit = hexadecimalValue(value[index]), isHexadecimal || digit < 10 else { break }
            // Everything above the last code point is the same.
            number = min(number * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
            index += 1
        }
        guard index > digitsStart else { return nil }
        append(codePoint(number), to: &result)
        return index < value.count && value[index] == UInt8(ascii: ";") ? index + 1 : index
    }

    /// What a number stands for (section 13.2.5.80): the bytes 0x80 to 0x9F mean windows-1252.
    private static func codePoint(_ number: UInt32) -> UInt32 {
        switch number {
        case 0x80...0x9F: SingleByteTable.of(.windows1252)?.scalar(of: UInt8(truncatingIfNeeded: number)) ?? number
        case 0, 0xD800...0xDFFF, 0x11_0000...: 0xFFFD
        default: number
        }
    }

    private static func append(_ codePoint: UInt32, to result: inout [UInt8]) {
        result.append(contentsOf: UTF8.encode(Unicode.Scalar(codePoint) ?? "\u{FFFD}") ?? .init())
    }
}
