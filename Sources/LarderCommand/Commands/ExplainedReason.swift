import HTTPCaching

/// A reason as `larder explain`, `crawl --json`, `get --json` and Cache-Status name it.
struct ExplainedReason {
    /// What a reason is about. The raw values are names for programs.
    enum Subject: String {
        /// Whether a stored response answers.
        case reuse
        /// Why a response was not stored.
        case storage
    }

    let name: String
    let subject: Subject
    let section: String
    let sentence: String

    /// All of them: those of reuse, then those of storage.
    static var all: [ExplainedReason] {
        ReuseReason.allCases.map {
            ExplainedReason(name: $0.name, subject: .reuse, section: $0.section, sentence: $0.sentence)
        }
            + StorageRefusal.allCases.map {
                ExplainedReason(name: $0.name, subject: .storage, section: $0.section, sentence: $0.sentence)
            }
    }

    func jsonLine() -> [UInt8] {
        var line = JSONLine()
        line.add("name", name)
        line.add("about", subject.rawValue)
        line.add("section", section)
        line.add("sentence", sentence)
        return line.finished()
    }

    static func lines(style: TextStyle) -> [String] {
        var table = TextTable([.left, .left, .left])
        for reason in all { table.add(reason.name, reason.section, reason.sentence) }
        let rows = Array(table.lines)
        let reuse = all.count { $0.subject == .reuse }
        return [style.bold("Whether a stored response answers")] + rows[..<reuse].map { "  " + $0 }
            + ["", style.bold("Why a response is not stored")] + rows[reuse...].map { "  " + $0 }
            + ["", "Where a fetch fails, the reason is the code of its error."]
    }
}
