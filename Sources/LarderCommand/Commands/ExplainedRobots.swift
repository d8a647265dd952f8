import CacheStore
import CachingClient
import CrawlEngine
import CrawlPolicy
import HTTPCaching
import HTTPSemantics

/// What the stored robots.txt of a URL's site says of it (RFC 9309).
struct ExplainedRobots {
    /// Where the file is asked for.
    let url: WebURL
    /// From where the answer came that counts: another URL where the first one redirects.
    let source: WebURL
    /// Nil: nothing is stored of it, and a crawl that follows links would ask for it first.
    let verdict: RobotsVerdict?
    /// When it was fetched or confirmed last; nil: nothing is stored.
    let fetched: UnixTime?
    /// What it asks for between two requests, in milliseconds; nil: nothing.
    let crawlDelay: Int64?

    /// Reads what is stored, redirects followed as a crawl follows them; nil where the URL can have no robots.txt.
    ///
    /// - Parameter agent: the crawler that would ask.
    static func read(
        for url: WebURL, agent: RobotsAgent, from store: CacheStore, now: UnixTime
    ) async throws -> ExplainedRobots? {
        guard url.isHTTP, let robots = RobotsTxt.location(for: url) else { return nil }
        var request = RequestHead(method: .get, url: robots, fields: [:])
        var chain = RedirectChain(limit: RobotsAccess.maximumRedirects)
        while true {
            guard let entry = try await latest(of: request.url, in: store) else {
                return ExplainedRobots(url: robots, source: request.url, verdict: nil, fetched: nil, crawlDelay: nil)
            }
            var answer: (fetch: RobotsFetch, body: [UInt8]) = (.redirectedTooOften, [])
            switch Result(catching: { () throws(FetchError) in try chain.next(after: entry.response.head, to: request) }) {
            case .success(let next?):
                request = next
                continue
            case .success(nil): answer = try await content(of: entry, in: store)
            case .failure: break
            }
            let rules = RobotsRules.after(
                answer.fetch, body: answer.body, from: request.url, for: agent, now: now, lifetimeSeconds: nil)
            return ExplainedRobots(
                url: robots, source: request.url, verdict: rules.verdict(for: url),
                fetched: entry.response.freshness.responseTime, crawlDelay: rules.group.delayMilliseconds)
        }
    }

    /// The variant that came or was confirmed last, which a crawl would have got.
    private static func latest(of url: WebURL, in store: CacheStore) async throws -> StoredEntry? {
        let entries = try await store.lookup([CacheKey(url)]).first ?? []
        return entries.filter { $0.response.heldRanges == nil }
            .max { $0.response.freshness.responseTime < $1.response.freshness.responseTime }
    }

    /// What a crawl makes of a stored answer, and its content as far as robots.txt goes.
    private static func content(of entry: StoredEntry, in store: CacheStore) async throws -> (RobotsFetch, [UInt8]) {
        var content = RobotsContent(entry.response.head)
        let reader = try WireBodyReader(entry.body, in: store)
        while !content.isEnough, let piece = try await reader.next() { content.append(piece) }
        content.finish()
        return (content.fetch(), content.bytes)
    }

    // MARK: - Told

    func lines(style: TextStyle) -> [String] {
        guard let verdict, let fetched else {
            return ["no answer of it is stored: a crawl that follows links asks for it first  [RFC 9309]"]
        }
        let allowed = verdict.isAllowed ? style.green("allowed") : style.red("not allowed")
        var lines = [
            "\(allowed) for a crawl that follows links  [RFC 9309 section 2.2.2]", TerminalText.escaped(verdict.explanation),
            "\(TerminalText.escaped(source.serialized)) of \(TimeText.date(fetched))",
        ]
        if source != url { lines.append("\(TerminalText.escaped(url.serialized)) redirects there") }
        if let crawlDelay { lines.append("\(Double(crawlDelay) / 1000) s between two requests (Crawl-delay)") }
        return lines
    }

    func add(to line: inout JSONLine) {
        line.addObject("robots") { object in
            object.add("url", url.serialized)
            object.add("source", source.serialized)
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
