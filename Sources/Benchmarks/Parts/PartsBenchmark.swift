import ArgumentParser
import Foundation

/// What is hot, each part by itself.
struct PartsBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parts",
        abstract: "Measures the parts that a page meets on its way, each by itself, and compares with the figures kept before.",
        discussion: """
            A figure is what one core does in a second: it counts the time that the processor worked for this process, on all threads \
            together, and no waiting. A machine that is busy otherwise is slower all the same. All parts are measured once, then all \
            again, and so on; the median is shown, and the spread between the lowest and the highest. Goals are no bounds: nothing \
            fails by them.
            """)

    @Option(parsing: .upToNextOption, help: "Measure these parts alone.")
    var only: [PartName] = []

    @Option(
        parsing: .upToNextOption, help: "Directories of HTML pages to read; files compressed by themselves are passed over.")
    var documents = ["/usr/share/doc/python3-doc/html", "/usr/share/doc/postgresql-doc-15/html"]

    @Option(help: "The file of figures to compare with; it may be missing.")
    var kept: String?

    @Flag(help: "Write the new figures into that file, in the place of those of the same names.")
    var keep = false

    @Option(help: "How many rounds.")
    var rounds = 5

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds is at least 1") }
        guard kept != nil || !keep else { throw ValidationError("--keep needs --kept FILE") }
    }

    func run() async throws {
        let pages = try Page.load(from: documents)
        report("\(grouped(pages.count)) pages of \(grouped(pages.reduce(0) { $0 + $1.content.count } >> 10)) KiB")
        let names = PartName.allCases.filter { only.isEmpty || only.contains($0) }
        var keptFigures = KeptFigures(try kept.map(Self.text) ?? "")

        var parts: [any MeasuredPart] = []
        for name in names { parts.append(try await name.make(from: pages)) }
        var figures = names.map { _ in RoundFigures() }
        for round in 1...rounds {
            for index in parts.indices {
                figures[index].add(try await Self.measure(&parts[index], in: names[index].unit))
            }
            report("round \(round) of \(rounds)")
        }

        report(FigureTable.header)
        for (name, figures) in zip(names, figures) {
            report(FigureTable.line(name, figures, kept: keptFigures[name]))
            keptFigures[name] = figures.median
        }
        if let kept, keep { try keptFigures.text.write(toFile: kept, atomically: true, encoding: .utf8) }
    }

    /// The text of a file; empty where there is none.
    private static func text(of path: String) throws -> String {
        FileManager.default.fileExists(atPath: path) ? try String(contentsOfFile: path, encoding: .utf8) : ""
    }

    /// How long a round of one part is.
    private static let roundLength = Duration.milliseconds(500)

    /// One round of passes.
    private static func measure(_ part: inout any MeasuredPart, in unit: FigureUnit) async throws -> Double {
        try await part.prepareRound()
        // What is met for the first time costs more than ever after.
        _ = try await part.pass()
        var work = 0
        let began = ProcessUsage.processorTimeNow
        var elapsed = Duration.zero
        while elapsed < roundLength {
            work += try await part.pass()
            elapsed = ProcessUsage.processorTimeNow - began
        }
        guard work > 0 else { throw BenchmarkFailure("a part did nothing") }
        return unit.figure(work: work, in: elapsed)
    }
}
