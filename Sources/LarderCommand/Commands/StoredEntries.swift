import CacheStore
import HTTPCaching
import HTTPSemantics

/// What the commands without a network need of the store.
enum StoredEntries {
    /// Opens the cache, which must be there; no network, no event loop, and no writing thread before the first write.
    static func open(_ shared: SharedOptions, durable: Bool = false) throws -> CacheStore {
        try CacheStore.openExisting(directory: shared.cacheDirectory(), options: options(durable: durable))
    }

    /// The store's defaults with the machine's clock.
    static func options(durable: Bool = false) -> CacheStore.Options {
        var options = CacheStore.Options()
        options.durable = durable
        options.now = SystemClock.now
        return options
    }

    /// Everything stored for a URL, the latest answer first.
    /// - Throws: `CommandFailure` with exit code 20 where there is nothing.
    static func variants(of url: String, in store: CacheStore) async throws -> [StoredEntry] {
        let target = try URLArgument.parse(url)
        let key = CacheKey(target)
        let entries = try await store.lookup([key]).first ?? []
        guard !entries.isEmpty else {
            throw CommandFailure(
                "\(URLArgument.shown(url, as: target)): not in the cache. Fetch it with `larder get` first.", exit: .notInCache)
        }
        return entries.sorted { $0.response.freshness.responseTime > $1.response.freshness.responseTime }
    }
}
