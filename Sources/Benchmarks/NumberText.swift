/// A number with commas: 1,234,567.
func grouped(_ number: Int) -> String {
    let digits = String(number)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, digit != "-", (digits.count - index).isMultiple(of: 3) { text.append(",") }
        text.append(digit)
    }
    return text
}

/// Two digits behind the point.
func hundredths(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let rest = String(hundredths % 100)
    return "\(hundredths / 100)." + String(repeating: "0", count: 2 - rest.count) + rest
}

/// One digit behind the point.
func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
}

func seconds(_ duration: Duration) -> String { hundredths(duration / .seconds(1)) }
