/// The figures of one part, round by round.
struct RoundFigures {
    private var figures: [Double] = []

    mutating func add(_ figure: Double) { figures.append(figure) }

    /// The one in the middle, or between the two there; 0 without any.
    var median: Double {
        guard !figures.isEmpty else { return 0 }
        let sorted = figures.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// How far the lowest and the highest are apart, as a share of the median.
    var spread: Double {
        guard let lowest = figures.min(), let highest = figures.max(), median > 0 else { return 0 }
        return (highest - lowest) / median
    }
}
