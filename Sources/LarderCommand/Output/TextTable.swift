/// Text in aligned columns, two blanks between them.
struct TextTable {
    enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// A row shorter than `alignments` ends early; a longer one is cut.
    init(_ alignments: [Alignment]) {
        self.alignments = alignments
    }

    mutating func add(_ cells: String...) {
        rows.append(cells)
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The rows, one a line; no blanks at the end of a line. Cells are taken as they are: escape what comes from the network
    /// before it goes in.
    var lines: [String] {
        var widths = [Int](repeating: 0, count: alignments.count)
        for row in rows {
            for (column, cell) in zip(widths.indices, row) { widths[column] = max(widths[column], cell.count) }
        }
        return rows.map { row in
            var line = ""
            var gap = 0
            for (column, cell) in zip(widths.indices, row) {
                let padding = widths[column] - cell.count
                let before = gap + (alignments[column] == .right ? padding : 0)
                line += String(repeating: " ", count: before) + cell
                gap = 2 + (alignments[column] == .left ? padding : 0)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
