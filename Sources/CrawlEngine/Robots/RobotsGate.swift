import CachingClient
import CrawlPolicy
import HTTPSemantics
import Synchronization

/// What is known of the robots.txt of each site, and which items wait for it. A value.
struct RobotsGate<Item> {
    /// What becomes of an item.
    enum Ruling {
        /// It may be fetched.
        case allowed(crawlDelayMilliseconds: Int64)
        case refused(RobotsVerdict)
        /// Nobody knows what the site's robots.txt says, and the next look is not before that time (RFC 9309 section 2.3.1.4).
        ///
        /// - Parameter isWish: whether that is because the site has asked to be left alone.
        case unreachable(RobotsVerdict, until: UnixTime, isWish: Bool)
        /// It waits; the site's robots.txt is to be fetched first. With the site where somebody has to begin with that.
        case waits(fetch: WebURL?)
    }

    private struct Site {
        var rules: RobotsRules?
        /// What the rules take.
        var bytes = 0
        /// Items that wait for a fetch that is under way; nil: none is.
        var waiting: [Item]?
    }

    /// By origin.
    private var sites: [Origin: Site] = [:]
    private let maximumSites: Int
    private let maximumBytes: Int
    /// What the rules of all sites take.
    private(set) var bytes = 0

    /// - Parameters:
    ///   - maximumSites: how many sites are remembered; beyond it those that nobody waits for are forgotten, and fetched again, from
    ///     the cache, when they are met again.
    ///   - maximumBytes: how much memory their rules take, about; beyond it the longest are forgotten in the same way.
    init(maximumSites: Int = 4096, maximumBytes: Int = 32 << 20) {
        self.maximumSites = max(1, maximumSites)
        self.maximumBytes = maximumBytes
    }

    /// Items that wait.
    private(set) var waitingCount = 0

    /// Asks for one item.
    mutating func rule(on item: Item, url: WebURL, now: UnixTime) -> Ruling {
        let origin = url.origin
        if let rules = sites[origin]?.rules, rules.isValid(at: now), sites[origin]?.waiting == nil {
            return ruling(rules, url)
        }
        waitingCount += 1
        if sites[origin]?.waiting != nil {
            sites[origin]?.waiting?.append(item)
            return .waits(fetch: nil)
        }
        if sites.count >= maximumSites { forgetSome() }
        sites[origin, default: Site()].waiting = [item]
        return .waits(fetch: RobotsTxt.location(for: url))
    }

    /// What was known of a site before.
    func known(of site: Origin) -> RobotsRules? { sites[site]?.rules }

    /// The site's robots.txt has come, or will not.
    ///
    /// - Returns: the items that waited for it; they are to be asked for again.
    mutating func learned(_ rules: RobotsRules, of site: Origin) -> [Item] {
        let waiting = sites[site]?.waiting ?? []
        bytes -= sites[site]?.bytes ?? 0
        sites[site] = Site(rules: rules, bytes: rules.memoryBytes, waiting: nil)
        bytes += sites[site]?.bytes ?? 0
        if bytes > maximumBytes { forgetLongest(but: site) }
        waitingCount -= waiting.count
        return waiting
    }

    private func ruling(_ rules: RobotsRules, _ url: WebURL) -> Ruling {
        let verdict = rules.verdict(for: url)
        if verdict.isAllowed { return .allowed(crawlDelayMilliseconds: rules.group.delayMilliseconds ?? 0) }
        guard case .access(.disallowAll(let fetch)) = verdict.basis else { return .refused(verdict) }
        return .unreachable(verdict, until: rules.validUntil, isWish: Self.isWish(fetch))
    }

    /// Whether a site has asked to be left alone, now or before: 429, `Retry-After`, or a pause of it that still lasts. That others of
    /// this machine ask it as much as they may says as little against it.
    private static func isWish(_ fetch: RobotsFetch) -> Bool {
        switch fetch {
        case .answered(let status, let retryAfter): status == 429 || retryAfter != nil
        case .redirectedTooOften: false
        case .failed(let code, _): [.hostPutAside, .hostBusy, .lockTimeout].contains(FetchError.Code(rawValue: code))
        }
    }

    private mutating func forgetSome() {
        sites = sites.filter { $0.value.waiting != nil }
        bytes = sites.values.reduce(0) { $0 + $1.bytes }
    }

    /// Forgets down to half of what is allowed: the longest first, so that sites with long files pay for them and not the others.
    ///
    /// - Parameter kept: what has just been learned, for those who waited for it ask now.
    private mutating func forgetLongest(but kept: Origin) {
        let longest = sites.lazy.filter { $0.key != kept && $0.value.waiting == nil }.map { ($0.key, $0.value.bytes) }
        for (site, length) in longest.sorted(by: { $0.1 > $1.1 }) where bytes > maximumBytes / 2 {
            sites[site] = nil
            bytes -= length
        }
    }
}
