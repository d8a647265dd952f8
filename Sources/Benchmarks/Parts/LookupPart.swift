import CacheStore
import HTTPCaching
import HTTPSemantics

/// Keys looked up in the database, as many at a time as a crawl has room for.
struct LookupPart: MeasuredPart {
    private let cache: ScratchCache
    private let requests: [RequestHead]
    private let finds: Bool

    private static let (entryCount, batchLength) = (10_000, 64)

    /// - Parameter finds: whether there is an entry of each key, or of none of them.
    init(finds: Bool) async throws {
        self.finds = finds
        cache = try ScratchCache()
        let stored = try ScratchCache.requests(count: Self.entryCount, in: "stored")
        requests = finds ? stored : try ScratchCache.requests(count: Self.entryCount, in: "missing")
        try await cache.fill(stored)
    }

    func pass() async throws -> Int {
        var foundCount = 0
        for start in stride(from: 0, to: requests.count, by: Self.batchLength) {
            let batch = requests[start..<min(requests.count, start + Self.batchLength)]
            let keys = batch.map { StoragePolicy.key(request: $0) }
            for entries in try await cache.store.lookup(keys) { foundCount += entries.count }
        }
        guard foundCount == (finds ? requests.count : 0) else { throw BenchmarkFailure("\(foundCount) entries are found") }
        return requests.count
    }
}
