/// Numbers as people read them, without regard to the locale.
enum NumberText {
    /// A count with a comma between groups of three digits.
    static func count(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var result = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }

    static func count(_ value: Int) -> String {
        count(Int64(value))
    }

    /// A count with its noun: `1 host`, `2 hosts`.
    ///
    /// - Parameter plural: nil: the noun with an `s`.
    static func counted(_ value: some BinaryInteger, _ noun: String, plural: String? = nil) -> String {
        count(Int64(value)) + " " + (value == 1 ? noun : plural ?? noun + "s")
    }

    /// Bytes in binary multiples: `512 B`, `1.5 KiB`, `37.2 GiB`.
    static func bytes(_ value: Int64) -> String {
        guard value.magnitude >= 1024 else { return "\(value) B" }
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var size = Double(value) / 1024
        var unit = 0
        // The comparison is with what the rounded number shows, so that no "1024.0 KiB" comes out.
        while abs(size) >= 1023.95, unit + 1 < units.count {
            size /= 1024
            unit += 1
        }
        return "\(decimal(size)) \(units[unit])"
    }

    /// One digit after the point.
    static func decimal(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        let tenths = Int64((abs(value) * 10).rounded())
        return (value < 0 && tenths > 0 ? "-" : "") + "\(tenths / 10).\(tenths % 10)"
    }

    /// A share in per cent, whole; `-` where there is nothing to share.
    static func percent(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "-" }
        return "\(Int64((Double(part) / Double(whole) * 100).rounded(.down)))%"
    }

    /// Events a second: a digit after the point below ten.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "?" }
        return value < 9.95 ? decimal(value) : count(Int64(value.rounded()))
    }
}
