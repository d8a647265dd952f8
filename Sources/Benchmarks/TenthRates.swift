/// How many things a second, tenth by tenth of a long measurement.
struct TenthRates {
    private var laps: [(count: Int, duration: Duration)] = []
    private var lapStart = ContinuousClock.now
    private var lapUsage = ProcessUsage.now

    /// Ends a tenth, and tells of it.
    mutating func lap(count: Int, of what: String) -> String {
        let (time, usage) = (ContinuousClock.now, ProcessUsage.now)
        let duration = time - lapStart
        laps.append((count, duration))
        let perProcessorSecond = Self.rate(count, usage.processorTime - lapUsage.processorTime)
        (lapStart, lapUsage) = (time, usage)
        let total = laps.reduce(0) { $0 + $1.count }
        return "  \(grouped(total)) \(what): \(grouped(Self.rate(count, duration)))/s, "
            + "\(grouped(perProcessorSecond)) a second of processor"
    }

    var first: Int { laps.first.map { Self.rate($0.count, $0.duration) } ?? 0 }
    var last: Int { laps.last.map { Self.rate($0.count, $0.duration) } ?? 0 }

    var average: Int {
        Self.rate(laps.reduce(0) { $0 + $1.count }, laps.reduce(.zero) { $0 + $1.duration })
    }

    /// The last tenth's rate beside the first's, with two digits.
    var shareOfLast: String { first == 0 ? "0" : hundredths(Double(last) / Double(first)) }

    private static func rate(_ count: Int, _ duration: Duration) -> Int {
        duration > .zero ? Int(Double(count) / (duration / .seconds(1))) : 0
    }
}
