import ArgumentParser
import CrawlEngine

/// Where the URLs of a crawl come from.
struct InputOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("URLs to fetch.", valueName: "url"))
    var urls: [String] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Read URLs from this file, one a line; '-' is standard input, '#' begins a comment. May be given several times.",
            valueName: "file"))
    var inputFile: [String] = []

    @Option(help: ArgumentHelp("End after this many URLs. Default: no limit.", valueName: "count"))
    var maxPages: Int?

    func validate() throws {
        guard !urls.isEmpty || !inputFile.isEmpty else {
            throw ValidationError("Nothing to fetch: give URLs, or a list with --input-file FILE ('-' is standard input).")
        }
        guard inputFile.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input can be read only once: give '--input-file -' one time.")
        }
        guard maxPages.map({ $0 > 0 }) ?? true else { throw ValidationError("--max-pages must be more than 0.") }
    }

    /// Leaves standard input out.
    ///
    /// - Returns: whether it was among the inputs.
    mutating func dropStandardInput() -> Bool {
        let count = inputFile.count
        inputFile.removeAll { $0 == "-" }
        return inputFile.count < count
    }

    /// The inputs in the order in which they are read: arguments first.
    var inputs: [SeedInput] {
        (urls.isEmpty ? [] : [.urls(urls)]) + inputFile.map { $0 == "-" ? .standardInput : .file($0) }
    }
}
