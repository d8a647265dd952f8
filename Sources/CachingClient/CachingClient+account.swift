import CacheStore

extension CachingClient {
    /// Adds an answer to the statistics that the store keeps by day.
    func account(for outcome: FetchOutcome) {
        var activity = ActivitySums()
        activity.add(outcome.outcome, networkBytes: outcome.networkBytes, savedBytes: outcome.bodyBytes)
        for sum in activity.sums { store.record(sum) }
    }
}

/// What several answers add up to, by what the cache had to do with them: mostly one sum.
struct ActivitySums {
    private(set) var sums: [ActivityDelta] = []
    private var outcomes: [CacheOutcome] = []

    /// - Parameter savedBytes: content that did not come over the network, where the store has answered.
    mutating func add(_ outcome: CacheOutcome, networkBytes: Int64 = 0, savedBytes: Int64) {
        let place: Int
        if let known = outcomes.firstIndex(of: outcome) {
            place = known
        } else {
            place = sums.count
            outcomes.append(outcome)
            sums.append(ActivityDelta(outcome: outcome.rawValue, requests: 0))
        }
        sums[place].requests += 1
        sums[place].networkBytes += networkBytes
        switch outcome {
        case .hit, .stale, .revalidated: sums[place].savedBytes += savedBytes
        default: break
        }
    }
}
