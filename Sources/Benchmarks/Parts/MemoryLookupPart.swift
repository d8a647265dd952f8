import CacheStore
import HTTPCaching
import HTTPSemantics

/// Keys looked up in the memory tier, as `larder serve` does.
struct MemoryLookupPart: MeasuredPart {
    private let cache: ScratchCache
    private let requests: [RequestHead]

    private static let entryCount = 4000

    init() async throws {
        cache = try ScratchCache(memoryTierBytes: 64 << 20)
        requests = try ScratchCache.requests(count: Self.entryCount, in: "stored")
        try await cache.fill(requests)
        let version = cache.store.dataVersion()
        for request in requests {
            let key = StoragePolicy.key(request: request)
            guard let entries = try await cache.store.lookup([key]).first else { continue }
            cache.store.remember(key, entries, asOf: version)
        }
    }

    func pass() throws -> Int {
        var foundCount = 0
        for request in requests {
            foundCount += cache.store.remembered(StoragePolicy.key(request: request))?.entries.count ?? 0
        }
        guard foundCount == requests.count else { throw BenchmarkFailure("\(foundCount) entries are remembered") }
        return requests.count
    }
}
