/// A part of the program that is measured by itself.
protocol MeasuredPart {
    /// Does its work once, in some milliseconds, and leaves everything as it was.
    ///
    /// - Returns: how much that was, in bytes or in things, as the part's `FigureUnit` has it.
    mutating func pass() async throws -> Int

    /// Makes ready for a round of passes. Not measured.
    mutating func prepareRound() async throws
}

extension MeasuredPart {
    mutating func prepareRound() async throws {}
}

/// What a figure counts, in one second of one core.
enum FigureUnit: String {
    /// Millions of bytes.
    case megabytes = "MB/s"
    case things = "/s"

    /// The figure for so much work in so much time.
    func figure(work: Int, in time: Duration) -> Double {
        let perSecond = Double(work) / (time / .seconds(1))
        return self == .megabytes ? perSecond / 1_000_000 : perSecond
    }

    /// A figure with its unit, for people.
    func text(_ figure: Double) -> String {
        switch self {
        case .megabytes: "\(tenths(figure)) \(rawValue)"
        case .things: grouped(Int(figure.rounded())) + rawValue
        }
    }
}
