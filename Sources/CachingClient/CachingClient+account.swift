import CacheStore

extension CachingClient {
    /// Adds answers to the statistics that the store keeps by day.
    func account(for outcomes: [FetchOutcome]) {
        var sums: [CacheOutcome: ActivityDelta] = [:]
        for outcome in outcomes {
            var delta = sums[outcome.outcome] ?? ActivityDelta(outcome: outcome.outcome.rawValue, requests: 0)
            delta.requests += 1
            delta.networkBytes += outcome.networkBytes
            if [.hit, .stale, .revalidated].contains(outcome.outcome) { delta.savedBytes += outcome.bodyBytes }
            sums[outcome.outcome] = delta
        }
        for delta in sums.values { store.record(delta) }
    }
}
