import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Synchronization

/// Fetches robots.txt files, through the cache, where they are used for a day at most (RFC 9309 section 2.4).
struct RobotsFetcher: Sendable {
    private let client: CachingClient
    private let agent: RobotsAgent
    private let fields: JobFields
    private let retry: RetryPolicy
    private let now: @Sendable () -> UnixTime

    /// - Parameters:
    ///   - client: the crawl's client: its turns at hosts, its bandwidth, its cache.
    init(
        client: CachingClient, agent: RobotsAgent, fields: JobFields, retry: RetryPolicy, now: @escaping @Sendable () -> UnixTime
    ) {
        var configuration = client.configuration
        let lifetimes = RobotsLifetimes()
        // What the user wants of pages' ages is not meant for these.
        configuration.reuse.maxAge = lifetimes.maximumSeconds
        configuration.reuse.maxStale = nil
        // The bound is that of `RobotsIntake`: this one would keep back the head with the status.
        configuration.maximumBodyBytes = nil
        self.client = client.configured(configuration)
        self.agent = agent
        self.fields = fields
        self.retry = retry
        self.now = now
    }

    /// Fetches a file, and again where that may help.
    ///
    /// - Parameters:
    ///   - previous: what was known before.
    ///   - isSiteOfSeed: whether it is that of a seed's site.
    ///   - retries: whether it is asked for again at all.
    func rules(at url: WebURL, previous: RobotsRules?, isSiteOfSeed: Bool, retries: Bool = true) async -> RobotsRules {
        var attempt = 1
        while true {
            let answer = await fetchOnce(url, isSiteOfSeed: isSiteOfSeed)
            let rules = RobotsRules.after(
                answer.fetch, body: answer.body, from: answer.source, for: agent, now: now(),
                lifetimeSeconds: max(0, RobotsLifetimes().maximumSeconds - answer.age), previous: previous)
            guard retries, RobotsAccess.isUnreachable(answer.fetch), !Task.isCancelled,
                case .retry(let retryAt) = retry.decide(
                    failure: Self.failure(answer.fetch), attempt: attempt, isIdempotent: true, jitter: Double.random(in: 0..<1),
                    now: now())
            else { return rules }
            let pause = retryAt.milliseconds(since: now())
            guard pause <= (client.configuration.politeness?.maximumHoldMilliseconds ?? .max) else { return rules }
            try? await Task.sleep(for: .milliseconds(max(0, pause)))
            attempt += 1
        }
    }

    /// The answer to one attempt, and the URL from which it came.
    private struct Answer {
        var fetch: RobotsFetch
        var body: [UInt8] = []
        var source: WebURL
        /// Seconds.
        var age: Int64 = 0
    }

    private func fetchOnce(_ url: WebURL, isSiteOfSeed: Bool) async -> Answer {
        do {
            return try await answer(at: url, isSiteOfSeed: isSiteOfSeed)
        } catch {
            switch error.code {
            case .tooManyRedirects, .redirectLoop, .invalidRedirect: return Answer(fetch: .redirectedTooOften, source: url)
            default: return Answer(fetch: .failed(code: error.code.rawValue, retryAfter: error.retryTime), source: url)
            }
        }
    }

    /// Fetches a file, redirects followed.
    private func answer(at url: WebURL, isSiteOfSeed: Bool) async throws(FetchError) -> Answer {
        var request = RequestHead(method: .get, url: url, fields: fields.fields(for: url, isSiteOfSeed: isSiteOfSeed))
        var chain = RedirectChain(limit: RobotsAccess.maximumRedirects)
        let startTime = now()
        while true {
            let intake = RobotsIntake()
            let timeLeft = client.timeLeft(spent: now().milliseconds(since: startTime))
            var age: Int64 = 0
            do throws(FetchError) {
                let outcome = try await client.fetch(request, timeLeft: timeLeft, deliver: intake.consume)
                guard outcome.head != nil else { return Answer(fetch: .failed(code: outcome.reason), source: url) }
                age = outcome.age ?? 0
            } catch {
                // What is looked at has come long before.
                guard intake.isEnough else { throw error }
            }
            guard let head = intake.head, let next = try chain.next(after: head, to: request) else {
                let (fetch, body) = intake.result(now: now())
                return Answer(fetch: fetch, body: body, source: request.url, age: age)
            }
            request = next
        }
    }

    private static func failure(_ fetch: RobotsFetch) -> RetryPolicy.Failure {
        switch fetch {
        case .answered(let status, let retryAfter): .status(status, retryAfter: retryAfter)
        case .redirectedTooOften: .permanent
        case .failed(RobotsContent.undecodableCode, _), .failed(FetchError.Code.bodyTooLarge.rawValue, _): .permanent
        case .failed: .connection
        }
    }
}

/// Takes in the answer to one request: as much of it as is looked at, and the rest where it is not too long.
private final class RobotsIntake: Sendable {
    private struct State: ~Copyable {
        var head: ResponseHead?
        var content: RobotsContent?
        /// Bytes of the content as sent.
        var receivedBytes: Int64 = 0
        /// Whether it says itself that it is too long to be taken in whole.
        var isTooLong = false
    }

    private let state = Mutex(State())

    /// Bytes that are taken in, as sent: what is beyond the limit of robots.txt is not looked at, but only what has come to its
    /// end is stored.
    private static let maximumBytes: Int64 = 8 << 20

    /// Ends a fetch of which nothing more is wanted.
    private static let enough = FetchError(
        code: .bodyTooLarge, message: "the rest of a robots.txt is more than is taken of it", failureClass: .refused)

    /// The answer's head; nil where none has come.
    var head: ResponseHead? { state.withLock { $0.head } }

    /// Whether an answer has come that stands, whatever becomes of the rest.
    var isEnough: Bool { state.withLock { $0.content?.isEnough ?? false } }

    /// How the fetch ended, and the file.
    func result(now: UnixTime) -> (RobotsFetch, body: [UInt8]) {
        state.withLock { state in
            let retryAfter = state.head?.fields.first("Retry-After").flatMap { RetryAfter.parse($0, now: now) }
            return (
                state.content?.fetch(retryAfter: retryAfter) ?? .failed(code: FetchError.Code.deliveryFailed.rawValue),
                state.content?.bytes ?? []
            )
        }
    }

    @Sendable func consume(_ event: BodyEvent) async throws {
        let isOver = state.withLock { state in
            switch event {
            case .head(let preamble):
                state.head = preamble.head
                state.content = RobotsContent(preamble.head)
                state.isTooLong = preamble.head.fields.first("Content-Length").flatMap { Int64($0) } ?? 0 > Self.maximumBytes
            case .bytes(let bytes):
                state.receivedBytes += Int64(bytes.count)
                state.content?.append(bytes)
            case .spilled: break
            case .end:
                state.content?.finish()
                return false
            }
            return state.receivedBytes > Self.maximumBytes || state.isTooLong && (state.content?.isEnough ?? false)
        }
        if isOver { throw Self.enough }
    }
}
