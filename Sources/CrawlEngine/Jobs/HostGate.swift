import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics

/// The hosts of a job that are left alone: those that have asked for it, and those that give no answers. A value.
struct HostGate {
    /// What becomes of an item.
    enum Ruling {
        /// It may be fetched.
        case passes
        /// It waits for what becomes of another one of its host.
        case waits
        /// Its host is left alone until then, for this error.
        case rests(until: UnixTime, FetchError)
        /// Its host is given up, for this error.
        case fails(FetchError)
    }

    /// What becomes of an item that found no answer.
    enum Failure: Equatable {
        /// It has come to its end.
        case ends
        /// It is kept here until it is known whether that is its host's fault.
        case isKept
        /// It is put off, as its host is put aside; `isNews`: by this failure.
        case isPutOff(until: UnixTime, isNews: Bool)
    }

    private struct Host {
        var health = HostHealth()
        /// What the last failure was; nil: earlier runs know.
        var error: FetchError?
        /// The fingerprint of the URL that is on trial; nil: none is.
        var trial: UInt64?
        /// Items that wait for what becomes of it.
        var waiting: [CrawlItem] = []
        /// Items that found no answer before the host was put aside.
        var suspects: [Loss] = []
    }

    /// An item that found no answer.
    struct Loss {
        let item: CrawlItem
        let error: FetchError
        let time: UnixTime
        /// What is told of it if it has come to its end by that.
        let result: CrawlResult

        init(_ item: CrawlItem, _ error: FetchError, at time: UnixTime) {
            self.item = item
            self.error = error
            self.time = time
            result = item.result(error, now: time)
        }
    }

    /// Those whose last request was not answered.
    private var failing: [FrontierHostID: Host] = [:]
    /// Those that want to be left alone for longer than a crawl waits.
    private var wishes: [FrontierHostID: UnixTime] = [:]
    /// Items that wait.
    private(set) var waitingCount = 0
    /// Items that found no answer and are kept until it is known whether that is their host's fault.
    private(set) var suspectCount = 0
    private let maximumHosts: Int
    private let maximumSuspects: Int

    /// - Parameters:
    ///   - maximumHosts: how many failing hosts are remembered; beyond it those that nobody waits for are forgotten, and what is wrong
    ///     with them is found out anew.
    ///   - maximumSuspects: how many items are kept that found no answer; beyond it none of them is kept any longer.
    init(maximumHosts: Int = 16_384, maximumSuspects: Int = 512) {
        self.maximumHosts = max(1, maximumHosts)
        self.maximumSuspects = max(1, maximumSuspects)
    }

    // MARK: - Asking

    /// The hosts of which nothing is to be taken now. Walks all that fail.
    func hostsAside(at now: UnixTime) -> [FrontierHostID] {
        let silent = failing.compactMap { if case .aside = $1.health.condition(at: now) { $0 } else { nil } }
        return silent + wishes.compactMap { $1 > now ? $0 : nil }
    }

    /// URLs were taken from the frontier: what it remembers of earlier runs tells how often their hosts were put aside.
    mutating func took(_ urls: [LeasedURL]) {
        var asides: [FrontierHostID: Int] = [:]
        for url in urls where url.attempts > 0 && failing[url.host] == nil {
            asides[url.host] = max(asides[url.host] ?? 0, url.attempts)
        }
        for (host, count) in asides {
            makeRoom()
            failing[host] = Host(health: HostHealth(asides: count))
        }
    }

    /// Until when a host is left alone that gives no answers, and what the last failure was; nil: it is not.
    func rest(of host: FrontierHostID, now: UnixTime) -> (until: UnixTime, error: FetchError)? {
        guard let known = failing[host], let error = known.error, case .aside(let until) = known.health.condition(at: now) else {
            return nil
        }
        return (until, error)
    }

    /// Asks for one item; one that waits is kept here.
    mutating func rule(on item: CrawlItem, now: UnixTime) -> Ruling {
        guard !failing.isEmpty, let leased = item.lease, let host = failing[leased.host] else { return .passes }
        switch (host.health.condition(at: now), host.error) {
        case (.well, _), (.aside, nil), (.givenUp, nil): return .passes
        case (.aside(let until), let error?): return .rests(until: until, error)
        case (.givenUp, let error?): return .fails(error)
        case (.onTrial, _):
            if host.trial == leased.fingerprint { return .passes }
            guard host.trial != nil else {
                failing[leased.host]?.trial = leased.fingerprint
                return .passes
            }
            failing[leased.host]?.waiting.append(item)
            waitingCount += 1
            return .waits
        }
    }

