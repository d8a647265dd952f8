/// The figures of an earlier run, as they lie in a file: one `name value unit` a line.
struct KeptFigures {
    private var figures: [PartName: Double] = [:]
    /// Lines that say nothing here, as they came.
    private var others: [Substring] = []

    /// - Parameter text: what `text` gave. What is no figure of a part, or in another unit than that part has now, stays as it is.
    init(_ text: String = "") {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, let name = PartName(rawValue: String(words[0])), let figure = Double(words[1]),
                words[2] == name.unit.rawValue, figure > 0, figure.isFinite
            else {
                others.append(line)
                continue
            }
            figures[name] = figure
        }
    }

    subscript(name: PartName) -> Double? {
        get { figures[name] }
        set {
            figures[name] = newValue
            others.removeAll { $0.split(separator: " ").first == name.rawValue[...] }
        }
    }

    var text: String {
        let lines = PartName.allCases.compactMap { name in
            figures[name].map { "\(name.rawValue) \(tenths($0)) \(name.unit.rawValue)" }
        }
        return (lines + others.map(String.init)).map { $0 + "\n" }.joined()
    }

    /// How much more `figure` is than an earlier one, as people read it: `+4.2 %`.
    static func change(from earlier: Double, to figure: Double) -> String {
        let percent = (figure / earlier - 1) * 100
        let text = tenths(percent)
        return (percent > 0 && text != "0.0" ? "+" : "") + text + " %"
    }
}
