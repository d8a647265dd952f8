import CacheStore

extension CachingClient {
    /// Adds answers to the statistics that the store keeps by day.
    func account(for outcomes: [FetchOutcome]) {
        var sums: [(outcome: CacheOutcome, delta: ActivityDelta)] = []
        for outcome in outcomes {
            if let index = sums.firstIndex(where: { $0.outcome == outcome.outcome }) {
                sums[index].delta.add(outcome)
            } else {
                sums.append((outcome.outcome, ActivityDelta(outcome)))
            }
        }
        for sum in sums { store.record(sum.delta) }
    }

    /// The same for one.
    func account(for outcome: FetchOutcome) {
        store.record(ActivityDelta(outcome))
    }
}

extension ActivityDelta {
    fileprivate init(_ outcome: FetchOutcome) {
        self.init(outcome: outcome.outcome.rawValue, requests: 0)
        add(outcome)
    }

    fileprivate mutating func add(_ outcome: FetchOutcome) {
        requests += 1
        networkBytes += outcome.networkBytes
        switch outcome.outcome {
        case .hit, .stale, .revalidated: savedBytes += outcome.bodyBytes
        default: break
        }
    }
}