    /// Whether an item without an answer is worth another attempt at once: not where the host gives none to anybody.
    func retries(_ leased: LeasedURL, now: UnixTime) -> Bool {
        failing[leased.host].map { $0.health.condition(at: now) == .well } ?? true
    }

    // MARK: - Telling

    /// A host has answered, whatever it said.
    ///
    /// - Returns: the items that waited for that, which are to be asked for again, and those that found no answer: it was their own
    ///   fault.
    mutating func noteAnswer(of host: FrontierHostID) -> (waiting: [CrawlItem], lost: [Loss]) {
        guard !failing.isEmpty, let known = failing.removeValue(forKey: host) else { return ([], []) }
        waitingCount -= known.waiting.count
        suspectCount -= known.suspects.count
        return (known.waiting, known.suspects)
    }

    /// An item has found no answer, however often it was tried.
    ///
    /// - Returns: what becomes of it; where it is put off, so are those of `takeSuspects(of:)`.
    mutating func noteFailure(of item: CrawlItem, _ error: FetchError, now: UnixTime) -> Failure {
        guard let leased = item.lease else { return .ends }
        let failure = note(leased, error, now: now) { $0.noteFailure(at: now) }
        guard case .ends = failure, failing[leased.host]?.health.condition(at: now) == .well, Self.mayWait(leased),
            suspectCount < maximumSuspects
        else { return failure }
        failing[leased.host]?.suspects.append(Loss(item, error, at: now))
        suspectCount += 1
        return .isKept
    }

    /// Whether no further item can be kept.
    var isFullOfSuspects: Bool { suspectCount >= maximumSuspects }

    /// The items of a host that are kept: what becomes of the host has become of them.
    mutating func takeSuspects(of host: FrontierHostID) -> [Loss] {
        let suspects = failing[host]?.suspects ?? []
        failing[host]?.suspects = []
        suspectCount -= suspects.count
        return suspects
    }

    /// All items that are kept, or those that were before a time. Walks all hosts that fail.
    mutating func takeSuspects(before time: UnixTime? = nil) -> [Loss] {
        guard suspectCount > 0 else { return [] }
        let hosts = failing.compactMap { host, state in
            state.suspects.isEmpty || time.map { state.suspects[0].time >= $0 } ?? false ? nil : host
        }
        return hosts.flatMap { takeSuspects(of: $0) }
    }

    /// The robots.txt of an item's site cannot be had before that time.
    mutating func noteUnreachable(_ leased: LeasedURL, _ error: FetchError, until: UnixTime, now: UnixTime) -> Failure {
        note(leased, error, now: now) { $0.noteUnreachable(at: now, notBefore: until) }
    }

    private mutating func note(
        _ leased: LeasedURL, _ error: FetchError, now: UnixTime, _ change: (inout HostHealth) -> HostHealth.Condition
    ) -> Failure {
        if failing[leased.host] == nil { makeRoom() }
        let before = failing[leased.host]?.health.condition(at: now)
        let after = change(&failing[leased.host, default: Host()].health)
        failing[leased.host]?.error = error
        guard case .aside(let until) = after, Self.mayWait(leased) else { return .ends }
        return .isPutOff(until: until, isNews: before != after)
    }

    /// A host that goes up and down must not keep a URL for ever.
    private static func mayWait(_ url: LeasedURL) -> Bool {
        url.attempts < HostHealth.maximumAsides
    }

    /// A host wants to be left alone until then; returns whether that is news.
    mutating func noteWish(of host: FrontierHostID, until: UnixTime) -> Bool {
        if let known = wishes[host], known >= until { return false }
        wishes[host] = until
        return true
    }

    /// A URL that was taken is the frontier's again, or finished.
    ///
    /// - Returns: the items that waited for what becomes of it; they are to be asked for again.
    mutating func letGo(of url: LeasedURL) -> [CrawlItem] {
        guard !failing.isEmpty, failing[url.host]?.trial == url.fingerprint else { return [] }
        let waiting = failing[url.host]?.waiting ?? []
        failing[url.host]?.trial = nil
        failing[url.host]?.waiting = []
        waitingCount -= waiting.count
        return waiting
    }

    private mutating func makeRoom() {
        guard failing.count >= maximumHosts else { return }
        failing = failing.filter { $0.value.trial != nil || !$0.value.suspects.isEmpty }
    }
}

extension FetchError {
    /// Whether it speaks of the host and not of one URL: no connection, or none on which the host has said anything sensible in time.
    var isOfHost: Bool {
        switch failureClass {
        case .tls: true
        case .network: !Self.codesOfOneURL.contains(code.rawValue)
        default: false
        }
    }

    /// A body that takes too long or is cut off has begun to come; too many open files are this machine's own fault.
    private static let codesOfOneURL: Set<String> = ["max_time", "truncated_body", "too_many_open_files"]
}
