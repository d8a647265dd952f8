import CacheStore
import CachingClient
import ContentCoding
import CrawlPolicy
import HTTPCaching
import HTTPSemantics

/// What the stored robots.txt of a URL's site says of it (RFC 9309).
struct ExplainedRobots {
    /// Where the file is.
    let url: WebURL
    /// Nil: nothing is stored of it, and a crawl that follows links would ask for it first.
    let verdict: RobotsVerdict?
    /// When it was fetched or confirmed last; nil: nothing is stored.
    let fetched: UnixTime?
    /// What it asks for between two requests, in milliseconds; nil: nothing.
    let crawlDelay: Int64?

    /// Reads what is stored; nil where the URL can have no robots.txt.
    static func read(for url: WebURL, from store: CacheStore, now: UnixTime) async throws -> ExplainedRobots? {
        guard url.isHTTP, let robots = RobotsTxt.location(for: url) else { return nil }
        let entries = try await store.lookup([CacheKey(robots)]).first ?? []
        let latest = entries.filter { $0.response.heldRanges == nil }
            .max { $0.response.freshness.responseTime < $1.response.freshness.responseTime }
        guard let latest else { return ExplainedRobots(url: robots, verdict: nil, fetched: nil, crawlDelay: nil) }
        let rules = RobotsRules.after(
            .answered(status: latest.response.head.status), body: try await body(of: latest, in: store), from: robots, now: now,
            lifetimeSeconds: nil)
        return ExplainedRobots(
            url: robots, verdict: rules.verdict(for: url), fetched: latest.response.freshness.responseTime,
            crawlDelay: rules.group.delayMilliseconds)
    }

    /// The content, as far as robots.txt goes.
    private static func body(of entry: StoredEntry, in store: CacheStore) async throws -> [UInt8] {
        var decoder = try ContentDecoder(
            contentEncoding: entry.response.head.fields.combined("Content-Encoding"), maximumOutput: nil)
        let reader = try WireBodyReader(entry.body, in: store)
        var bytes: [UInt8] = []
        while bytes.count <= RobotsTxt.maximumBytes, let piece = try await reader.next() {
            decoder.append(piece)
            while bytes.count <= RobotsTxt.maximumBytes, let piece = try decoder.next() { bytes += piece }
        }
        return bytes
    }

    // MARK: - Told

    func lines(style: TextStyle) -> [String] {
        guard let verdict, let fetched else {
            return ["not in the cache: a crawl that follows links asks for it first  [RFC 9309]"]
        }
        let allowed = verdict.isAllowed ? style.green("allowed") : style.red("not allowed")
        var lines = [
            "\(allowed) for a crawl that follows links  [RFC 9309 section 2.2.2]", TerminalText.escaped(verdict.explanation),
            "\(TerminalText.escaped(url.serialized)) of \(TimeText.date(fetched))",
        ]
        if let crawlDelay { lines.append("\(Double(crawlDelay) / 1000) s between two requests (Crawl-delay)") }
        return lines
    }

    func add(to line: inout JSONLine) {
        line.addObject("robots") { object in
            object.add("url", url.serialized)
            object.add("fetched", fetched?.seconds)
            guard let verdict else { return object.addNull("allowed") }
            object.add("allowed", verdict.isAllowed)
            object.add("explanation", verdict.explanation)
            if case .rule(let rule) = verdict.basis {
                object.add("line", rule.line)
                object.add("rule", rule.text)
                object.add("group", rule.group)
            }
            object.add("crawl_delay_ms", crawlDelay)
        }
    }
}
