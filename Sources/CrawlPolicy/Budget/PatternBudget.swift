/// How many pages of each pattern a crawl still fetches: a pattern goes on for as long as its pages bring something new.
///
/// Calendars, sessions in URLs, combinations of filters and paths without end give one page after the other with the same
/// text in it. Each pattern begins with an allowance, pays one page for each page, and earns with each part of a page
/// that it has not shown before. Where the allowance is spent, the pattern ends. A million articles on one pattern are crawled to
/// their end; a site whose every page is made of random words is too, since nothing tells it from an honest one but `--max-pages`.
///
/// Each host has a tally of its own over all of its patterns, because traps of many words make patterns without end. While
/// the host as a whole pays, new patterns have the full allowance; when it does not, they have a small one to prove themselves
/// with, and later none. Patterns that have earned something go on in any case.
///
/// Whoever fetches asks `admit` when the turn of a URL comes, not where the URL is found (the queue may hold a million of an honest
/// pattern before the first one is fetched), and tells `note` what came. As many more pages than allowed can be fetched as are
/// in flight. What the user names is not asked about: seeds, and the lines of a plain list.
///
/// The memory is bounded; a pattern that is forgotten begins anew, from its stored row where there is one. A crawl that fetches
/// everything anew, to see what has changed, begins without the rows.
package struct PatternBudget: Sendable {
    package struct Options: Hashable, Sendable {
        /// Pages that a pattern may bring without anything new. 500 by default; 0 or less ends no pattern ever.
        package var patternAllowance: Int64 = 500
        /// Pages that a host may bring without anything new before its new patterns get a small allowance, and again as many before
        /// they get none. 500 by default; 0 or less judges no host.
        package var hostAllowance: Int64 = 500
        /// The small allowance. 20 by default.
        package var probation: Int64 = 20
        /// Memory for patterns, and a quarter of it for hosts, about. 64 MiB by default: 200,000 patterns of one page each, 28,000 of
        /// many.
        package var memoryBytes = 64 << 20

        package init() {}
    }

    package enum Decision: Hashable, Sendable {
        case admit
        /// Nothing new came of the pattern for too long.
        case refusePattern
        /// Nothing new came of the host for too long, and the pattern has not proved itself.
        case refuseHost

        /// The kind of the refusal, for counting; nil where there is none.
        package var reason: CutReason? {
            switch self {
            case .admit: nil
            case .refusePattern: .patternBudget
            case .refuseHost: .hostBudget
            }
        }
    }

    private var options: Options
    private var patterns: RecentTable<PatternTally>
    private var hosts: RecentTable<PatternTally>
    /// Hashes of what has changed since `takeChanges`.
    private var changed: Set<UInt64> = []
    /// Changes of what was forgotten meanwhile.
    private var forgotten: [PatternRow] = []

    package init(_ options: Options = Options()) {
        self.options = options
        // More pages than any crawl has.
        self.options.patternAllowance = min(options.patternAllowance, 1 << 40)
        self.options.hostAllowance = min(options.hostAllowance, 1 << 40)
        patterns = RecentTable(capacity: options.memoryBytes) { $0.memoryBytes }
        hosts = RecentTable(capacity: options.memoryBytes / 4) { $0.memoryBytes }
    }

    /// Whether both the pattern and its host are in memory. Where they are not and a crawl goes on, or several processes share it, their
    /// rows are read and taken up before the pattern is asked about.
    package func knows(_ pattern: URLPattern) -> Bool {
        patterns.contains(pattern.hash) && hosts.contains(pattern.hostHash)
    }

    /// Whether one more page of `pattern` is fetched.
    package func admit(_ pattern: URLPattern) -> Decision {
        guard options.patternAllowance > 0 else { return .admit }
        let tally = patterns.peek(pattern.hash)
        guard tally?.isOpen(allowance: options.patternAllowance) ?? true else { return .refusePattern }
        let allowance = min(options.patternAllowance, self.allowance(onHostOf: pattern))
        guard tally?.isOpen(allowance: allowance) ?? (allowance > 0) else { return .refuseHost }
        return .admit
    }

    /// What a pattern may spend by the standing of its host.
    private func allowance(onHostOf pattern: URLPattern) -> Int64 {
        guard options.hostAllowance > 0, let host = hosts.peek(pattern.hostHash) else { return .max }
        if host.isOpen(allowance: options.hostAllowance) { return .max }
        return host.isOpen(allowance: 2 * options.hostAllowance) ? options.probation : 0
    }

    /// Counts what the fetch of a URL of `pattern` brought. A few microseconds.
    package mutating func note(_ news: PageNews, for pattern: URLPattern) {
        guard let values = news.values() else { return }
        update(pattern.hash, pattern: pattern.text, rule: .pattern) { $0.note(values) }
        changed.insert(pattern.hash)
        // What is not there leads nowhere: links that are broken, however many, are no trap of the whole host.
        guard news != .missing else { return }
        update(pattern.hostHash, pattern: pattern.host, rule: .host) { $0.note(values) }
        changed.insert(pattern.hostHash)
    }

    private mutating func update(_ hash: UInt64, pattern: String, rule: PatternTally.Rule, _ change: (inout PatternTally) -> Void) {
        let new = PatternTally(pattern: pattern, rule: rule)
        let left =
            switch rule {
            case .pattern: patterns.update(hash, new: new, change)
            case .host: hosts.update(hash, new: new, change)
            }
        for (hash, tally) in left { keepChanges(of: tally, hash: hash) }
    }

    /// About how much memory the tallies take.
    var memoryBytes: Int { patterns.totalSize + hosts.totalSize }

    // MARK: - Storing

    /// The most rows of forgotten patterns that are kept for `takeChanges`; further ones are lost.
    private static let maximumForgotten = 100_000

    /// What has changed since the last call, to be added to what is stored.
    package mutating func takeChanges() -> [PatternRow] {
        var rows = forgotten
        forgotten = []
        for hash in changed {
            patterns.change(hash) { rows.append($0.takeChanges(hash: hash)) }
            hosts.change(hash) { rows.append($0.takeChanges(hash: hash)) }
        }
        changed.removeAll(keepingCapacity: true)
        return rows
    }

    /// Takes up a stored row, the sum of all changes; what was counted here and not stored yet stays.
    package mutating func take(_ row: PatternRow) {
        // The pattern of a page has a slash; that of a host is the host alone.
        let isPage = row.pattern.utf8.contains(UInt8(ascii: "/"))
        update(row.hash, pattern: row.pattern, rule: isPage ? .pattern : .host) { $0.take(row) }
    }

    private mutating func keepChanges(of tally: PatternTally, hash: UInt64) {
        guard changed.remove(hash) != nil, forgotten.count < Self.maximumForgotten else { return }
        var tally = tally
        forgotten.append(tally.takeChanges(hash: hash))
    }
}
