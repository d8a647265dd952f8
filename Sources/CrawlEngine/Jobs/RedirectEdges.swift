/// Where the redirects of a run lead, so that a circle is noticed: in a job each hop is a URL of its own, fetched once, whoever leads
/// there. A value.
struct RedirectEdges {
    /// Fingerprints.
    private var targets: [UInt64: UInt64] = [:]
    private let maximumCount: Int

    /// - Parameter maximumCount: redirects that are remembered; beyond it all are forgotten.
    init(maximumCount: Int = 65_536) {
        self.maximumCount = max(1, maximumCount)
    }

    /// Takes up a redirect.
    ///
    /// - Returns: how many URLs lie on the circle that it closes; nil: it closes none.
    mutating func add(from source: UInt64, to target: UInt64) -> Int? {
        if targets.count >= maximumCount { targets = [:] }
        targets[source] = target
        var (place, count) = (target, 1)
        // A circle that the source is not on is walked no further than all that is known.
        while place != source, count <= targets.count {
            guard let next = targets[place] else { return nil }
            (place, count) = (next, count + 1)
        }
        return place == source ? count : nil
    }
}
