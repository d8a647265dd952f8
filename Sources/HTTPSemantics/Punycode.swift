/// Punycode (RFC 3492) as IDNA uses it: one label, without its "xn--".
///
/// Both directions are quadratic in the length of a label, so labels past `maximumLength` are refused; DNS allows 63 bytes.
enum Punycode {
    /// The longest label, in code points or digits.
    static let maximumLength = 255

    private static let base: UInt32 = 36
    private static let minimumThreshold: UInt32 = 1
    private static let maximumThreshold: UInt32 = 26
    private static let initialBias: UInt32 = 72
    private static let firstCodePoint: UInt32 = 128

    /// The ASCII form of a label; nil where it is too long.
    static func encode(_ label: [Unicode.Scalar]) -> [UInt8]? {
        guard label.count <= maximumLength else { return nil }
        var output: [UInt8] = []
        for scalar in label where scalar.isASCII { output.append(UInt8(truncatingIfNeeded: scalar.value)) }
        let basicCount = output.count
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var handled = basicCount
        var next = firstCodePoint
        var delta: UInt32 = 0
        var bias = initialBias
        while handled < label.count {
            // At most 0x10FFFF * 256 is added: no overflow.
            var smallest = UInt32.max
            for scalar in label where scalar.value >= next && scalar.value < smallest { smallest = scalar.value }
            delta += (smallest - next) * UInt32(handled + 1)
            next = smallest
            for scalar in label {
                if scalar.value < next { delta += 1 }
                guard scalar.value == next else { continue }
                appendInteger(delta, bias: bias, to: &output)
                bias = adapted(delta, count: UInt32(handled + 1), isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return output
    }

    /// The label that these digits stand for; nil where they stand for none or are too long.
    static func decode(_ digits: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
        guard digits.count <= maximumLength else { return nil }
        var output: [Unicode.Scalar] = []
        var index = digits.startIndex
        if let hyphen = digits.lastIndex(of: UInt8(ascii: "-")) {
            for byte in digits[..<hyphen] {
                guard byte < 0x80 else { return nil }
                output.append(Unicode.Scalar(byte))
            }
            index = hyphen + 1
        }
        var codePoint = firstCodePoint
        var position: UInt32 = 0
        var bias = initialBias
        while index < digits.endIndex {
            guard let delta = readInteger(digits, &index, bias: bias) else { return nil }
            let (sum, overflow) = position.addingReportingOverflow(delta)
            guard !overflow else { return nil }
            let count = UInt32(output.count + 1)
            bias = adapted(delta, count: count, isFirst: output.allSatisfy(\.isASCII))
            codePoint += min(sum / count, 0x11_0000)
            guard let scalar = Unicode.Scalar(codePoint), codePoint <= 0x10_FFFF else { return nil }
            position = sum % count
            output.insert(scalar, at: Int(position))
            position += 1
        }
        return output
    }

    /// A generalised variable-length integer (RFC 3492 section 3.3).
    private static func appendInteger(_ value: UInt32, bias: UInt32, to output: inout [UInt8]) {
        var rest = value
        var weight = base
        while true {
            let threshold = threshold(weight, bias: bias)
            if rest < threshold { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            weight += base
        }
        output.append(digit(rest))
    }

    private static func readInteger(_ digits: ArraySlice<UInt8>, _ index: inout Int, bias: UInt32) -> UInt32? {
        var value: UInt64 = 0
        var factor: UInt64 = 1
        var weight = base
        while index < digits.endIndex {
            guard let digit = digitValue(digits[index]) else { return nil }
            index += 1
            value += UInt64(digit) * factor
            guard value <= UInt64(UInt32.max) else { return nil }
            let threshold = threshold(weight, bias: bias)
            if digit < threshold { return UInt32(value) }
            factor *= UInt64(base - threshold)
            guard factor <= UInt64(UInt32.max) else { return nil }
            weight += base
        }
        return nil
    }

    private static func threshold(_ weight: UInt32, bias: UInt32) -> UInt32 {
        weight <= bias + minimumThreshold ? minimumThreshold : min(weight - bias, maximumThreshold)
    }

    /// The bias adaptation of RFC 3492 section 6.1.
    private static func adapted(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var steps: UInt32 = 0
        while delta > (base - minimumThreshold) * maximumThreshold / 2 {
            delta /= base - minimumThreshold
            steps += base
        }
        return steps + (base - minimumThreshold + 1) * delta / (delta + 38)
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value - 26 + 0x30)
    }

    private static func digitValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30 + 26
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61
        default: nil
        }
    }
}
