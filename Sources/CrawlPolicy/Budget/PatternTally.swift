/// What is known of one pattern, or of one host as a whole: how many pages it gave and how they paid.
///
/// Each page costs one page. New text earns `earningFactor` times its share of the page, so that a pattern lasts where its pages are
/// new to more than one part in `earningFactor` on average. Two of 32 values suffice where the text of a page is nearly all
/// frame, as in the reference of a class without comments; a token or a date that changes each time does not.
struct PatternTally: Sendable {
    /// Whether one pattern is judged or a host as a whole.
    enum Rule: Sendable {
        case pattern
        case host

        /// Values remembered; four bytes each.
        var sampleCapacity: Int { self == .pattern ? 512 : 2_048 }

        /// What is earned is kept up to one page for so many fetched: what a site may rest on, and what a trap behind honest pages
        /// costs. It is far more than the pages between two that the sample knows to be new, so that chance ends nothing.
        var reserveDivisor: Int64 { self == .pattern ? 8 : 32 }
    }

    static let earningFactor = 24.0
    /// Parts of a page that amounts are counted in.
    static let unit: Int64 = 1_000
    /// No debt is greater.
    private static let floor: Int64 = -1_000_000 * unit

    let pattern: String
    private let rule: Rule
    private var sample: NoveltySample
    /// Pages that counted.
    private(set) var pages: Int64 = 0
    /// Earned less spent, in thousandths of a page.
    private(set) var balance: Int64 = 0
    /// Which of both is not stored yet.
    private var unsavedPages: Int64 = 0
    private var unsavedBalance: Int64 = 0

    init(pattern: String, rule: Rule) {
        self.pattern = pattern
        self.rule = rule
        sample = NoveltySample(capacity: rule.sampleCapacity)
    }

    /// About how much memory this takes.
    var memoryBytes: Int { 160 + pattern.utf8.count + sample.count * 4 }

    /// Whether there is something left with `allowance` pages given beforehand.
    func isOpen(allowance: Int64) -> Bool {
        balance + allowance * Self.unit > 0
    }

    /// Counts one page with these values; empty: nothing new.
    mutating func note(_ values: [UInt32]) {
        let earned = min(Self.earningFactor * sample.note(values), 1e9) * Double(Self.unit)
        let reserve = (pages + 1) * Self.unit / rule.reserveDivisor
        let next = max(Self.floor, min(balance - Self.unit + Int64(earned), max(reserve, balance - Self.unit)))
        unsavedBalance += next - balance
        balance = next
        unsavedPages += 1
        pages += 1
    }

    /// What is not stored yet, as a row; it counts as stored from now on.
    mutating func takeChanges(hash: UInt64) -> PatternRow {
        defer { (unsavedPages, unsavedBalance) = (0, 0) }
        return PatternRow(hash: hash, pattern: pattern, pages: unsavedPages, balance: unsavedBalance, sample: sample.bytes)
    }

    /// Takes up what is stored: the sums of all changes up to now, whoever made them.
    mutating func take(_ row: PatternRow) {
        pages = max(0, min(row.pages, 1 << 40)) + unsavedPages
        balance = max(Self.floor, min(row.balance, pages * Self.unit / rule.reserveDivisor)) + unsavedBalance
        sample.merge(bytes: row.sample)
    }
}

/// A pattern's budget as it is stored.
///
/// `pages` and `balance` are amounts to be added to what is stored of the pattern, so that processes which count at the same time do
/// not undo each other; read back, they are the sums. The sample replaces the stored one: what another process saw meanwhile
/// is missing from it until both have read and written again, and looks new once more at worst.
package struct PatternRow: Hashable, Sendable {
    /// `URLPattern.hash`.
    package var hash: UInt64
    /// `URLPattern.text`.
    package var pattern: String
    /// Pages that counted.
    package var pages: Int64
    /// Earned less spent, in thousandths of a page.
    package var balance: Int64
    /// The sample of what was seen: up to 2 KiB for a pattern, 8 KiB for a host.
    package var sample: [UInt8]

    package init(hash: UInt64, pattern: String, pages: Int64, balance: Int64, sample: [UInt8]) {
        self.hash = hash
        self.pattern = pattern
        self.pages = pages
        self.balance = balance
        self.sample = sample
    }
}
