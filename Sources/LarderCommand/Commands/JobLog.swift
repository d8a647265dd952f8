import ArgumentParser
import CacheStore
import HTTPSemantics

/// `larder log`: what became of the URLs of a job.
struct JobLog: Subcommand {
    enum Selection: String, CaseIterable, ExpressibleByArgument {
        case new, changed, unchanged, gone, broken, moved, refused, missing, all
    }

    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Tell what became of the URLs of a crawl job.",
        discussion: """
            Each URL belongs to one class, by its answer in the job's last round and the one before that: new, changed, unchanged, \
            gone (404 or 410 after it was there), broken (no answer, or a status of 400 or more), moved (301, 308), refused \
            (robots.txt, budgets), missing (known from an earlier round, and nothing leads there any more; pending as long as the \
            round is not at its end, with --only all). Default: what deserves a look: new from the second round on, changed, \
            gone, broken, moved and missing.

            Examples:
              larder log docs
              larder log docs --only broken --json
            """)

    @Argument(help: ArgumentHelp("The job's name.", valueName: "job"))
    var job: JobNameArgument

    @Option(
        help: ArgumentHelp(
            "Only this class: \(Selection.allCases.map(\.rawValue).joined(separator: ", ")). May be given several times.",
            valueName: "class"))
    var only: [Selection] = []

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func run() async throws {
        let directory = try shared.cacheDirectory()
        if try ListRecord.read(cacheDirectory: directory, name: job.name) != nil {
            throw CommandFailure(
                "\(job.name.text) is the crawl of a plain list, which keeps no log. Give a crawl a name with --job to have one.",
                exit: .usage)
        }
        let frontier = try FrontierStore.open(cacheDirectory: directory, name: job.name)
        let output = OutputStream.standardOutput()
        let counts = try await frontier.counts()
        let text = JobLogText(round: counts.round, isDrained: counts.isDrained)
        for selection in selections(counts) {
            let report = frontier.pages(selection)
            while let pages = try await report.next() {
                for page in pages {
                    try shared.json ? output.write(text.line(page)) : output.writeLine(text.text(page))
                }
            }
        }
        await frontier.close()
        try output.flush()
    }

    private func selections(_ counts: FrontierCounts) -> [PageSelection] {
        if only.contains(.all) { return [.all] }
        let wanted = only.isEmpty ? [.changed, .gone, .broken, .moved, .missing] + (counts.round > 1 ? [.new] : []) : only
        let classes = Set(wanted.compactMap(\.pageClass))
        // Before the round's end nobody knows what is missing.
        let isMissingKnown = wanted.contains(.missing) && counts.isDrained
        return (classes.isEmpty ? [] : [.classes(classes)]) + (isMissingKnown ? [.missing] : [])
    }
}

extension JobLog.Selection {
    fileprivate var pageClass: PageClass? {
        switch self {
        case .new: .new
        case .changed: .changed
        case .unchanged: .unchanged
        case .gone: .gone
        case .broken: .broken
        case .moved: .moved
        case .refused: .refused
        case .missing, .all: nil
        }
    }
}

/// The lines of `larder log`.
struct JobLogText {
    /// The job's.
    let round: Int
    /// Whether nothing of that round is left to do.
    let isDrained: Bool

    func text(_ page: ReportedPage) -> String {
        var text = className(page).padding(to: 10) + TerminalText.escaped(page.url)
        if let status = page.answer.status { text += " (\(status))" }
        if let code = page.answer.errorCode { text += " (\(TerminalText.escaped(code)))" }
        if let target = page.answer.redirectURL { text += " -> " + TerminalText.escaped(target) }
        if let referrer = page.referrerURL { text += ", found on " + TerminalText.escaped(referrer) }
        return text
    }

    func line(_ page: ReportedPage) -> [UInt8] {
        var line = JSONLine()
        line.add("url", page.url)
        line.add("class", className(page))
        line.add("status", page.answer.status)
        line.add("previous_status", page.previousStatus)
        line.add("error", page.answer.errorCode)
        line.add("redirect_url", page.answer.redirectURL)
        line.add("found_on", page.referrerURL)
        line.add("depth", page.depth)
        line.add("round", page.round)
        line.add("fetched", Double(page.answer.time.milliseconds) / 1000)
        return line.finished()
    }

    private func className(_ page: ReportedPage) -> String {
        page.round < round ? isDrained ? "missing" : "pending" : JobText.name(of: page.pageClass)
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String {
        self + String(repeating: " ", count: max(1, length - count))
    }
}
