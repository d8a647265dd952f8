import HTTPSemantics

/// The dates of sitemaps and feeds: the W3C's profile of ISO 8601 (with RFC 3339), and that of mail (RFC 822 with RFC 1123).
///
/// Lenient where real documents are: a space for "T", no zone (UTC then), no weekday, one digit for the day, names in any case.
enum SitemapDate {
    /// - Returns: nil where the text is neither.
    static func parse(_ bytes: [UInt8]) -> UnixTime? {
        // The longest sensible date has some forty characters.
        guard bytes.count <= 256 else { return nil }
        var scanner = Scanner(bytes: bytes)
        scanner.skipSpaces()
        let time = scanner.isAtYear ? iso(&scanner) : mail(&scanner)
        scanner.skipSpaces()
        return scanner.isAtEnd ? time : nil
    }

    /// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, with a time from hours and minutes to fractions of a second, and a zone.
    private static func iso(_ scanner: inout Scanner) -> UnixTime? {
        guard let year = scanner.number(4...4) else { return nil }
        var (month, day) = (1, 1)
        if scanner.take("-") {
            guard let number = scanner.number(2...2) else { return nil }
            month = number
            if scanner.take("-") {
                guard let number = scanner.number(2...2) else { return nil }
                day = number
            }
        }
        guard let days = CivilDate.days(year: year, month: month, day: day) else { return nil }
        guard scanner.take("T") || scanner.take("t") || scanner.isTimeAhead else { return UnixTime(seconds: days * 86_400) }
        scanner.skipSpaces()
        guard let time = timeOfDay(&scanner) else { return nil }
        scanner.skipSpaces()
        guard let zone = zone(&scanner) else { return nil }
        return UnixTime(seconds: days * 86_400 + time.seconds - zone).advanced(byMilliseconds: time.milliseconds)
    }

    /// `[Sat,] 7 Sep 2002 00:00[:01] [zone]`.
    private static func mail(_ scanner: inout Scanner) -> UnixTime? {
        if scanner.word() != nil { _ = scanner.take(",") }
        scanner.skipSpaces()
        guard let day = scanner.number(1...2), scanner.skipSpaces() || scanner.take("-"), let name = scanner.word(),
            let month = months.firstIndex(of: String(name.prefix(3))), scanner.skipSpaces() || scanner.take("-"),
            var year = scanner.number(2...4)
        else { return nil }
        // RFC 2822 section 4.3.
        if year < 50 { year += 2000 } else if year < 1000 { year += 1900 }
        guard let days = CivilDate.days(year: year, month: month + 1, day: day) else { return nil }
        scanner.skipSpaces()
        if scanner.isAtEnd { return UnixTime(seconds: days * 86_400) }
        guard let time = timeOfDay(&scanner) else { return nil }
        scanner.skipSpaces()
        guard let zone = zone(&scanner) else { return nil }
        return UnixTime(seconds: days * 86_400 + time.seconds - zone)
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fraction`. The 60th second is a leap second.
    private static func timeOfDay(_ scanner: inout Scanner) -> (seconds: Int64, milliseconds: Int64)? {
        guard let hour = scanner.number(1...2), hour < 24, scanner.take(":"), let minute = scanner.number(2...2), minute < 60 else {
            return nil
        }
        var (second, milliseconds) = (0, 0)
        if scanner.take(":") {
            guard let number = scanner.number(2...2), number <= 60 else { return nil }
            second = number
            if scanner.take(".") || scanner.take(",") {
                guard let number = scanner.fraction() else { return nil }
                milliseconds = number
            }
        }
        return (Int64(hour * 3600 + minute * 60 + second), Int64(milliseconds))
    }

    /// Seconds east of Greenwich: `Z`, `+hh:mm`, `+hhmm`, `+hh`, the names of RFC 822, or nothing, which is UTC.
    private static func zone(_ scanner: inout Scanner) -> Int64? {
        if scanner.isAtEnd { return 0 }
        let isEast = scanner.take("+")
        if isEast || scanner.take("-") {
            guard let hours = scanner.number(2...2), hours < 24 else { return nil }
            _ = scanner.take(":")
            let minutes = scanner.isAtDigit ? scanner.number(2...2) : 0
            guard let minutes, minutes < 60 else { return nil }
            let seconds = Int64(hours * 3600 + minutes * 60)
            return isEast ? seconds : -seconds
        }
        switch scanner.word() {
        case "z", "ut", "utc", "gmt": return 0
        case "est": return -5 * 3600
        case "edt": return -4 * 3600
        case "cst": return -6 * 3600
        case "cdt": return -5 * 3600
        case "mst": return -7 * 3600
        case "mdt": return -6 * 3600
        case "pst": return -8 * 3600
        case "pdt": return -7 * 3600
        default: return nil
        }
    }
}

/// Reads the parts of a date one after another; no step goes beyond the end.
private struct Scanner {
    let bytes: [UInt8]
    private var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset >= bytes.count }
    var isAtDigit: Bool { isDigit(at: offset) }
    /// Whether four digits come, and not a day of mail's form.
    var isAtYear: Bool { (0..<4).allSatisfy { isDigit(at: offset + $0) } }
    /// Whether a time comes behind a space.
    var isTimeAhead: Bool { offset < bytes.count && XMLScanner.isSpace(bytes[offset]) && isDigit(at: offset + 1) }

    private func isDigit(at index: Int) -> Bool {
        index < bytes.count && (0x30...0x39).contains(bytes[index])
    }

    @discardableResult
    mutating func skipSpaces() -> Bool {
        let start = offset
        while offset < bytes.count, XMLScanner.isSpace(bytes[offset]) { offset += 1 }
        return offset > start
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < bytes.count, UInt32(bytes[offset]) == character.value else { return false }
        offset += 1
        return true
    }

    /// A number of so many digits; nil where there are fewer or more.
    mutating func number(_ digits: ClosedRange<Int>) -> Int? {
        var result = 0
        var count = 0
        while isAtDigit, count <= digits.upperBound {
            result = result * 10 + Int(bytes[offset] - 0x30)
            count += 1
            offset += 1
            if count == digits.upperBound { break }
        }
        return digits.contains(count) ? result : nil
    }

    /// A fraction of a second in milliseconds, rounded down.
    mutating func fraction() -> Int? {
        guard isAtDigit else { return nil }
        var result = 0
        var place = 100
        while isAtDigit {
            result += Int(bytes[offset] - 0x30) * place
            place /= 10
            offset += 1
        }
        return result
    }

    /// A word in small letters; nil where there is none.
    mutating func word() -> String? {
        let start = offset
        while offset < bytes.count, (0x61...0x7A).contains(bytes[offset] | 0x20) { offset += 1 }
        return offset > start ? String(decoding: bytes[start..<offset].map { $0 | 0x20 }, as: UTF8.self) : nil
    }
}
