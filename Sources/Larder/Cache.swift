import CacheStore
import CachingClient
import HTTPTransport
import Synchronization

/// A cache of web responses, shared with every process that opens the same directory, the program `larder` included.
///
/// One `Cache` serves any number of tasks at the same time; several on one directory, in one process or in many, work together. Close
/// it when you are done, or use ``withCache(_:isolation:_:)``.
public final class Cache: Sendable {
    /// The network side; it starts with the first request.
    private enum Network {
        case idle
        case running(NIOTransport, CachingClient)
        case closed
    }

    let store: CacheStore
    let configuration: Configuration
    private let network = Mutex(Network.idle)

    private init(store: CacheStore, configuration: Configuration) {
        self.store = store
        self.configuration = configuration
    }

    deinit {
        guard let transport = stopNetwork() else { return }
        Task { await transport.shutdown() }
    }

    /// Opens a cache, and makes it where it is missing.
    ///
    /// - Throws: an error of the kind ``LarderError/Kind/file`` where that cannot be, ``LarderError/Kind/integrity`` where the files are
    ///   damaged.
    public static func open(_ configuration: Configuration = Configuration()) async throws(LarderError) -> Cache {
        guard let directory = configuration.directory ?? CacheStore.standardDirectory(variable: { ProcessEnvironment[$0] }) else {
            throw LarderError(
                .file, code: "cache_cannot_create",
                "there is no place for the cache: neither LARDER_CACHE nor XDG_CACHE_HOME nor HOME is set; name a directory")
        }
        let options = configuration.store
        let createsCache = configuration.createsCache
        do {
            let store = try await CacheStore.opened(directory: directory, options: options, creates: createsCache)
            return Cache(store: store, configuration: configuration)
        } catch {
            throw LarderError(error)
        }
    }

    /// Opens the cache in a directory, with the defaults otherwise.
    public static func open(at directory: String) async throws(LarderError) -> Cache {
        try await open(Configuration(directory: directory))
    }

    /// Opens a cache, hands it to `body` and closes it, whatever comes of it.
    ///
    /// - Throws: what `body` throws; else what opening or closing fails with.
    public static func withCache<Result>(
        _ configuration: Configuration = Configuration(), isolation: isolated (any Actor)? = #isolation,
        _ body: (Cache) async throws -> Result
    ) async throws -> Result {
        let cache = try await open(configuration)
        let result: Result
        do {
            result = try await body(cache)
        } catch {
            try? await cache.close()
            throw error
        }
        try await cache.close()
        return result
    }

    /// The directory that the cache lies in.
    public var directory: String { store.directory }

    /// Writes what is still to be written and lets go of files, threads and connections. Fetches that are under way end with an error
    /// of the kind ``LarderError/Kind/closed`` or ``LarderError/Kind/cancelled``, and so does whatever is asked of the cache from then
    /// on. Closing twice does no harm.
    ///
    /// - Throws: what the last writes failed with.
    public func close() async throws(LarderError) {
        await stopNetwork()?.shutdown()
        if let error = await store.close() { throw LarderError(error) }
    }

    /// Returns when all that was stored or removed before is on its way to the disk for good: a kill of the process loses none of it.
    ///
    /// - Throws: what a write failed with.
    public func flush() async throws(LarderError) {
        do { try await store.flush() } catch { throw LarderError(error) }
    }

    /// Whether `close` has been called.
    var isClosed: Bool {
        network.withLock { if case .closed = $0 { true } else { false } }
    }

    /// The client that fetches go through.
    func client() throws(LarderError) -> CachingClient {
        let client = network.withLock { network -> CachingClient? in
            switch network {
            case .closed: return nil
            case .running(_, let client): return client
            case .idle:
                let transport = NIOTransport(configuration: configuration.transport, clock: CacheStore.systemTime)
                // Through a server of this very cache a request would wait for itself.
                _ = transport.ignoreServers(of: store)
                let client = CachingClient(
                    store: store, transport: transport, configuration: configuration.client(configuration.fetchOptions),
                    now: CacheStore.systemTime)
                network = .running(transport, client)
                return client
            }
        }
        guard let client else { throw .closed }
        return client
    }

    private func stopNetwork() -> NIOTransport? {
        network.withLock { network in
            defer { network = .closed }
            if case .running(let transport, _) = network { return transport }
            return nil
        }
    }
}
