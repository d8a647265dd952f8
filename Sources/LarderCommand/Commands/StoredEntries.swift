import CacheStore
import HTTPCaching
import HTTPSemantics

/// What the reading commands need of the store.
enum StoredEntries {
    /// Opens the cache for reading; no network, no event loop.
    static func open(_ options: SharedOptions) throws -> CacheStore {
        var storeOptions = CacheStore.Options()
        storeOptions.now = SystemClock.now
        return try CacheStore.openExisting(directory: options.cacheDirectory(), options: storeOptions)
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
