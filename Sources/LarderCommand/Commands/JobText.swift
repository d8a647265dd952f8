import CacheStore
import CrawlPolicy
import HTTPSemantics

/// What is told of jobs.
enum JobText {
    /// The jobs of a cache, for people.
    static func table(_ listings: [JobListing]) -> [String] {
        guard !listings.isEmpty else { return [] }
        var table = TextTable([.left, .left, .right, .right, .right, .left])
        table.add("job", "state", "round", "done", "to do", "last active")
        for listing in listings {
            let name = listing.name.text
            switch listing.state {
            case .frontier(let counts):
                table.add(
                    name, state(counts), NumberText.count(counts.round), NumberText.count(counts.known - counts.remaining),
                    NumberText.count(counts.remaining), TimeText.date(UnixTime(milliseconds: counts.activeMilliseconds)))
            case .list(let contents): table.add(name, "open", "", "", "", TimeText.date(contents.start))
            case .damaged: table.add(name, "damaged", "", "", "", "")
            }
        }
        return table.lines
    }

    private static func state(_ counts: FrontierCounts) -> String {
        counts.isDone ? "done" : counts.isDrained ? "drained" : "open"
    }

    /// One job for machines.
    static func line(_ listing: JobListing) -> [UInt8] {
        var line = JSONLine()
        line.add("job", listing.name.text)
        switch listing.state {
        case .frontier(let counts): add(counts, to: &line)
        case .list(let contents):
            line.add("state", "open")
            line.add("last_active", Double(contents.start.milliseconds) / 1000)
        case .damaged(let error): line.add("error", "\(error)")
        }
        return line.finished()
    }

    /// How a job stands.
    static func add(_ counts: FrontierCounts, to line: inout JSONLine) {
        line.add("state", state(counts))
        line.add("round", counts.round)
        line.add("known", counts.known)
        line.add("queued", counts.queued)
        line.add("delayed", counts.delayed)
        line.add("in_flight", counts.inflight)
        line.addCounts("finished", PageClass.allCases.map { (name(of: $0), Int(clamping: counts.finished[$0] ?? 0)) })
        // Before the round's end nobody knows.
        if counts.isDrained { line.add("missing", counts.missing) }
        line.add("last_active", Double(counts.activeMilliseconds) / 1000)
    }

    /// The stable name of a class of pages.
    static func name(of pageClass: PageClass) -> String {
        switch pageClass {
        case .new: "new"
        case .unchanged: "unchanged"
        case .changed: "changed"
        case .moved: "moved"
        case .gone: "gone"
        case .broken: "broken"
        case .refused: "refused"
        }
    }

    // MARK: - At the end of a crawl

    /// The account of a job, for people.
    static func summary(_ account: JobAccount) -> [String] {
        let counts = account.counts
        var lines = ["job \(account.name.text), round \(NumberText.count(counts.round)): \(state(counts))"]
        var table = TextTable([.left, .right, .left])
        for pageClass in PageClass.allCases {
            guard let count = counts.finished[pageClass], count > 0 else { continue }
            table.add("  " + name(of: pageClass), NumberText.count(count))
        }
        if counts.isDrained, counts.missing > 0 { table.add("  missing", NumberText.count(counts.missing)) }
        if counts.remaining > 0 { table.add("  to do", NumberText.count(counts.remaining)) }
        lines += table.lines
        guard !account.cuts.isEmpty else { return lines }
        lines.append("not followed:")
        var cuts = TextTable([.left, .right, .left])
        for cut in account.cuts {
            cuts.add("  " + reason(cut.reason), NumberText.count(cut.count), TerminalText.escaped(cut.subject))
        }
        return lines + cuts.lines
    }

    /// The account of a job, for machines.
    static func line(_ account: JobAccount) -> [UInt8] {
        var line = JSONLine()
        line.add("type", "job")
        line.add("job", account.name.text)
        add(account.counts, to: &line)
        line.addArray("cut", account.cuts) { line, cut in
            line.add("reason", cut.reason)
            line.add("subject", cut.subject)
            line.add("count", cut.count)
            line.add("example_url", cut.exampleURL)
        }
        return line.finished()
    }

    /// Why links were not followed, in words.
    static func reason(_ code: String) -> String {
        switch code {
        case CutReason.scheme.rawValue: "other schemes"
        case CutReason.length.rawValue: "URL too long"
        case CutReason.noFollow.rawValue: "nofollow"
        case CutReason.depth.rawValue: "beyond --level"
        case CutReason.host.rawValue: "other hosts"
        case CutReason.parent.rawValue: "above the start (--no-parent)"
        case CutReason.rejected.rawValue: "--reject-regex"
        case CutReason.notAccepted.rawValue: "--accept-regex"
        case CutReason.pathDepth.rawValue: "path too deep"
        case CutReason.pathRepeats.rawValue: "path repeats itself"
        case CutReason.patternBudget.rawValue: "nothing new there"
        case CutReason.hostBudget.rawValue: "nothing new on the host"
        case "robots": "robots.txt"
        case "no-sitemap": "no sitemap there"
        case "links-of-a-page": "too many links on a page"
        default: TerminalText.escaped(code)
        }
    }
}
