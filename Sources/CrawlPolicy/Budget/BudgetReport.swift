/// What a crawl left out and why: counts by reason and subject, each with one example, in bounded memory.
///
/// The subject is what the reason is about: a host for `.host`, a pattern for the budgets, and what the caller likes else. Where there
/// are more subjects than fit, the rarer half of them is counted as "others" of their reasons; the sum of each reason stays exact,
/// and the subjects that stay may have been counted anew since (so their counts are lower bounds).
package struct BudgetReport: Sendable {
    /// What was left out for one reason.
    package struct Cut: Hashable, Sendable {
        package var reason: CutReason
        /// What the reason is about; nil: subjects for which there was no room.
        package var subject: String?
        /// How many URLs.
        package var count: Int
        /// One of them, cut to `BudgetReport.longestExample` bytes.
        package var example: String

        package init(reason: CutReason, subject: String?, count: Int, example: String) {
            self.reason = reason
            self.subject = subject
            self.count = count
            self.example = example
        }
    }

    private struct Key: Hashable {
        var reason: CutReason
        var subject: String?
    }

    package static let longestExample = 512

    private let capacity: Int
    private var cuts: [Key: Cut] = [:]

    /// - Parameter capacity: the most subjects; at least 16. About 1 KiB each at worst.
    package init(capacity: Int = 1_000) {
        self.capacity = max(16, capacity)
    }

    /// Counts `cut.count` URLs.
    package mutating func add(_ cut: Cut) {
        guard cut.count > 0 else { return }
        let key = Key(reason: cut.reason, subject: cut.subject)
        if let index = cuts.index(forKey: key) {
            cuts.values[index].count = Self.sum(cuts.values[index].count, cut.count)
            return
        }
        if cut.subject != nil, cuts.count >= capacity { makeRoom() }
        var cut = cut
        if cut.example.utf8.count > Self.longestExample {
            cut.example = String(decoding: cut.example.utf8.prefix(Self.longestExample - 3), as: UTF8.self) + "..."
        }
        cuts[key] = cut
    }

    /// Counts one URL that was refused for `reason`.
    package mutating func add(_ reason: CutReason, subject: String, example: String) {
        add(Cut(reason: reason, subject: subject, count: 1, example: example))
    }

    /// All cuts, the most frequent first, those of one count in the order of their subjects; "others" of a reason last.
    package func cutsByCount() -> [Cut] {
        cuts.values.sorted { left, right in
            guard let leftSubject = left.subject, let rightSubject = right.subject else {
                if left.subject == nil, right.subject == nil { return left.reason.rawValue < right.reason.rawValue }
                return right.subject == nil
            }
            if left.count != right.count { return left.count > right.count }
            return (leftSubject, left.reason.rawValue) < (rightSubject, right.reason.rawValue)
        }
    }

    /// How many URLs were left out by reason.
    package func counts() -> [CutReason: Int] {
        cuts.values.reduce(into: [:]) { $0[$1.reason] = Self.sum($0[$1.reason] ?? 0, $1.count) }
    }

    private mutating func makeRoom() {
        let named = cutsByCount().filter { $0.subject != nil }
        for cut in named[(named.count / 2)...] {
            cuts[Key(reason: cut.reason, subject: cut.subject)] = nil
            add(Cut(reason: cut.reason, subject: nil, count: cut.count, example: cut.example))
        }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
