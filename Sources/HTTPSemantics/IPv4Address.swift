/// An IPv4 address and the forms in which a URL may write it (URL standard section 3.5).
struct IPv4Address {
    let value: UInt32

    /// The ends-in-a-number checker: whether the last label (a final dot aside) makes the domain an IPv4 address or a failure.
    static func endsInNumber(_ domain: UnsafeBufferPointer<UInt8>) -> Bool {
        var end = domain.count
        if end > 0, domain[end - 1] == UInt8(ascii: ".") { end -= 1 }
        var start = end
        while start > 0, domain[start - 1] != UInt8(ascii: ".") { start -= 1 }
        guard start < end, isASCIIDigit(domain[start]) else { return false }
        let label = UnsafeBufferPointer(rebasing: domain[start..<end])
        return label.allSatisfy(isASCIIDigit) || number(label) != nil
    }

    /// The IPv4 parser: one to four numbers, decimal, octal ("0") or hexadecimal ("0x"); the last fills what is left.
    init?(_ domain: UnsafeBufferPointer<UInt8>) {
        var end = domain.count
        if end > 0, domain[end - 1] == UInt8(ascii: ".") { end -= 1 }
        var parts = 0
        var value: UInt64 = 0
        var start = 0
        while true {
            var stop = start
            while stop < end, domain[stop] != UInt8(ascii: ".") { stop += 1 }
            guard let number = Self.number(UnsafeBufferPointer(rebasing: domain[start..<stop])) else { return nil }
            parts += 1
            guard parts <= 4 else { return nil }
            if stop == end {
                let bits = UInt64(8 * (5 - parts))
                guard number < 1 << bits else { return nil }
                self.value = UInt32(truncatingIfNeeded: value << bits | number)
                return
            }
            guard number <= 255 else { return nil }
            value = value << 8 | number
            start = stop + 1
        }
    }

    /// The IPv4 number parser; a number past 32 bits gives 2^32, which no address has room for. Nil is failure.
    private static func number(_ part: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard let first = part.first else { return nil }
        var radix: UInt64 = 10
        var index = 0
        if part.count >= 2, first == UInt8(ascii: "0") {
            if part[1] | 0x20 == UInt8(ascii: "x") {
                radix = 16
                index = 2
            } else {
                radix = 8
                index = 1
            }
        }
        var value: UInt64 = 0
        while index < part.count {
            guard let digit = Hexadecimal.value(part[index]), digit < radix else { return nil }
            value = min(value * radix + UInt64(digit), 1 << 32)
            index += 1
        }
        return value
    }

    /// Writes the address as four decimal numbers.
    func write(to output: inout WebURLWriter) {
        for shift in [UInt32(24), 16, 8, 0] {
            output.append(decimal: value >> shift & 0xFF)
            if shift > 0 { output.append(".") }
        }
    }
}
