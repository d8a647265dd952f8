import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics

/// What a job's source remembers of what it has taken from the frontier. A value, kept under a lock.
struct JobState {
    /// What is still to be written to the frontier.
    enum Note: Sendable {
        case ended(Ending)
        case giveBack(LeasedURL)
        /// It comes back then, or with the next run; `countsAttempt`: with one attempt more.
        case postpone(LeasedURL, until: UnixTime, countsAttempt: Bool)
        case refuse(FrontierStore.Refusal, reason: String)
    }

    /// A URL that has come to its end.
    struct Ending: Sendable {
        var completion: Completion
        var news: PageNews
        var pattern: URLPattern
        var done: @Sendable (CrawlError?) -> Void
        /// What `completion` holds in memory, about.
        let byteCount: Int
    }

    var robots = RobotsGate<CrawlItem>()
    var hosts = HostGate()
    var redirects = RedirectEdges()
    var scope: CrawlScope
    var budget: PatternBudget
    private(set) var isCancelled = false
    private(set) var isFinishing = false
    private var notes: [Note] = []
    /// Items whose robots.txt has come; they are asked for again.
    private var ready: [CrawlItem] = []
    /// A robots.txt that is to be fetched.
    struct RobotsRequest: Sendable {
        var url: WebURL
        /// Whether it is asked for again where no answer comes: not of a host that gives none to anybody.
        var retries: Bool
        /// Whether a seed is why.
        var isOfSeed: Bool
    }

    /// Files to be fetched, and how many are being fetched.
    private var robotsRequests: [RobotsRequest] = []
    private var robotsFetches = 0
    /// URLs that were taken and have not come to their end, by host.
    private var load: [FrontierHostID: Int] = [:]
    private(set) var open = 0
    /// How many URLs may still be taken; those that are not fetched after all do not count.
    private(set) var pagesLeft: Int
    /// What the notes hold in memory until they are committed.
    private var unwrittenBytes = 0
    /// Seeds whose hosts give no answers, by fingerprint, with what is to be told of them if that stays so.
    private var unansweredSeeds: [UInt64: CrawlResult] = [:]
    /// When what has changed in the budgets was written last; nil: never.
    private var budgetTime: UnixTime?

    /// robots.txt files fetched at a time: most of them take milliseconds, those of hosts that are down half a minute.
    static let maximumRobotsFetches = 64
    /// URLs of one host that are taken at a time where there are many hosts, and where there are few.
    private static let perHost = 64...1024

    /// Bytes of notes from which on no further page is read: a page may bring a hundred thousand links, and comes faster than those
    /// are written.
    static let maximumUnwrittenBytes = 16 << 20

    init(scope: CrawlScope, budget: PatternBudget, maximumPages: Int?) {
        pagesLeft = maximumPages ?? .max
        self.scope = scope
        self.budget = budget
    }

    // MARK: - Taking

    /// What to ask the frontier for; nil: nothing for now.
    func request(room: Int, window: Int, now: UnixTime) -> (count: Int, skipped: Set<FrontierHostID>, perHost: Int)? {
        // Items that wait for robots.txt or for their host count too, or a site that is down would let everything in.
        let count = min(room, window - robots.waitingCount - hosts.waitingCount - ready.count, pagesLeft)
        guard count > 0, !isCancelled else { return nil }
        let perHost = min(max(window / max(1, load.count), Self.perHost.lowerBound), Self.perHost.upperBound)
        var skipped = Set(load.lazy.filter { $0.value >= perHost }.map(\.key))
        skipped.formUnion(hosts.hostsAside(at: now))
        return (count, skipped, perHost)
    }

    mutating func took(_ urls: [LeasedURL]) {
        open += urls.count
        if pagesLeft != .max { pagesLeft -= urls.count }
        for url in urls { load[url.host, default: 0] += 1 }
        hosts.took(urls)
    }

    mutating func takeReady(atMost count: Int) -> [CrawlItem] {
        guard !ready.isEmpty, count > 0 else { return [] }
        defer { ready.removeFirst(min(count, ready.count)) }
        return Array(ready.prefix(count))
    }

    /// Hosts of URLs that another process has found, and that this one has asked about.
    private var strangers: Set<String> = []

    /// Whether a URL of the frontier lies on a host that this process would not visit: another one knows of a seed's redirect that this
    /// one has not heard of. True once for each host.
    mutating func isStranger(_ item: CrawlItem) -> Bool {
        guard !item.flags.isSeed, !item.flags.isRequisite, !scope.visits(item.request.url) else { return false }
        if strangers.count >= 1024 { strangers = [] }
        return strangers.insert(item.host).inserted
    }

    /// The hashes of patterns, and of their hosts, of which nothing is in memory.
    func unknownPatterns(_ patterns: [URLPattern]) -> [UInt64] {
        Array(Set(patterns.lazy.filter { !budget.knows($0) }.flatMap { [$0.hash, $0.hostHash] }))
    }

    /// Milliseconds between two writes of budgets: a row has kilobytes, and loses a second's pages with a kill.
    private static let budgetPeriod: Int64 = 1_000

    /// What is to be written of the budgets now.
    mutating func takeBudgetChanges(now: UnixTime) -> [PatternRow] {
        if let budgetTime, now.milliseconds(since: budgetTime) < Self.budgetPeriod, !isFinishing { return [] }
        budgetTime = now
        return budget.takeChanges()
    }

