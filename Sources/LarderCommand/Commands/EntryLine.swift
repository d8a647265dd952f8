import CacheStore
import HTTPCaching
import HTTPSemantics

/// How `larder ls` prints an entry.
enum EntryLineFormat {
    case url, long, json, csv
}

/// One entry of a list.
enum EntryLine {
    static let csvNames = [
        "url", "status", "content_type", "body_bytes", "stored_bytes", "response_time", "age", "lifetime", "fresh",
        "held_ranges", "pinned",
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
            line.add("partial", entry.isPartial)
            line.add("held_ranges", entry.heldRanges)
            line.add("pinned", entry.isPinned)
            return line.finished()
        case .csv:
            return CSVLine.bytes([
                entry.url, "\(entry.status)", entry.contentType, "\(entry.wireBytes)", "\(entry.storedBytes)",
                "\(entry.responseTime.seconds)", "\(entry.age)", "\(entry.lifetime)", entry.isFresh ? "true" : "false",
                entry.heldRanges ?? "", entry.isPinned ? "true" : "false",
            ])
        }
    }

    /// Columns of fixed width: a list may be long, and is printed as it is read.
    private static func long(_ entry: EntrySummary, style: TextStyle) -> String {
        let type = entry.contentType.isEmpty ? "-" : TerminalText.escaped(entry.contentType)
        let columns = [
            colored(status: entry.status, style),
            padded(type, 24),
            padded(NumberText.bytes(entry.wireBytes), 10, onLeft: true),
            padded(NumberText.bytes(entry.storedBytes), 10, onLeft: true),
            TimeText.date(entry.responseTime),
            state(entry, style),
            TerminalText.escaped(entry.url) + (entry.isPinned ? "  " + style.cyan("pinned") : ""),
        ]
        return columns.joined(separator: "  ")
    }

    /// How fresh it is, or of a part how much is held.
    private static func state(_ entry: EntrySummary, _ style: TextStyle) -> String {
        if let held = entry.heldRanges { return style.yellow(padded("partial \(HeldRanges(held)?.percent ?? "?")", 13)) }
        return entry.isFresh
            ? style.green(padded("fresh \(TimeText.span(seconds: entry.lifetime - entry.age))", 13))
            : style.dim(padded("stale", 13))
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
