import HTTPSemantics

/// Fills in what a case cannot know: dates around now, addresses.
///
/// `{now}`, `{now-60}`, `{rfc850 now+60}`, `{asctime now-5}`, `{lower now}`, `{est now}` are dates; the other names are those of `addresses`.
struct Template: Sendable {
    let now: UnixTime
    let addresses: [String: String]

    func fill(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += addresses[name] ?? date(name) ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private func date(_ name: String) -> String? {
        let parts = name.split(separator: " ")
        guard let last = parts.last, last.hasPrefix("now") else { return nil }
        let offset = last == "now" ? 0 : Int64(last.dropFirst(3))
        guard let offset else { return nil }
        let text = HTTPDate.format(UnixTime(seconds: now.seconds + offset))
        switch parts.first {
        case "rfc850": return Self.rfc850(text)
        case "asctime": return Self.asctime(text)
        case "lower": return text.lowercased()
        case "utc", "est": return text.replacing("GMT", with: parts[0].uppercased())
        default: return text
        }
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`.
    private static func rfc850(_ date: String) -> String {
        let days = ["Sun": "Sunday", "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday"]
        let parts = date.split { $0 == " " || $0 == "," }.map(String.init)
        guard parts.count == 6 else { return date }
        return "\(days[parts[0]] ?? "Saturday"), \(parts[1])-\(parts[2])-\(parts[3].suffix(2)) \(parts[4]) GMT"
    }

    /// `Sun Nov  6 08:49:37 1994`.
    private static func asctime(_ date: String) -> String {
        let parts = date.split { $0 == " " || $0 == "," }.map(String.init)
        guard parts.count == 6 else { return date }
        let day = parts[1].hasPrefix("0") ? " " + parts[1].dropFirst() : parts[1]
        return "\(parts[0]) \(parts[2]) \(day) \(parts[4]) \(parts[3])"
    }
}
