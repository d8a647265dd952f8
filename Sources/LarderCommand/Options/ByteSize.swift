import ArgumentParser

/// A number of bytes on the command line: digits, then nothing, `k`, `M`, `G` or `T` for binary multiples, as in wget.
/// A decimal fraction is allowed before a letter (`1.5M`); the letters' case does not matter.
struct ByteSize: Hashable, Sendable, ExpressibleByArgument {
    /// Zero or more.
    let bytes: Int64

    init(bytes: Int64) {
        self.bytes = bytes
    }

    init?(argument: String) {
        guard
            let value = ScaledNumber.parse(
                argument, units: ["": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40])
        else { return nil }
        self.bytes = value
    }

    var defaultValueDescription: String { "\(bytes)" }
}

/// Decimal digits, perhaps with a fraction, and a unit.
enum ScaledNumber {
    /// The number times its unit's factor, rounded down; nil for what has another form, another unit, or does not fit.
    /// A number whose unit has the factor 1 may have no fraction.
    static func parse(_ text: String, units: [String: Int64]) -> Int64? {
        let number = text.prefix { ($0 >= "0" && $0 <= "9") || $0 == "." }
        guard let factor = units[text.dropFirst(number.count).lowercased()] else { return nil }
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.map(String.init), !whole.isEmpty, let value = Int64(whole) else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        guard parts.count == 2 else { return product }
        guard factor > 1, (1...9).contains(parts[1].count), let fraction = Double("0." + parts[1]) else { return nil }
        let (sum, overflowOfSum) = product.addingReportingOverflow(Int64(fraction * Double(factor)))
        return overflowOfSum ? nil : sum
    }
}
