import CacheStore
import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Synchronization

/// The URLs of a job: taken from its frontier, asked about in robots.txt, and given back to it with what was found.
///
/// ```
/// frontier ─► lease ─► budget ─► robots.txt known? ─► Crawler ─► answer in the cache
///    ▲                               │ no                             │
///    │                               ▼                                ▼
///    │                      RobotsFetcher, the item waits     LinkFinder: what is followed
///    └──────── one transaction: finished, its links, counts ◄─────────┘
/// ```
final class JobSource: CrawlSource {
    let frontier: FrontierStore
    private let configuration: CrawlConfiguration
    private let job: JobConfiguration
    private let fields: JobFields
    private let robots: RobotsFetcher
    let journal: CrawlJournal
    let now: @Sendable () -> UnixTime
    private let key: FingerprintKey
    private let sitemaps: SiteSitemaps
    let state: Mutex<JobState>
    /// Wakes `next`.
    let workCame = Signal()
    /// Wakes `run`.
    let noteCame = Signal()
    private let isOffline: Bool
    /// Whether robots.txt decides: nothing is asked of anybody offline.
    private let asksRobots: Bool

    /// For how long it is waited for other processes before the frontier is asked again.
    private static let idlePeriod = Duration.milliseconds(100)
    /// How often is looked whether the frontier has taken what pages have brought.
    private static let roomPeriod = Duration.milliseconds(5)
    /// For how long is left alone what this process cannot do: hosts that others keep from it, URLs that are not in the cache offline;
    /// in milliseconds.
    private static let busyHostMilliseconds: Int64 = 3_600_000

    /// Why a sitemap that nobody has named is not read.
    private static let noSitemap = "no-sitemap"

    init(
        frontier: FrontierStore, key: FingerprintKey, client: CachingClient, configuration: CrawlConfiguration,
        job: JobConfiguration, fields: JobFields, journal: CrawlJournal, now: @escaping @Sendable () -> UnixTime
    ) {
        self.frontier = frontier
        self.key = key
        sitemaps = SiteSitemaps(canonicalizer: job.canonicalizer, key: key)
        self.configuration = configuration
        self.job = job
        self.fields = fields
        self.journal = journal
        self.now = now
        robots = RobotsFetcher(client: client, agent: job.robotsAgent, fields: fields, retry: configuration.retry, now: now)
        isOffline = client.configuration.reuse.mode == .offline
        asksRobots = job.obeysRobots && !isOffline
        state = Mutex(
            JobState(scope: job.scope, budget: PatternBudget(job.budget), maximumPages: configuration.maximumPages))
    }

    // MARK: - Giving

    func next(atMost room: Int) async throws(CrawlError) -> [CrawlItem]? {
        while !state.withLock({ $0.isCancelled }) {
            let ready = state.withLock { $0.takeReady(atMost: room) }
            if !ready.isEmpty {
                let items = ready.compactMap(admit)
                if !items.isEmpty { return items }
                continue
            }
            let wasIdle = state.withLock { $0.isIdle }
            let leased = try await lease(room)
            if !leased.isEmpty { return leased.compactMap(admit) }
            // What was found while the frontier was asked is not looked for yet.
            if wasIdle, try await isOver() { return nil }
            await workCame.wait(atMost: Self.idlePeriod)
        }
        return nil
    }

