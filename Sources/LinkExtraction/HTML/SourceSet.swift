/// The URLs of a `srcset` attribute (HTML standard section 4.8.4.3.10): those of its candidates whose descriptors are valid.
enum SourceSet {
    /// Calls `body` with each candidate's URL in order.
    static func forEachURL(in value: Bytes, _ body: (Bytes) -> Void) {
        var index = 0
        while true {
            while index < value.count, isASCIIWhitespace(value[index]) || value[index] == UInt8(ascii: ",") { index += 1 }
            guard index < value.count else { return }
            let start = index
            while index < value.count, !isASCIIWhitespace(value[index]) { index += 1 }
            var end = index
            while end > start, value[end - 1] == UInt8(ascii: ",") { end -= 1 }
            // A comma right behind the URL ends the candidate: it has no descriptors.
            let isValid = end < index || readDescriptors(value, &index)
            if isValid { body(value.slice(start, end)) }
        }
    }

    private enum DescriptorState { case before, inside, parentheses }

    /// Reads descriptors up to the comma that ends the candidate. Gives whether they are valid.
    private static func readDescriptors(_ value: Bytes, _ index: inout Int) -> Bool {
        var descriptors = Descriptors()
        var state = DescriptorState.before
        var start = index
        while index < value.count {
            let byte = value[index]
            switch state {
            case .before:
                if byte == UInt8(ascii: ",") {
                    index += 1
                    return descriptors.areValid
                }
                if !isASCIIWhitespace(byte) {
                    start = index
                    state = .inside
                    continue
                }
            case .inside:
                if isASCIIWhitespace(byte) || byte == UInt8(ascii: ",") {
                    descriptors.add(value.slice(start, index))
                    state = .before
                    continue
                }
                if byte == UInt8(ascii: "(") { state = .parentheses }
            case .parentheses:
                if byte == UInt8(ascii: ")") { state = .inside }
            }
            index += 1
        }
        if state != .before { descriptors.add(value.slice(start, index)) }
        return descriptors.areValid
    }

    /// The descriptors of one candidate: a width, a density, or a width and a height.
    private struct Descriptors {
        private var hasWidth = false
        private var hasDensity = false
        private var hasHeight = false
        private var hasError = false

        var areValid: Bool { !hasError && (!hasHeight || hasWidth) }

        mutating func add(_ text: Bytes) {
            let number = text.slice(0, max(text.count - 1, 0))
            switch text.last {
            case UInt8(ascii: "w"):
                hasError = hasError || hasWidth || hasDensity || !Self.isPositiveInteger(number)
                hasWidth = true
            case UInt8(ascii: "x"):
                hasError = hasError || hasWidth || hasDensity || hasHeight || !Self.isNonNegativeNumber(number)
                hasDensity = true
            case UInt8(ascii: "h"):
                hasError = hasError || hasHeight || hasDensity || !Self.isPositiveInteger(number)
                hasHeight = true
            default:
                hasError = true
            }
        }

        private static func isPositiveInteger(_ digits: Bytes) -> Bool {
            digits.allSatisfy(isASCIIDigit) && digits.contains { $0 != UInt8(ascii: "0") }
        }

        /// A valid floating-point number (section 2.3.4.3) that is not below zero.
        private static func isNonNegativeNumber(_ text: Bytes) -> Bool {
            var index = 0
            let isNegative = text.first == UInt8(ascii: "-")
            if isNegative { index += 1 }
            let whole = skipDigits(text, &index)
            var isZero = whole.isZero
            var count = whole.count
            if index < text.count, text[index] == UInt8(ascii: ".") {
                index += 1
                let fraction = skipDigits(text, &index)
                guard fraction.count > 0 else { return false }
                isZero = isZero && fraction.isZero
                count += fraction.count
            }
            guard count > 0, !isNegative || isZero else { return false }
            if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
                index += 1
                if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
                guard skipDigits(text, &index).count > 0 else { return false }
            }
            return index == text.count
        }

        private static func skipDigits(_ text: Bytes, _ index: inout Int) -> (count: Int, isZero: Bool) {
            let start = index
            var isZero = true
            while index < text.count, isASCIIDigit(text[index]) {
                isZero = isZero && text[index] == UInt8(ascii: "0")
                index += 1
            }
            return (index - start, isZero)
        }
    }
}
