import CacheStore
import HTTPSemantics

/// How `larder ls` prints an entry.
enum EntryLineFormat {
    case url, long, json, csv
}

/// One entry of a list.
enum EntryLine {
    static let csvNames = [
        "url", "status", "content_type", "body_bytes", "stored_bytes", "response_time", "age", "lifetime", "fresh",
    ]

    static func bytes(_ entry: EntrySummary, format: EntryLineFormat, style: TextStyle) -> [UInt8] {
        switch format {
        case .url:
            return Array((TerminalText.escaped(entry.url) + "\n").utf8)
        case .long:
            return Array((long(entry, style: style) + "\n").utf8)
        case .json:
            var line = JSONLine()
            line.add("url", entry.url)
            line.add("method", entry.method)
            line.add("status", entry.status)
            line.add("content_type", entry.contentType.isEmpty ? nil : entry.contentType)
            line.add("body_bytes", entry.wireBytes)
            line.add("stored_bytes", entry.storedBytes)
            line.add("response_time", entry.responseTime.seconds)
            line.add("age", entry.age)
            line.add("lifetime", entry.lifetime)
            line.add("fresh", entry.isFresh)
            return line.finished()
        case .csv:
            return CSVLine.bytes([
                entry.url, "\(entry.status)", entry.contentType, "\(entry.wireBytes)", "\(entry.storedBytes)",
                "\(entry.responseTime.seconds)", "\(entry.age)", "\(entry.lifetime)", entry.isFresh ? "true" : "false",
            ])
        }
    }

    /// Columns of fixed width: a list may be long, and is printed as it is read.
    private static func long(_ entry: EntrySummary, style: TextStyle) -> String {
        let state = entry.isFresh ? "fresh \(TimeText.span(seconds: entry.lifetime - entry.age))" : "stale"
        let type = entry.contentType.isEmpty ? "-" : TerminalText.escaped(entry.contentType)
        let columns = [
            colored(status: entry.status, style),
            padded(type, 24),
            padded(NumberText.bytes(entry.wireBytes), 10, onLeft: true),
            padded(NumberText.bytes(entry.storedBytes), 10, onLeft: true),
            TimeText.date(entry.responseTime),
            (entry.isFresh ? style.green : style.dim)(padded(state, 13)),
            TerminalText.escaped(entry.url),
        ]
        return columns.joined(separator: "  ")
    }

    private static func colored(status: Int, _ style: TextStyle) -> String {
        switch status {
        case 400...: style.red("\(status)")
        case 300...: style.yellow("\(status)")
        default: "\(status)"
        }
    }

    private static func padded(_ text: String, _ width: Int, onLeft: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return onLeft ? padding + text : text + padding
    }
}