    // MARK: - Robots

    mutating func fetchRobots(_ url: WebURL, for item: CrawlItem, now: UnixTime) {
        robotsRequests.append(
            RobotsRequest(
                url: url, retries: item.lease.map { hosts.retries($0, now: now) } ?? true, isOfSeed: item.flags.isSeed))
    }

    /// The next files to be fetched; each is to be answered with `learned`.
    mutating func takeRobotsRequests() -> [RobotsRequest] {
        let count = min(robotsRequests.count, Self.maximumRobotsFetches - robotsFetches)
        guard count > 0 else { return [] }
        robotsFetches += count
        defer { robotsRequests.removeFirst(count) }
        return Array(robotsRequests.prefix(count))
    }

    mutating func learned(_ rules: RobotsRules, of site: Origin) {
        robotsFetches -= 1
        ready += robots.learned(rules, of: site)
    }

    // MARK: - Ends

    mutating func note(_ note: Note) {
        notes.append(note)
        if case .ended(let ending) = note {
            unwrittenBytes += ending.byteCount
        } else if pagesLeft != .max {
            pagesLeft += 1
        }
    }

    /// Whether there is room for what another page brings.
    var hasRoom: Bool { unwrittenBytes < Self.maximumUnwrittenBytes || isCancelled }

    /// Notes of so many bytes are written.
    mutating func wrote(byteCount: Int) {
        unwrittenBytes -= byteCount
    }

    mutating func takeNotes() -> [Note] {
        defer { notes = [] }
        return notes
    }

    /// A URL that was taken is the frontier's again, or finished.
    mutating func letGo(of url: LeasedURL) {
        open -= 1
        if let count = load[url.host] { load[url.host] = count > 1 ? count - 1 : nil }
        ready += hosts.letGo(of: url)
    }

    /// A host has answered: what has waited for that is asked for again.
    mutating func noteAnswer(of host: FrontierHostID) {
        let (waiting, lost) = hosts.noteAnswer(of: host)
        ready += waiting
        losses += lost
    }

    /// An item has found no answer. So that one can be kept, others may have come to their end.
    mutating func noteFailure(of item: CrawlItem, _ error: FetchError, now: UnixTime) -> HostGate.Failure {
        if hosts.isFullOfSuspects { loseSuspects() }
        return hosts.noteFailure(of: item, error, now: now)
    }

    /// Items that found no answer, though their hosts give some: they have come to their end.
    private var losses: [HostGate.Loss] = []

    mutating func takeLosses() -> [HostGate.Loss] {
        defer { losses = [] }
        return losses
    }

    /// Whether nothing is under way: what is open is kept for what its host may do yet.
    var isIdle: Bool { open == hosts.suspectCount }

    /// Nothing more will tell about the hosts of what is kept.
    mutating func loseSuspects() {
        losses += hosts.takeSuspects()
    }

    /// The longest that an item is kept that found no answer: a crawl of days tells of it in the meantime. In milliseconds; a host that
    /// times out takes two minutes to fail three times.
    private static let longestSuspicion: Int64 = 300_000
    private static let suspicionPeriod: Int64 = 1_000
    private var suspicionTime = UnixTime(milliseconds: .min)

    /// Ends what has been kept for long; returns whether something has come to its end.
    mutating func loseOldSuspects(now: UnixTime) -> Bool {
        guard hosts.suspectCount > 0, now >= suspicionTime else { return !losses.isEmpty }
        suspicionTime = now.advanced(byMilliseconds: Self.suspicionPeriod)
        losses += hosts.takeSuspects(before: now.advanced(byMilliseconds: -Self.longestSuspicion))
        return !losses.isEmpty
    }

    /// Seeds that are told one by one; beyond that the number of what is left to do says enough.
    private static let maximumUnansweredSeeds = 1000

    /// What of an item that is put off is counted with its URL.
    enum Counting {
        /// It has failed itself.
        case attempt
        /// Its host has failed: where it has failed before, it goes on counting the rounds of its host, which nothing else remembers
        /// until the next run.
        case rounds
        /// Nothing has failed.
        case none
    }

    /// Gives an item back whose host is left alone until then.
    ///
    /// - Parameter result: what is told of a seed, if it stays so.
    mutating func putOff(_ item: CrawlItem, until: UnixTime, counting: Counting, _ result: CrawlResult) {
        guard let leased = item.lease else { return }
        if item.flags.isSeed, unansweredSeeds.count < Self.maximumUnansweredSeeds { unansweredSeeds[leased.fingerprint] = result }
        let counts =
            switch counting {
            case .attempt: true
            case .rounds: leased.attempts > 0 && leased.attempts < HostHealth.maximumAsides
            case .none: false
            }
        note(.postpone(leased, until: until, countsAttempt: counts))
    }

    /// A URL has come to its end after all.
    mutating func noteEnd(of url: LeasedURL) {
        if !unansweredSeeds.isEmpty { unansweredSeeds[url.fingerprint] = nil }
    }

    /// What is to be told of seeds that have found no answer, at the end of a run; by URL.
    mutating func takeUnansweredSeeds() -> [CrawlResult] {
        defer { unansweredSeeds = [:] }
        return unansweredSeeds.values.sorted { $0.url < $1.url }
    }

    mutating func cancel() { isCancelled = true }

    mutating func finish() { isFinishing = true }
}
