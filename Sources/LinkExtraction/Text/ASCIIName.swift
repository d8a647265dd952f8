/// A short name in lower case, packed into two words so that comparing costs nothing: of a tag, an attribute, a CSS function.
///
/// A name of more than 16 bytes equals no shorter one; names that long are not told apart.
struct ASCIIName: Hashable {
    static let maximumCount = 16

    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    private(set) var count = 0

    init() {}

    /// - Parameter text: at most 16 bytes, in lower case.
    init(_ text: StaticString) {
        for byte in text.bytes { append(byte) }
    }

    /// Adds a byte, an ASCII capital as its small letter.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        // NUL would leave no trace.
        let value = UInt64(byte == 0 ? 0xFF : lowercased(byte))
        if count < 8 {
            low |= value &<< UInt64(count &* 8)
        } else if count < Self.maximumCount {
            high |= value &<< UInt64((count &- 8) &* 8)
        } else {
            low = .max
            high = .max
            return
        }
        count &+= 1
    }

    /// The byte at an index below 16.
    func byte(at index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: index < 8 ? low &>> UInt64(index &* 8) : high &>> UInt64((index &- 8) &* 8))
    }

    var isTooLong: Bool { low == .max && high == .max }

    static func == (left: ASCIIName, right: ASCIIName) -> Bool {
        left.low == right.low && left.high == right.high
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(low)
        hasher.combine(high)
    }
}

/// A table of a few names, made once, that answers in a few instructions.
struct NameTable<Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var value: Value
    }

    private var slots: [Slot]
    private let unknown: Value
    private let shift: UInt64

    /// - Parameters:
    ///   - names: at most 16 bytes each; not more than half as many as there are slots.
    ///   - unknown: what every other name stands for.
    ///   - slotBits: the binary logarithm of the number of slots.
    init(_ names: [(StaticString, Value)], unknown: Value, slotBits: Int) {
        self.unknown = unknown
        shift = UInt64(64 - slotBits)
        slots = Array(repeating: Slot(value: unknown), count: 1 << slotBits)
        for (text, value) in names {
            let name = ASCIIName(text)
            var index = slot(of: name)
            while slots[index].low != 0 { index = (index + 1) & (slots.count - 1) }
            slots[index] = Slot(low: name.low, high: name.high, value: value)
        }
    }

    @inline(__always)
    private func slot(of name: ASCIIName) -> Int {
        let mixed = (name.low ^ (name.high &* 0x9E37_79B9_7F4A_7C15)) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: mixed &>> shift)
    }

    subscript(name: ASCIIName) -> Value {
        var index = slot(of: name)
        while true {
            let slot = slots[index]
            if slot.low == name.low, slot.high == name.high { return slot.value }
            if slot.low == 0 { return unknown }
            index = (index &+ 1) & (slots.count &- 1)
        }
    }
}
