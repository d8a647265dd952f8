import CachingClient
import CrawlEngine
import HTTPSemantics

/// What a crawl tells people. Everything returned is escaped for a terminal.
enum CrawlText {
    /// Why a URL failed, or nil where it did not: what, where, what to do.
    static func failure(_ result: CrawlResult) -> String? {
        func url() -> String { TerminalText.escaped(result.url) }
        if let error = result.error {
            return "\(url()): \(TerminalText.escaped(error.message)) [\(error.code.rawValue)]"
        }
        if result.outcome == .offlineMiss {
            return "\(url()): not in the cache. Crawl it without --offline first. [offline_miss]"
        }
        guard let status = result.status, status >= 400 else { return nil }
        return "\(url()): the server answered with status \(status). [http_status]"
    }

    /// A URL that was finished, for `--verbose`.
    static func progress(_ result: CrawlResult) -> String {
        let status = result.status.map(String.init) ?? "---"
        let end = result.answer?.url.serialized ?? result.url
        let target = end == result.url ? "" : " -> " + TerminalText.escaped(end)
        return
            "\(result.outcome.rawValue) \(status) \(TerminalText.escaped(result.url))\(target) (\(TerminalText.escaped(result.reason)))"
    }

    static func sentence(_ seed: InvalidSeed) -> String {
        let place =
            seed.source == "argument"
            ? "argument \(seed.line)" : "\(seed.source == "-" ? "standard input" : seed.source):\(seed.line)"
        var text = String(seed.text.prefix(200))
        if text.count < seed.text.count { text += "..." }
        return TerminalText.escaped("\(place): '\(text)' is no http or https URL: \(seed.reason). It was passed over.")
    }

    /// The account at the end of a run.
    static func summary(_ summary: CrawlSummary, style: TextStyle) -> [String] {
        var table = TextTable([.left, .right, .left])
        table.add("URLs", NumberText.count(summary.total))
        for outcome in CacheOutcome.allCases {
            guard let count = summary.outcomes[outcome], count > 0 else { continue }
            table.add("  " + outcome.rawValue, NumberText.count(count), NumberText.percent(Int64(count), of: Int64(summary.total)))
        }
        if summary.invalidSeeds > 0 { table.add("invalid lines", NumberText.count(summary.invalidSeeds)) }
        if summary.httpFailures > 0 { table.add("status 400 or more", NumberText.count(summary.httpFailures)) }
        if !summary.errors.isEmpty { table.add("errors", NumberText.count(summary.errors.values.reduce(0, +))) }
        for (code, count) in summary.errors.sorted(by: { $0.key < $1.key }) {
            table.add("  " + TerminalText.escaped(code), NumberText.count(count))
        }
        table.add("over the network", NumberText.bytes(summary.networkBytes))
        table.add("saved by the cache", NumberText.bytes(summary.savedBytes), NumberText.counted(summary.savedRequests, "request"))
        table.add("elapsed", TimeText.elapsed(milliseconds: summary.elapsedMilliseconds))
        table.add("URLs a second", NumberText.rate(summary.urlsPerSecond))
        var lines = table.lines
        if let first = lines.first { lines[0] = style.bold(first) }
        return lines
    }
}
