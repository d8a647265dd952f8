import CachingClient
import ContentCoding
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

    /// Bytes of a file that are taken in, as sent: what is beyond the limit of robots.txt is not looked at, but it must come to an end.
    private static let maximumBodyBytes: Int64 = 8 << 20

    /// - Parameters:
    ///   - client: the crawl's client: its turns at hosts, its bandwidth, its cache.
    init(
        client: CachingClient, agent: RobotsAgent, fields: JobFields, retry: RetryPolicy, now: @escaping @Sendable () -> UnixTime
    ) {
        var configuration = client.configuration
        let lifetimes = RobotsLifetimes()
        // The user's wishes for pages, `--refresh` and its like, are not meant for these.
        configuration.reuse = ReuseOptions(
            mode: configuration.reuse.mode == .offline ? .offline : .standard, maxAge: lifetimes.maximumSeconds)
        configuration.maximumRedirects = RobotsAccess.maximumRedirects
        configuration.maximumBodyBytes = Self.maximumBodyBytes
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
    ///   - retries: whether it is asked for again at all.
    func rules(at url: WebURL, previous: RobotsRules?, retries: Bool = true) async -> RobotsRules {
        var attempt = 1
        while true {
            let (fetch, body, source, age) = await fetchOnce(url)
            let rules = RobotsRules.after(
                fetch, body: body, from: source, for: agent, now: now(),
                lifetimeSeconds: max(0, RobotsLifetimes().maximumSeconds - age), previous: previous)
            guard retries, RobotsAccess.isUnreachable(fetch), !Task.isCancelled,
                case .retry(let retryAt) = retry.decide(
                    failure: Self.failure(fetch), attempt: attempt, isIdempotent: true, jitter: Double.random(in: 0..<1), now: now()
                )
            else { return rules }
            let pause = retryAt.milliseconds(since: now())
            guard pause <= (client.configuration.politeness?.maximumHoldMilliseconds ?? .max) else { return rules }
            try? await Task.sleep(for: .milliseconds(max(0, pause)))
            attempt += 1
        }
    }

    private func fetchOnce(_ url: WebURL) async -> (RobotsFetch, body: [UInt8], source: WebURL, age: Int64) {
        let collector = RobotsBody()
        let request = RequestHead(method: .get, url: url, fields: fields.fields(for: url))
        do {
            let outcome = try await client.fetchFollowingRedirects(request, deliver: collector.consume)
            guard let head = outcome.head else { return (.failed(code: outcome.reason), [], url, 0) }
            let retryAfter = head.fields.first("Retry-After").flatMap { RetryAfter.parse($0, now: now()) }
            return (
                .answered(status: head.status, retryAfter: retryAfter), collector.bytes, outcome.url, outcome.age ?? 0
            )
        } catch {
            switch error.code {
            case .tooManyRedirects, .redirectLoop, .invalidRedirect: return (.redirectedTooOften, [], url, 0)
            // What is looked at has come long before.
            case .bodyTooLarge: return (.answered(status: 200), collector.bytes, url, 0)
            default: return (.failed(code: error.code.rawValue), [], url, 0)
            }
        }
    }

    private static func failure(_ fetch: RobotsFetch) -> RetryPolicy.Failure {
        switch fetch {
        case .answered(let status, let retryAfter): .status(status, retryAfter: retryAfter)
        case .redirectedTooOften: .permanent
        case .failed: .connection
        }
    }
}

/// The beginning of a robots.txt, its content codings undone.
private final class RobotsBody: Sendable {
    private struct State: ~Copyable {
        var bytes: [UInt8] = []
        var decoder: ContentDecoder?
    }

    private let state = Mutex(State())

    var bytes: [UInt8] { state.withLock { $0.bytes } }

    @Sendable func consume(_ event: BodyEvent) async throws {
        state.withLock { state in
            switch event {
            case .head(let preamble):
                state.bytes = []
                state.decoder = try? ContentDecoder(
                    contentEncoding: preamble.head.fields.combined("Content-Encoding"), maximumOutput: nil)
            case .bytes(let bytes):
                // One byte more than is read tells that there is more.
                guard state.bytes.count <= RobotsTxt.maximumBytes else { return }
                state.decoder?.append(bytes)
                while state.bytes.count <= RobotsTxt.maximumBytes, let piece = try? state.decoder?.next() { state.bytes += piece }
            case .spilled, .end: break
            }
        }
    }
}
