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
        text.withBytes { bytes in
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
        return String(unsafeUninitializedCapacity: 29) { buffer in
            var writer = DateWriter(buffer)
            writer.write(shortWeekdays[weekday].text)
            writer.write(", ")
            writer.write(day, digits: 2)
            writer.write(" ")
            writer.write(months[month - 1].text)
            writer.write(" ")
            writer.write(year, digits: 4)
            writer.write(" ")
            writer.write(Int(rest / 3600), digits: 2)
            writer.write(":")
            writer.write(Int(rest / 60 % 60), digits: 2)
            writer.write(":")
            writer.write(Int(rest % 60), digits: 2)
            writer.write(" GMT")
            return writer.count
        }
    }

    private static let weekdays: [StaticString] = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let shortWeekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].map(Abbreviation.init)
    private static let gmt = Abbreviation("GMT")
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ].map(Abbreviation.init)

    private static func imfFixdate(_ bytes: UnsafeBufferPointer<UInt8>) -> UnixTime? {
        // Nearly every date has this form, and in it each part its place.
        guard bytes.count == 29 else { return nil }
        var places = FixedPlaces(bytes)
        places.expect(",", at: 3)
        for space in [4, 7, 11, 16, 25] { places.expect(" ", at: space) }
        for colon in [19, 22] { places.expect(":", at: colon) }
        let (day, year) = (places.number(5, 2), places.number(12, 4))
        let (hour, minute, second) = (places.number(17, 2), places.number(20, 2), places.number(23, 2))
        guard places.areRight, places.abbreviation(shortWeekdays, at: 0) != nil, places.abbreviation([gmt], at: 26) != nil,
            let month = places.abbreviation(months, at: 8), hour < 24, minute < 60, second <= 60
        else { return nil }
        return instant(year, month, day, hour * 3600 + minute * 60 + second)
    }

    private static func asctime(_ bytes: UnsafeBufferPointer<UInt8>) -> UnixTime? {
        guard bytes.count == 24 else { return nil }
        var scanner = DateScanner(bytes)
        guard scanner.abbreviation(shortWeekdays) != nil, scanner.literal(" "), let month = scanner.abbreviation(months),
            scanner.literal(" "), let day = scanner.literal(" ") ? scanner.number(1) : scanner.number(2), scanner.literal(" "),
            let time = scanner.timeOfDay(), scanner.literal(" "), let year = scanner.number(4), scanner.isAtEnd
        else { return nil }
        return instant(year, month, day, time)
    }

    private static func rfc850(_ bytes: UnsafeBufferPointer<UInt8>, now: UnixTime) -> UnixTime? {
        var scanner = DateScanner(bytes)
        guard scanner.weekday(weekdays), scanner.literal(", "), let day = scanner.number(2), scanner.literal("-"),
            let month = scanner.abbreviation(months), scanner.literal("-"), let shortYear = scanner.number(2), scanner.literal(" "),
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
    mutating func literal(_ text: StaticString) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        guard end <= bytes.count, Grammar.equalIgnoringCase(UnsafeBufferPointer(rebasing: bytes[offset..<end]), text) else {
            return false
        }
        offset = end
        return true
    }

    mutating func weekday(_ names: [StaticString]) -> Bool {
        for name in names where literal(name) { return true }
        return false
    }

    /// Which of the abbreviations stands here, counted from 1.
    mutating func abbreviation(_ names: [Abbreviation]) -> Int? {
        guard offset + 3 <= bytes.count, let number = Abbreviation.number(of: bytes, at: offset, in: names) else { return nil }
        offset += 3
        return number
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

/// Reads the parts of a date whose places are known.
private struct FixedPlaces {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Whether all that was asked for was there.
    private(set) var areRight = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func expect(_ character: Unicode.Scalar, at offset: Int) {
        if bytes[offset] != UInt8(ascii: character) { areRight = false }
    }

    mutating func number(_ offset: Int, _ digits: Int) -> Int {
        var result = 0
        for index in offset..<offset + digits {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit > 9 { areRight = false }
            result = result * 10 + Int(digit)
        }
        return result
    }

    /// Which of the abbreviations stands there, counted from 1.
    func abbreviation(_ names: [Abbreviation], at offset: Int) -> Int? {
        Abbreviation.number(of: bytes, at: offset, in: names)
    }
}

/// A name of three letters, which as one number is compared at once.
private struct Abbreviation: Sendable {
    let text: StaticString
    /// Its bytes in small letters.
    let code: UInt32

    init(_ text: StaticString) {
        self.text = text
        code = text.withUTF8Buffer { Self.code($0[0], $0[1], $0[2]) }
    }

    /// Which of the names stands there, counted from 1.
    static func number(of bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in names: [Abbreviation]) -> Int? {
        let code = code(bytes[offset], bytes[offset + 1], bytes[offset + 2])
        for index in names.indices where names[index].code == code { return index + 1 }
        return nil
    }

    private static func code(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(Grammar.lowercased(first)) << 16 | UInt32(Grammar.lowercased(second)) << 8 | UInt32(Grammar.lowercased(third))
    }
}

/// Writes the parts of a date one behind the other.
private struct DateWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { bytes in
            for byte in bytes {
                buffer[count] = byte
                count += 1
            }
        }
    }

    mutating func write(_ number: Int, digits: Int) {
        var number = number
        for index in (count..<count + digits).reversed() {
            buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
            number /= 10
        }
        count += digits
    }
}
