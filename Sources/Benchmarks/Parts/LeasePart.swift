import CacheStore
import HTTPCaching
import HTTPSemantics

/// The right to fetch a key, as each fetch takes it and gives it back.
struct LeasePart: MeasuredPart {
    private let cache: ScratchCache
    private let keys: [CacheKey]

    init() throws {
        cache = try ScratchCache()
        keys = try ScratchCache.requests(count: 2000, in: "leased").map { StoragePolicy.key(request: $0) }
        // The first lease of a cache makes the counters that marks are taken of.
        if let first = keys.first, case .taken(let lease) = cache.store.tryLease(first) { lease.release(hasChanged: false) }
    }

    func pass() throws -> Int {
        let store = cache.store
        for key in keys {
            let mark = store.changeMark(of: key)
            guard case .taken(let lease) = store.tryLease(key) else { throw BenchmarkFailure("somebody else has the lease") }
            guard !store.hasChanged(since: mark) else { throw BenchmarkFailure("somebody else has stored a key") }
            lease.release(hasChanged: true)
        }
        return keys.count
    }
}
