import HTTPSemantics

/// Spans and points of time as people read them.
enum TimeText {
    /// A running time from milliseconds: `850 ms`, `12.3 s`, `4:05`, `1:02:03`.
    static func elapsed(milliseconds: Int64) -> String {
        let milliseconds = max(0, milliseconds)
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if milliseconds < 59_950 { return "\(NumberText.decimal(Double(milliseconds) / 1000)) s" }
        return clock(seconds: (milliseconds + 500) / 1000)
    }

    /// `m:ss` or `h:mm:ss`.
    static func clock(seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (minutes, rest) = seconds.quotientAndRemainder(dividingBy: 60)
        if minutes < 60 { return "\(minutes):\(twoDigits(rest))" }
        return "\(minutes / 60):\(twoDigits(minutes % 60)):\(twoDigits(rest))"
    }

    /// A span in its two largest units: `45s`, `3m 20s`, `5h 2m`, `12d 4h`; a minus sign where it is negative.
    static func span(seconds: Int64) -> String {
        let magnitude = Int64(clamping: seconds.magnitude)
        let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        let sign = seconds < 0 ? "-" : ""
        for (index, unit) in units.enumerated() where magnitude >= unit.seconds || unit.seconds == 1 {
            let first = "\(sign)\(magnitude / unit.seconds)\(unit.name)"
            guard index + 1 < units.count else { return first }
            let next = units[index + 1]
            let rest = magnitude % unit.seconds / next.seconds
            return rest == 0 ? first : "\(first) \(rest)\(next.name)"
        }
        return "0s"
    }

    /// `2026-11-22 16:04:05Z`, in UTC.
    static func date(_ time: UnixTime) -> String {
        let (days, second) = time.seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = CivilDate.fromDays(days)
        return "\(year)-\(twoDigits(Int64(month)))-\(twoDigits(Int64(day))) "
            + "\(twoDigits(second / 3600)):\(twoDigits(second / 60 % 60)):\(twoDigits(second % 60))Z"
    }

    private static func twoDigits(_ value: Int64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}

extension Int64 {
    /// Division rounding down, so that times before 1970 have their right day.
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