    /// Takes URLs from the frontier, those left out that their patterns' budgets refuse.
    private func lease(_ room: Int) async throws(CrawlError) -> [CrawlItem] {
        let time = now()
        let (request, hasLosses) = state.withLock { state in
            (state.request(room: room, window: configuration.window, now: time), state.loseOldSuspects(now: time))
        }
        if hasLosses { noteCame.fire() }
        guard let request else { return [] }
        do {
            let urls = try await frontier.lease(
                atMost: request.count, now: time, skippingHosts: request.skipped, perHost: request.perHost
            ).urls
            state.withLock { $0.took(urls) }
            // What has not failed yet goes first: it tells more about its host.
            let inOrder = urls.filter { $0.attempts == 0 } + urls.filter { $0.attempts > 0 }
            let items = inOrder.compactMap { makeItem($0) }
            if state.withLock({ state in items.filter { state.isStranger($0) } }).count > 0 {
                let targets = try await frontier.seedTargets()
                state.withLock { state in targets.forEach { state.scope.addRedirect(ofSeedTo: $0) } }
            }
            let patterns = items.map { URLPattern(of: $0.request.url) }
            let unknown = state.withLock { $0.unknownPatterns(patterns) }
            if !unknown.isEmpty {
                let stored = try await frontier.patterns(for: unknown)
                state.withLock { state in stored.forEach { state.budget.take(PatternRow($0)) } }
            }
            let reasons = state.withLock { state in patterns.map { state.budget.admit($0).reason } }
            return zip(items, zip(patterns, reasons)).compactMap { item, judged in
                let (pattern, reason) = judged
                guard let reason, !item.flags.isSeed else { return item }
                refuse(item, reason: reason.rawValue, subject: pattern.text)
                return nil
            }
        } catch {
            throw .cache(FetchError(error))
        }
    }

    /// Whether what the run has left waits for its hosts, and for nothing that this run might have done.
    var isWaiting: Bool { !isOffline && state.withLock { $0.pagesLeft > 0 } }

    /// Whether nothing more will come, from this process or another.
    private func isOver() async throws(CrawlError) -> Bool {
        let (isIdle, pagesLeft, keepsSuspects) = state.withLock { ($0.isIdle, $0.pagesLeft, $0.hosts.suspectCount > 0) }
        guard isIdle else { return false }
        if pagesLeft == 0 { return !keepsSuspects || endSuspects() }
        do {
            let counts = try await frontier.counts()
            if counts.isDrained { return true }
            // What is left waits for hosts that are left alone: a later run goes on with them.
            let hasNothing = counts.queued == 0 || state.withLock { !$0.hosts.hostsAside(at: now()).isEmpty }
            // Other processes may have some of their own; each ends its own.
            if keepsSuspects { return hasNothing && endSuspects() }
            return hasNothing && counts.inflight == 0
        } catch {
            throw .cache(FetchError(error))
        }
    }

    /// Nothing more will tell about the hosts of the items that are kept. Returns false: they are still to be written.
    private func endSuspects() -> Bool {
        state.withLock { $0.loseSuspects() }
        noteCame.fire()
        return false
    }

    private func makeItem(_ leased: LeasedURL) -> CrawlItem? {
        // What the frontier has was a URL when it went in.
        guard let url = WebURL(leased.url) else {
            state.withLock { $0.note(.refuse(FrontierStore.Refusal(leased), reason: "invalid-url")) }
            noteCame.fire()
            return nil
        }
        let isSiteOfSeed = LinkFlags(leased.flags).isSeed || state.withLock { $0.scope.isSiteOfSeed(url) }
        let request = RequestHead(method: .get, url: url, fields: fields.fields(for: url, isSiteOfSeed: isSiteOfSeed))
        return CrawlItem(seed: leased.url, request: request, chain: RedirectChain(limit: 0), startTime: now(), lease: leased)
    }

    /// Asks whether the item's host is left alone, and robots.txt; nil where the item is refused, or waits.
    private func admit(_ item: CrawlItem) -> CrawlItem? {
        let time = now()
        switch state.withLock({ $0.hosts.rule(on: item, now: time) }) {
        case .passes: break
        case .waits: return nil
        case .rests(let until, let error):
            putOff(item, until: until, counting: .rounds, error)
            return nil
        case .fails(let error):
            fail(item, error)
            return nil
        }
        guard asksRobots else { return item }
        let ruling = state.withLock { state in
            let ruling = state.robots.rule(on: item, url: item.request.url, now: time)
            if case .waits(let url?) = ruling { state.fetchRobots(url, for: item, now: time) }
            return ruling
        }
        switch ruling {
        case .allowed(let delay):
            var item = item
            item.crawlDelay = delay
            return item
        case .refused(let verdict):
            refuse(item, Self.error(verdict, host: item.host, now: time))
            return nil
        case .unreachable(let verdict, let until, let isWish):
            waitForRobots(item, verdict, until: until, isWish: isWish)
            return nil
        case .waits:
            noteCame.fire()
            return nil
        }
    }

