/// Where the redirects of a run lead, so that a circle is noticed: in a job each hop is a URL of its own, fetched once, whoever leads
/// there. A value.
struct RedirectEdges {
    /// Fingerprints.
    private var targets: [UInt64: UInt64] = [:]
    private let maximumCount: Int

    /// - Parameter maximumCount: redirects that are remembered; beyond it all are forgotten, and circles across that moment go unnoticed.
    init(maximumCount: Int = 65_536) {
        self.maximumCount = max(1, maximumCount)
    }

    /// Takes up a redirect.
    ///
    /// - Returns: how many URLs lie on the circle that it closes; nil: it closes none.
    mutating func add(from source: UInt64, to target: UInt64) -> Int? {
        targets[source] = nil
        // What is remembered has no circle: the redirect that would close one is left out.
        var (place, count) = (target, 1)
        while place != source {
            guard let next = targets[place] else {
                if targets.count >= maximumCount { targets = [:] }
                targets[source] = target
                return nil
            }
            (place, count) = (next, count + 1)
        }
        return count
    }
}
