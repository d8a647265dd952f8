/// What a progress line shows; a snapshot.
struct ProgressFigures: Equatable, Sendable {
    /// URLs finished.
    var done: Int64
    /// URLs still to do as far as the input has been read.
    var toDo: Int64
    /// Whether the input has been read to its end, so that `toDo` is all there is.
    var isInputComplete: Bool
    /// URLs answered without transferring content: hits, revalidated and stale ones.
    var saved: Int64
    var networkBytes: Int64
    var errors: Int64
    var elapsedMilliseconds: Int64
}

/// Turns snapshots into a line: it keeps the last ten seconds, so that rate and time left follow what is happening now.
struct ProgressLine {
    private var samples: [(milliseconds: Int64, done: Int64)] = []

    private static let window: Int64 = 10_000

    /// The line for this snapshot, at most `columns - 1` wide, so that no terminal wraps it. What matters least goes first
    /// where there is no room.
    mutating func text(_ figures: ProgressFigures, columns: Int) -> String {
        samples.append((figures.elapsedMilliseconds, figures.done))
        while samples.count > 2, samples[1].milliseconds <= figures.elapsedMilliseconds - Self.window { samples.removeFirst() }
        let rate = self.rate
        var parts: [(text: String, weight: Int)] = [
            ("\(NumberText.count(figures.done)) done", 9),
            ("\(NumberText.count(figures.toDo))\(figures.isInputComplete ? "" : "+") to do", 8),
            ("\(NumberText.rate(rate))/s", 7),
            ("\(NumberText.percent(figures.saved, of: figures.done)) from cache", 4),
            (NumberText.bytes(figures.networkBytes), 3),
            ("\(NumberText.count(figures.errors)) error\(figures.errors == 1 ? "" : "s")", 5),
        ]
        if figures.isInputComplete, rate > 0 {
            parts.append(("\(TimeText.clock(seconds: Int64((Double(figures.toDo) / rate).rounded(.up)))) left", 6))
        }
        while true {
            let line = parts.map(\.text).joined(separator: ", ")
            if line.count < columns { return line }
            guard parts.count > 1, let least = parts.indices.min(by: { parts[$0].weight < parts[$1].weight }) else {
                return String(line.prefix(max(0, columns - 1)))
            }
            parts.remove(at: least)
        }
    }

    /// URLs a second over the window.
    private var rate: Double {
        guard let first = samples.first, let last = samples.last else { return 0 }
        // The first snapshot stands for itself: the time before it counts from the start of the run.
        let start = samples.count == 1 ? (milliseconds: 0, done: 0) : first
        let milliseconds = last.milliseconds - start.milliseconds
        return milliseconds > 0 ? Double(last.done - start.done) * 1000 / Double(milliseconds) : 0
    }
}
