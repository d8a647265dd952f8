import CacheStore
import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import HTTPTransport
import Synchronization
import TestOrigin
import TestSupport
import Testing

@testable import CrawlEngine

/// A cache and an origin of a test's own.
struct Bench: Sendable {
    let directory: TemporaryDirectory
    let origin: TestOrigin
    let store: CacheStore
    let transport: NIOTransport

    func client(_ configuration: ClientConfiguration = ClientConfiguration()) -> CachingClient {
        CachingClient(store: store, transport: transport, configuration: configuration, now: CacheStore.systemTime)
    }

    func crawler(
        _ configuration: CrawlConfiguration = quick(), client: CachingClient? = nil, onEventLoops: Bool = true
    ) -> Crawler {
        Crawler(
            client: client ?? self.client(), configuration: configuration,
            executors: onEventLoops ? [transport.taskExecutor(0)] : [], now: CacheStore.systemTime)
    }

    /// Crawls targets of the origin.
    func crawl(
        _ targets: [String], _ configuration: CrawlConfiguration = quick(), client: CachingClient? = nil
    ) async throws -> Report {
        let collector = Collector()
        let summary = try await crawler(configuration, client: client).run([urls(targets)], report: collector.report)
        return Report(summary: summary, results: collector.results, invalid: collector.invalid)
    }

    func urls(_ targets: [String]) -> SeedInput {
        .urls(targets.map { $0.contains(":") ? $0 : origin.url($0) })
    }

    func isStored(_ target: String) async throws -> Bool {
        try await !store.lookup([CacheKey(try #require(WebURL(origin.url(target))))])[0].isEmpty
    }
}

/// Retries come at once.
func quick(
    jobs: Int = 4, retries: Int = 2, redirects: Int = 20, pages: Int? = nil, window: Int = 4096, stopMilliseconds: Int64 = 5000,
    hold: Int64 = 600_000, method: HTTPMethod = .get
) -> CrawlConfiguration {
    CrawlConfiguration(
        jobs: jobs, politeness: PolitenessPolicy(maximumConcurrent: 64, maximumHoldMilliseconds: hold),
        retry: RetryPolicy(retries: retries, baseMilliseconds: 1), maximumRedirects: redirects, maximumPages: pages, method: method,
        window: window, stopMilliseconds: stopMilliseconds)
}

struct Report: Sendable {
    var summary: CrawlSummary
    var results: [CrawlResult]
    var invalid: [InvalidSeed]

    func result(_ suffix: String) throws -> CrawlResult {
        try #require(results.first { $0.url.hasSuffix(suffix) })
    }
}

/// Keeps what is told.
final class Collector: Sendable {
    private let state = Mutex<(results: [CrawlResult], invalid: [InvalidSeed])>(([], []))

    @Sendable func report(_ event: CrawlEvent) {
        state.withLock { state in
            switch event {
            case .finished(let result): state.results.append(result)
            case .invalidSeed(let seed): state.invalid.append(seed)
            case .hostRests, .hostPutAside: break
            }
        }
    }

    var results: [CrawlResult] { state.withLock { $0.results } }
    var invalid: [InvalidSeed] { state.withLock { $0.invalid } }
}

func withBench(
    site: GeneratedSite? = nil, options: CacheStore.Options = CacheStore.Options(), _ body: (Bench) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    var configuration = TestOrigin.Configuration()
    configuration.site = site
    let origin = try await TestOrigin.start(configuration)
    let store = try CacheStore.open(directory: directory.file("cache"), options: options)
    let transport = NIOTransport(clock: CacheStore.systemTime)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(Bench(directory: directory, origin: origin, store: store, transport: transport)))
    } catch {
        result = .failure(error)
    }
    await transport.shutdown()
    await origin.stop()
    await store.close()
    try result.get()
}

/// Waits for something that other tasks bring about; the bound is only for a test that fails.
func eventually(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !condition() {
        try #require(ContinuousClock.now < end, "what was waited for did not come")
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// The error that a crawl ends with.
func crawlError(_ crawl: () async throws -> CrawlSummary) async -> CrawlError? {
    do {
        _ = try await crawl()
        return nil
    } catch {
        return error as? CrawlError
    }
}