    /// Refuses an item by robots.txt.
    func refuse(_ item: CrawlItem, _ error: FetchError) {
        // What the user has named is told as refused; links are counted.
        if item.flags.isSeed {
            if let leased = item.lease { state.withLock { $0.noteEnd(of: leased) } }
            journal.add(.finished(item.result(error, outcome: .skipped, now: now())))
        }
        refuse(item, reason: "robots")
    }

    /// - Parameter subject: what it has in common with others that are refused; nil: its server.
    private func refuse(_ item: CrawlItem, reason: String, subject: String? = nil) {
        guard let leased = item.lease else { return }
        state.withLock { $0.note(.refuse(FrontierStore.Refusal(leased, subject: subject), reason: reason)) }
        noteCame.fire()
    }

    func cancel() {
        state.withLock { $0.cancel() }
        workCame.fire()
    }

    // MARK: - Reading

    func reader(for item: CrawlItem) -> PageReader? {
        let isSitemap = item.flags.isSitemap
        guard job.followsLinks || isSitemap else { return nil }
        return PageReader(item.request.url, maximumLinks: job.maximumLinks, isSitemap: isSitemap)
    }

    func findings(of item: CrawlItem, _ outcome: FetchOutcome, _ contents: PageContents?) -> PageFindings? {
        if item.flags.isSeed, item.flags.redirects > 0, outcome.head.map({ !RedirectChain.isRedirect($0) }) ?? false {
            // Where the redirects of a seed lead to at last.
            state.withLock { $0.scope.addRedirect(ofSeedTo: item.request.url) }
        }
        var findings = finder().findings(of: item, outcome, contents)
        if let leased = item.lease, let target = findings.redirectTarget,
            let length = state.withLock({ $0.redirects.add(from: leased.fingerprint, to: target) })
        {
            findings.redirectError = .redirectLoop(at: item.host, length: length)
        }
        return findings
    }

    private func finder() -> LinkFinder {
        LinkFinder(
            scope: state.withLock { $0.scope }, canonicalizer: job.canonicalizer, key: key,
            maximumRedirects: configuration.maximumRedirects, followsLinks: job.followsLinks, isKnown: frontier.isKnown)
    }

    // MARK: - Noting

    var notesEnds: Bool { true }

    func ended(
        _ item: CrawlItem, _ result: CrawlResult, _ findings: PageFindings?, done: @escaping @Sendable (CrawlError?) -> Void
    ) {
        guard let leased = item.lease else { return done(nil) }
        let note: JobState.Note
        if let error = result.error, error.failureClass == .interrupted || error.isOurs {
            // Nothing is known of the URL by that.
            note = .giveBack(leased)
            if error.isOfOthers {
                let until = now().advanced(byMilliseconds: Self.busyHostMilliseconds)
                state.withLock { _ = $0.hosts.noteWish(of: leased.host, until: until) }
            }
            done(nil)
        } else if result.outcome == .offlineMiss, isOffline {
            // Nobody has asked for it: it is neither there nor gone.
            let later = now().advanced(byMilliseconds: Self.busyHostMilliseconds)
            note = .postpone(leased, until: later, countsAttempt: false)
            done(nil)
        } else if item.isVainGuess(result) {
            note = .refuse(FrontierStore.Refusal(leased), reason: Self.noSitemap)
            done(nil)
        } else {
            var answer = FinishedAnswer(
                status: result.status, outcome: Int(clamping: leased.flags), errorCode: result.error?.code.rawValue, time: now())
            answer.digest = findings?.digest
            answer.redirectURL = findings?.redirectURL
            let links = (findings?.links ?? []) + sitemapsWhereSeedLed(item, findings)
            let completion = Completion(leased, answer, links: links, cuts: findings?.cuts ?? [])
            note = .ended(
                JobState.Ending(
                    completion: completion, news: findings?.news ?? .failure, pattern: URLPattern(of: item.request.url), done: done,
                    byteCount: completion.byteCount))
        }
        state.withLock { state in
            if result.isOfHost, result.error == nil || findings != nil { state.noteAnswer(of: leased.host) }
            if case .ended = note { state.noteEnd(of: leased) }
            state.note(note)
        }
        noteCame.fire()
    }

