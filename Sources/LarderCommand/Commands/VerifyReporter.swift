import CacheStore
import HTTPSemantics

/// Tells what `larder verify` finds: on standard output, as text or as JSON Lines.
struct VerifyReporter {
    /// Problems that are printed as text, each in a line.
    static let maximumLines = 50

    let output: OutputStream
    let isJSON: Bool
    let isQuiet: Bool
    private let style: TextStyle

    init(output: OutputStream, isJSON: Bool, isQuiet: Bool, color: ColorChoice) {
        self.output = output
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        style = TextStyle(color, isTerminal: output.isTerminal)
    }

    func tell(_ report: VerificationReport, _ places: ProblemPlaces) throws {
        for (index, problem) in report.problems.enumerated() {
            if isJSON {
                try output.write(VerifyText.jsonLine(problem, urls: places.urls(of: problem)))
            } else if index < Self.maximumLines {
                try output.writeLine(style.red(VerifyText.line(problem, urls: places.urls(of: problem))))
            }
        }
        if !isJSON, report.problemCount > Self.maximumLines {
            try output.writeLine("and \(NumberText.count(report.problemCount - Int64(Self.maximumLines))) more")
        }
        try output.flush()
    }

    /// A problem that a repair could not mend.
    func tellRemaining(_ problem: VerificationReport.Problem) throws {
        if isJSON {
            try output.write(VerifyText.jsonLine(problem, urls: [], type: "remaining"))
        } else {
            try output.writeLine(style.red("not mended: " + VerifyText.line(problem, urls: [])))
        }
    }

    func tell(_ entry: RepairReport.RemovedEntry, _ result: Refetching.Result) throws {
        if isJSON {
            try output.write(VerifyText.jsonLine(entry, result))
        } else {
            try output.writeLine(VerifyText.line(entry, result))
        }
        // One after another, as they come from the network.
        try output.flush()
    }

    func finish(_ account: VerifyAccount) throws {
        if isJSON {
            try output.write(VerifyText.jsonLine(account))
        } else if !isQuiet {
            for line in VerifyText.lines(account) { try output.writeLine(line) }
        }
        try output.flush()
    }
}
