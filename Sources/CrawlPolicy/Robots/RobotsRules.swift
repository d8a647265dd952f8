package import HTTPSemantics

/// For how long what is known of a robots.txt is used (RFC 9309 section 2.4).
package struct RobotsLifetimes: Hashable, Sendable {
    /// The longest use of an answer, in seconds; 24 hours by default, as the standard has it.
    package var maximumSeconds: Int64
    /// The shortest, in seconds: an answer that may not be stored must not double every request. A minute by default.
    package var minimumSeconds: Int64
    /// The longest pause before a file that could not be reached is asked for again, in seconds; an hour by default.
    package var maximumPauseSeconds: Int64
    /// After how long a file that cannot be reached counts as absent, in seconds; 30 days by default, 0 means never.
    package var patienceSeconds: Int64

    package init(
        maximumSeconds: Int64 = 86_400, minimumSeconds: Int64 = 60, maximumPauseSeconds: Int64 = 3_600,
        patienceSeconds: Int64 = 30 * 86_400
    ) {
        self.minimumSeconds = max(0, minimumSeconds)
        self.maximumSeconds = max(self.minimumSeconds, maximumSeconds)
        self.maximumPauseSeconds = max(self.minimumSeconds, maximumPauseSeconds)
        self.patienceSeconds = max(0, patienceSeconds)
    }
}

/// What a crawler knows of one host's robots.txt: the one value that it asks before each fetch.
package struct RobotsRules: Sendable {
    /// What the last fetch that told something means. `.rules` also while an older copy is used, because the server cannot be
    /// reached.
    package let access: RobotsAccess
    /// The rules for the crawler; none where there is no file.
    package let group: RobotsGroup
    /// The sitemaps that the file names.
    package let sitemaps: [WebURL]
    /// The URL from which the file came, after redirects.
    package let source: WebURL
    /// When the file, or the answer that there is none, was fetched.
    package let fetchedAt: UnixTime
    /// From then on it is to be fetched again.
    package let validUntil: UnixTime
    /// When the first of the fetches failed that have failed without interruption; nil: the last one did not.
    package let unreachableSince: UnixTime?
    /// How the last fetch ended.
    package let lastFetch: RobotsFetch

    /// What is known after a fetch.
    ///
    /// While the server cannot be reached, an older copy of the file is used on, as long as that lasts (section 2.3.1.4). Without
    /// one nothing is allowed, whatever was known before: that there was no file is no leave now.
    ///
    /// - Parameters:
    ///   - body: the decoded content of a response; read only where the status is 2xx.
    ///   - source: the URL from which the last response came.
    ///   - lifetimeSeconds: for how long the response stays fresh (RFC 9111); nil where it does not say, 0 where it may not be
    ///     reused. Bounded by `lifetimes`.
    ///   - previous: what was known before the fetch.
    ///   - unreachableSince: the same as that of `previous`, where it was kept and `previous` was not.
    package static func after(
        _ fetch: RobotsFetch, body: [UInt8], from source: WebURL, for agent: RobotsAgent = .larder, now: UnixTime,
        lifetimeSeconds: Int64?, previous: RobotsRules? = nil, unreachableSince: UnixTime? = nil,
        lifetimes: RobotsLifetimes = RobotsLifetimes()
    ) -> RobotsRules {
        guard RobotsAccess.isUnreachable(fetch) else {
            let access = RobotsAccess(fetch, unreachableSince: nil, now: now, patienceSeconds: 0)
            let file = access == .rules ? RobotsTxt(body) : RobotsTxt([])
            let seconds = min(max(lifetimeSeconds ?? .max, lifetimes.minimumSeconds), lifetimes.maximumSeconds)
            return RobotsRules(
                access: access, group: RobotsGroup(of: file, for: agent), sitemaps: file.sitemaps, source: source, fetchedAt: now,
                validUntil: now.advanced(bySeconds: seconds), unreachableSince: nil, lastFetch: fetch)
        }
        let since = previous?.unreachableSince ?? unreachableSince ?? now
        let validUntil = retryTime(fetch, since: since, now: now, lifetimes: lifetimes)
        if let previous, previous.access == .rules {
            return RobotsRules(
                access: .rules, group: previous.group, sitemaps: previous.sitemaps, source: previous.source,
                fetchedAt: previous.fetchedAt, validUntil: validUntil, unreachableSince: since, lastFetch: fetch)
        }
        return RobotsRules(
            access: RobotsAccess(fetch, unreachableSince: since, now: now, patienceSeconds: lifetimes.patienceSeconds),
            group: .none,
            sitemaps: [], source: source, fetchedAt: now, validUntil: validUntil, unreachableSince: since, lastFetch: fetch)
    }

    /// When a file that could not be reached is asked for again: after as long as it has been so, within bounds, but not before
    /// the time that the server names.
    private static func retryTime(_ fetch: RobotsFetch, since: UnixTime, now: UnixTime, lifetimes: RobotsLifetimes) -> UnixTime {
        let elapsed = max(0, now.milliseconds(since: since)) / 1000
        let pause = min(max(elapsed, lifetimes.minimumSeconds), lifetimes.maximumPauseSeconds)
        let usual = now.advanced(bySeconds: pause)
        guard let retryAfter = fetch.retryAfter else { return usual }
        return min(max(usual, retryAfter), max(usual, now.advanced(bySeconds: lifetimes.maximumSeconds)))
    }

    /// Bytes of memory that it takes, about.
    package var memoryBytes: Int {
        group.memoryBytes + sitemaps.reduce(512) { $0 + 96 + $1.serialized.utf8.count }
    }

    /// Whether it may still be used without asking the server.
    package func isValid(at now: UnixTime) -> Bool {
        now < validUntil
    }

    /// Whether a URL of the host may be fetched, and why.
    package func verdict(for url: WebURL) -> RobotsVerdict {
        switch access {
        case .rules:
            group.verdict(for: url)
        case .allowAll, .abandoned:
            RobotsVerdict(isAllowed: true, basis: .access(access))
        case .disallowAll:
            // To forbid robots.txt itself would be for good.
            RobotsGroup.none.verdict(for: url).basis == .robotsFile
                ? RobotsVerdict(isAllowed: true, basis: .robotsFile) : RobotsVerdict(isAllowed: false, basis: .access(access))
        }
    }
}