    func remaining() async -> Int? {
        (try? await frontier.counts()).map { Int(clamping: $0.remaining) }
    }

    func waitForRoom() async {
        while !state.withLock({ $0.hasRoom }), !Task.isCancelled { try? await Task.sleep(for: Self.roomPeriod) }
    }

    func finish() {
        let unanswered = state.withLock { state in
            state.loseSuspects()
            state.finish()
            // A run that was stopped has not come to the end of what it could do.
            return state.isCancelled ? [] : state.takeUnansweredSeeds()
        }
        for result in unanswered { journal.add(.finished(result)) }
        noteCame.fire()
    }

    func run(onFailure fail: @escaping @Sendable (CrawlError) -> Void) async {
        await withDiscardingTaskGroup { group in
            while true {
                for loss in state.withLock({ $0.takeLosses() }) { self.end(loss.item, loss.result) }
                let (notes, robotsRequests, isFinishing) = state.withLock { state in
                    (state.takeNotes(), state.takeRobotsRequests(), state.isFinishing)
                }
                for request in robotsRequests { group.addTask { await self.learnRobots(request) } }
                if notes.isEmpty {
                    if isFinishing { break }
                    await noteCame.wait()
                } else {
                    await write(notes, onFailure: fail)
                }
            }
            group.cancelAll()
        }
        try? await frontier.flush()
    }

    private func learnRobots(_ request: JobState.RobotsRequest) async {
        let url = request.url
        let (previous, isSiteOfSeed) = state.withLock { ($0.robots.known(of: url.origin), $0.scope.isSiteOfSeed(url)) }
        let rules = await robots.rules(
            at: url, previous: previous, isSiteOfSeed: isSiteOfSeed || request.isOfSeed, retries: request.retries)
        if job.readsSitemaps, case let scope = state.withLock({ $0.scope }), scope.isSiteOfSeed(url) {
            _ = try? await frontier.add(sitemaps.named(by: rules, in: scope))
        }
        state.withLock { $0.learned(rules, of: url.origin) }
        workCame.fire()
        noteCame.fire()
    }

    /// The sitemaps of the site that the redirects of a seed have led to at last; its robots.txt has been read before.
    private func sitemapsWhereSeedLed(_ item: CrawlItem, _ findings: PageFindings?) -> [FrontierURL] {
        guard job.readsSitemaps, item.flags.isSeed, item.flags.redirects > 0, let findings, findings.redirectURL == nil else {
            return []
        }
        let url = item.request.url
        let (scope, rules) = state.withLock { ($0.scope, $0.robots.known(of: url.origin)) }
        return (rules.map { sitemaps.named(by: $0, in: scope) } ?? []) + [sitemaps.guess(for: url)].compactMap { $0 }
    }
}

extension FetchError {
    /// Whether it says something of this machine, and nothing of the URL.
    fileprivate var isOurs: Bool { isOfStore || isOfOthers }

    /// Whether other processes kept the host, or the URL, for longer than is waited for.
    fileprivate var isOfOthers: Bool { code == .lockTimeout || code == .hostBusy }
}
