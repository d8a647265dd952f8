import CacheStore
import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics

/// One URL of the list on its way through the crawl. It goes from hand to hand, so that what is large in it lies behind references.
struct CrawlItem: Sendable {
    /// What stays the same from the first hop to the last.
    private final class Origin: Sendable {
        let seed: String
        let startTime: UnixTime
        let lease: LeasedURL?

        init(seed: String, startTime: UnixTime, lease: LeasedURL?) {
            self.seed = seed
            self.startTime = startTime
            self.lease = lease
        }
    }

    /// The present hop: a request, until the store has been asked and the network is to be.
    private enum Hop {
        indirect case request(RequestHead)
        case pending(PendingFetch)
    }

    private let origin: Origin
    private var hop: Hop
    var content: [UInt8]?
    var chain: RedirectChain
    /// Whether others that ask for the same thing wait for it.
    var holdsKey = false
    /// Since when another fetch of the same thing is waited for; nil: none is.
    var waitingSince: UnixTime?
    /// How often in a row another fetch of the same thing was met.
    var encounters = 0
    /// Requests sent for this URL so far.
    var attempts = 0
    /// Attempts at the present hop.
    var hopAttempts = 0
    var networkBytes: Int64 = 0
    /// Time spent on requests so far, in milliseconds; waiting for the host's turn left out.
    var spentMilliseconds: Int64 = 0
    /// Milliseconds that the host wants between two requests, by its robots.txt; 0: nothing is known of it.
    var crawlDelay: Int64 = 0

    /// - Parameters:
    ///   - seed: the URL as it stood in the list, user and password left out.
    ///   - lease: the row of the job that it is, where it belongs to one.
    init(
        seed: String, request: RequestHead, content: [UInt8]? = nil, chain: RedirectChain, startTime: UnixTime,
        lease: LeasedURL? = nil
    ) {
        origin = Origin(seed: seed, startTime: startTime, lease: lease)
        hop = .request(request)
        self.content = content
        self.chain = chain
    }

    var seed: String { origin.seed }
    var startTime: UnixTime { origin.startTime }
    var lease: LeasedURL? { origin.lease }

    /// Distance from the seeds in links.
    var depth: Int { origin.lease?.depth ?? 0 }

    /// What the job keeps with the URL; nothing for one of a list.
    var flags: LinkFlags { LinkFlags(lease?.flags ?? 0) }

    // MARK: - The present hop

    var request: RequestHead {
        switch hop {
        case .request(let request): request
        case .pending(let pending): pending.request
        }
    }

    /// What the store knew of it; nil until it has been asked.
    var pending: PendingFetch? {
        if case .pending(let pending) = hop { pending } else { nil }
    }

    /// Hosts are told apart by name and port: that is whose patience is asked for.
    var host: String { pending?.host ?? request.url.authority }

    var key: CacheKey { pending?.key ?? CacheKey(method: request.method, url: request.url) }

    /// The network is to be asked.
    mutating func wait(for fetch: PendingFetch) {
        hop = .pending(fetch)
    }

    /// Goes on to the next hop.
    mutating func follow(_ next: RequestHead) {
        if next.method != request.method { content = nil }
        hop = .request(next)
        holdsKey = false
        hopAttempts = 0
        waitingSince = nil
        encounters = 0
    }

    // MARK: - Its end

    /// Whether its end is nothing to anybody: nothing was asked or received for it, and nobody waits for its key.
    var endsUnnoticed: Bool { attempts == 0 && networkBytes == 0 && !holdsKey }

    /// Whether nobody has named it and nothing is there, which nobody needs to be told.
    func isVainGuess(_ result: CrawlResult) -> Bool {
        guard flags.isGuess else { return false }
        guard let status = result.status else {
            return result.outcome == .offlineMiss || result.error?.isOfRedirect ?? false
        }
        return (400..<500).contains(status) && !RetryPolicy.isTransient(status: status)
    }

    func result(_ outcome: FetchOutcome, now: UnixTime) -> CrawlResult {
        result(
            outcome.outcome, outcome.reason,
            outcome.head.map { head in
                CrawlAnswer(
                    url: request.url, head: StoredHead(head), age: outcome.age, bodyBytes: outcome.bodyBytes,
                    storedBytes: outcome.storedBytes)
            }, now: now)
    }

    /// The same of an answer that lies in the store.
    func result(_ outcome: CacheOutcome, _ stored: WholeAnswer, now: UnixTime) -> CrawlResult {
        result(
            outcome, stored.reason,
            CrawlAnswer(
                url: request.url, head: stored.head, age: stored.age, bodyBytes: stored.bodyBytes,
                storedBytes: stored.storedBytes), now: now)
    }

    func result(_ error: FetchError, outcome: CacheOutcome = .error, now: UnixTime) -> CrawlResult {
        result(outcome, error.code.rawValue, nil, error, now: now)
    }

    private func result(
        _ outcome: CacheOutcome, _ reason: String, _ answer: CrawlAnswer?, _ error: FetchError? = nil, now: UnixTime
    ) -> CrawlResult {
        CrawlResult(
            url: seed, outcome: outcome, reason: reason, answer: answer, elapsedMilliseconds: now.milliseconds(since: startTime),
            attempts: attempts, depth: depth, error: error, networkBytes: networkBytes)
    }
}
