/// HTTP's timestamps (RFC 9110 section 5.6.7), to and from whole seconds.
///
/// The three formats are read without regard to case (RFC 9111 section 4.2). Everything else is strict, for what is no date
/// must count as one that lies in the past: the zone is `GMT`, each number has its digits, the day exists. Only the name of the
/// weekday is not compared with the date.
package enum HTTPDate {
    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Parameter now: decides the century of a year of two digits: never more than 50 years after now.
    /// - Returns: nil where the text is none of the three formats.
    package static func parse(_ text: String, now: UnixTime) -> UnixTime? {
        var text = text
        return text.withUTF8 { bytes in
            // The longest is "Wednesday, 06-Nov-94 08:49:37 GMT".
            guard bytes.count <= 33 else { return nil }
            return imfFixdate(bytes) ?? asctime(bytes) ?? rfc850(bytes, now: now)
        }
    }

    /// Writes the preferred format, IMF-fixdate. Years outside 0 to 9999, which have no HTTP-date, become the nearest that has.
    package static func format(_ time: UnixTime) -> String {
        let seconds = min(max(time.seconds, -62_167_219_200), 253_402_300_799)
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = CivilDate.fromDays(days)
        // 1970-01-01 was a Thursday.
        let weekday = Int(((days % 7) + 7 + 4) % 7)
        var result = ""
        result.reserveCapacity(29)
        result += shortWeekdays[weekday]
        result += ", "
        appendDigits(day, 2, to: &result)
        result += " "
        result += months[month - 1]
        result += " "
        appendDigits(year, 4, to: &result)
        result += " "
        appendDigits(Int(rest / 3600), 2, to: &result)
        result += ":"
        appendDigits(Int(rest / 60 % 60), 2, to: &result)
        result += ":"
        appendDigits(Int(rest % 60), 2, to: &result)
        result += " GMT"
        return result
    }

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let shortWeekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func appendDigits(_ number: Int, _ count: Int, to text: inout String) {
        let digits = String(number)
        for _ in 0..<max(0, count - digits.utf8.count) { text += "0" }
        text += digits
    }

    private static func imfFixdate(_ bytes: UnsafeBufferPointer<UInt8>) -> UnixTime? {
        guard bytes.count == 29 else { return nil }
        var scanner = DateScanner(bytes)
        guard scanner.weekday(shortWeekdays), scanner.literal(", "), let day = scanner.number(2), scanner.literal(" "),
            let month = scanner.month(months), scanner.literal(" "), let year = scanner.number(4), scanner.literal(" "),
            let time = scanner.timeOfDay(), scanner.literal(" GMT"), scanner.isAtEnd
        else { return nil }
        return instant(year, month, day, time)
    }

    private static func asctime(_ bytes: UnsafeBufferPointer<UInt8>) -> UnixTime? {
        guard bytes.count == 24 else { return nil }
        var scanner = DateScanner(bytes)
        guard scanner.weekday(shortWeekdays), scanner.literal(" "), let month = scanner.month(months),
            scanner.literal(" "), let day = scanner.literal(" ") ? scanner.number(1) : scanner.number(2), scanner.literal(" "),
            let time = scanner.timeOfDay(), scanner.literal(" "), let year = scanner.number(4), scanner.isAtEnd
        else { return nil }
        return instant(year, month, day, time)
    }

    private static func rfc850(_ bytes: UnsafeBufferPointer<UInt8>, now: UnixTime) -> UnixTime? {
        var scanner = DateScanner(bytes)
        guard scanner.weekday(weekdays), scanner.literal(", "), let day = scanner.number(2), scanner.literal("-"),
            let month = scanner.month(months), scanner.literal("-"), let shortYear = scanner.number(2), scanner.literal(" "),
            let time = scanner.timeOfDay(), scanner.literal(" GMT"), scanner.isAtEnd
        else { return nil }
        // The latest year with these last two digits that begins no more than 50 years from now; then the whole date decides.
        let days = min(max(now.seconds, -62_167_219_200), 253_402_300_799) / 86_400
        let (thisYear, thisMonth, thisDay) = CivilDate.fromDays(days)
        var year = thisYear + 50
        year -= (((year - shortYear) % 100) + 100) % 100
        if year == thisYear + 50, (month, day) > (thisMonth, thisDay) { year -= 100 }
        return instant(year, month, day, time)
    }

    private static func instant(_ year: Int, _ month: Int, _ day: Int, _ secondOfDay: Int) -> UnixTime? {
        guard year >= 0, day >= 1, day <= CivilDate.daysInMonth(month, year: year) else { return nil }
        return UnixTime(seconds: CivilDate.toDays(year, month, day) * 86_400 + Int64(secondOfDay))
    }
}

/// Reads the parts of a date one after another; each step fails without trapping at the end of the text.
private struct DateScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    /// Passes over the text if it stands here, without regard to case.
    mutating func literal(_ text: String) -> Bool {
        var index = offset
        for byte in text.utf8 {
            guard index < bytes.count, Grammar.lowercased(bytes[index]) == Grammar.lowercased(byte) else { return false }
            index += 1
        }
        offset = index
        return true
    }

    mutating func weekday(_ names: [String]) -> Bool {
        for name in names where literal(name) { return true }
        return false
    }

    /// The month, 1 to 12.
    mutating func month(_ names: [String]) -> Int? {
        for (index, name) in names.enumerated() where literal(name) { return index + 1 }
        return nil
    }

    mutating func number(_ digits: Int) -> Int? {
        guard offset + digits <= bytes.count else { return nil }
        var result = 0
        for index in offset..<offset + digits {
            guard bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else { return nil }
            result = result * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        offset += digits
        return result
    }

    /// `hh:mm:ss` as the second of the day; 60 seconds is a leap second.
    mutating func timeOfDay() -> Int? {
        guard let hour = number(2), hour < 24, literal(":"), let minute = number(2), minute < 60, literal(":"),
            let second = number(2), second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }
}
