import CacheStore
import HTTPSemantics

/// What `larder gc` would do, as far as it can be told without doing it.
enum GarbageForecast {
    /// Counts what is too old, then goes through the rest in the order of eviction until what is left is within the limit. An
    /// entry's share of the indexes is taken to be the same for all.
    static func make(_ plan: GarbagePlan, in store: CacheStore) async throws -> CollectionText {
        let statistics = try await store.statistics()
        let settings = statistics.settings
        let limit = plan.maximumBytes ?? settings.maximumBytes
        let age = plan.maximumAgeSeconds ?? settings.maximumAgeSeconds
        let unusedSince = age.map { plan.now.advanced(byMilliseconds: -$0 * 1000) }
        let used = max(0, statistics.directoryBytes - statistics.freePageBytes)
        let overhead = max(0, used - statistics.storedBytes) / max(1, statistics.entries)

        var query = EntryQuery(now: plan.now)
        query.isPinned = false
        query.order = .use
        var forecast = CollectionText(
            bytesBefore: statistics.directoryBytes, pinnedEntries: statistics.pinnedEntries, limit: limit, isDryRun: true)
        var freed: Int64 = 0
        let pages = store.entries(query)
        walk: while let page = try await pages.next() {
            for entry in page {
                let isExpired = unusedSince.map { entry.lastUse < $0 } ?? false
                guard isExpired || limit.map({ used - freed > $0 }) ?? false else { break walk }
                forecast.removedEntries += 1
                freed += entry.storedBytes + overhead
            }
        }
        forecast.bytesAfter = max(0, used - freed)
        forecast.isOverLimit = limit.map { forecast.bytesAfter > $0 } ?? false
        return forecast
    }
}
