import CacheStore
import HTTPCaching
import HTTPSemantics
import HTTPTransport
import Synchronization
import TestOrigin
import TestSupport
import Testing

@testable import CachingClient

/// A clock that stands still until the test moves it.
final class ManualClock: Sendable {
    private let time = Mutex(UnixTime(seconds: 1_795_000_000))

    var now: UnixTime { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// A client with a cache of its own before an origin of its own, all on one clock.
struct Bench: Sendable {
    let directory: TemporaryDirectory
    let clock: ManualClock
    let origin: TestOrigin
    let store: CacheStore
    let transport: NIOTransport
    let client: CachingClient

    /// The same cache and origin with a client that is configured otherwise.
    func client(_ configuration: ClientConfiguration) -> CachingClient {
        CachingClient(store: store, transport: transport, configuration: configuration) { [clock] in clock.now }
    }

    func request(_ target: String, _ fields: FieldSection = [:], method: HTTPMethod = .get) throws -> RequestHead {
        RequestHead(method: method, url: try #require(WebURL(origin.url(target))), fields: fields)
    }

    /// Fetches and waits until what is to be stored is stored.
    @discardableResult
    func fetch(_ target: String, _ fields: FieldSection = [:], by client: CachingClient? = nil) async throws -> Fetched {
        let collector = Collector()
        let outcome = try await (client ?? self.client).fetch(try request(target, fields), deliver: collector.consume)
        try await outcome.commit?.value
        return Fetched(outcome: outcome, text: collector.text, bytes: collector.bytes, head: collector.head)
    }

    func stored(_ target: String) async throws -> [StoredEntry] {
        try await store.lookup([CacheKey(try #require(WebURL(origin.url(target))))])[0]
    }
}

/// What one fetch brought.
struct Fetched: Sendable {
    var outcome: FetchOutcome
    var text: String
    var bytes: [UInt8]
    var head: ResponseHead?

    var cache: CacheOutcome { outcome.outcome }
}

/// Keeps what is delivered.
final class Collector: Sendable {
    private let state = Mutex<(head: ResponseHead?, bytes: [UInt8], heads: Int)>((nil, [], 0))

    @Sendable func consume(_ event: BodyEvent) {
        state.withLock { state in
            switch event {
            case .head(let preamble): (state.head, state.heads) = (preamble.head, state.heads + 1)
            case .bytes(let bytes): state.bytes += bytes
            case .spilled, .end: break
            }
        }
    }

    var head: ResponseHead? { state.withLock { $0.head } }
    var headCount: Int { state.withLock { $0.heads } }
    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Runs a test with a bench and tidies up after it.
func withBench(
    _ configuration: ClientConfiguration = ClientConfiguration(), options: CacheStore.Options = CacheStore.Options(),
    _ body: (Bench) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    let clock = ManualClock()
    var originConfiguration = TestOrigin.Configuration()
    originConfiguration.clock = { clock.now }
    var options = options
    options.now = { clock.now }
    let origin = try await TestOrigin.start(originConfiguration)
    let store = try CacheStore.open(directory: directory.file("cache"), options: options)
    let transport = NIOTransport { clock.now }
    let bench = Bench(
        directory: directory, clock: clock, origin: origin, store: store, transport: transport,
        client: CachingClient(store: store, transport: transport, configuration: configuration) { clock.now })
    let result: Result<Void, any Error>
    do { result = .success(try await body(bench)) } catch { result = .failure(error) }
    await transport.shutdown()
    await origin.stop()
    await store.close()
    try result.get()
}

/// The error that a fetch ends with.
func fetchError(_ body: () async throws -> Void) async -> FetchError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? FetchError
    }
}

/// Waits for something that other tasks bring about; the bound is only for a test that fails.
func eventually(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !condition() {
        try #require(ContinuousClock.now < end, "what was waited for did not come")
        try await Task.sleep(for: .milliseconds(2))
    }
}

let paragraph = "The larder keeps what was fetched, and asks again only where it must. "
