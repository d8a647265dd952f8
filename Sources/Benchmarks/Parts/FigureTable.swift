/// What was measured, a line for each part.
enum FigureTable {
    static let header = line("part", "one core", "spread", "kept", "change", "goal")

    /// - Parameter kept: the figure of an earlier run; nil: there is none.
    static func line(_ name: PartName, _ figures: RoundFigures, kept: Double?) -> String {
        let unit = name.unit
        return line(
            name.rawValue, unit.text(figures.median), tenths(figures.spread * 100) + " %", kept.map(unit.text) ?? "–",
            kept.map { KeptFigures.change(from: $0, to: figures.median) } ?? "–",
            name.goal.map { "\(unit.text($0)), \(figures.median >= $0 ? "met" : "missed")" } ?? "")
    }

    private static func line(
        _ name: String, _ figure: String, _ spread: String, _ kept: String, _ change: String, _ goal: String
    ) -> String {
        var line = name + blanks(24 - name.count)
        for (text, width) in [(figure, 16), (spread, 10), (kept, 16), (change, 10)] { line += blanks(width - text.count) + text }
        return goal.isEmpty ? line : line + "   " + goal
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(1, count)) }
}
