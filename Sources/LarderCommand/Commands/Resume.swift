import ArgumentParser
import CacheStore
import CachingClient

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `larder resume`: goes on with a job by its name.
struct Resume: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a crawl job.",
        discussion: """
            The job goes on with the options of the last command that worked on it, in the directory of that command. \
            Credentials are never written down, and neither is any field of --header that could be one: give them again. A job that has come to its end \
            begins anew, and looks for changes; the crawl of a plain list that was stopped goes through its list, and asks for \
            nothing that it has fetched already. Standard input is not read: a job whose URLs came from there goes on with those \
            that it knows, and once it has come to its end only its command looks for changes.

            Examples:
              larder jobs
              larder resume docs.example.com-3f2a91c0
            """)

    @Argument(help: ArgumentHelp("The job's name.", valueName: "job"))
    var job: JobNameArgument

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Send this field, beside those of the job; may be given several times.", valueName: "name: value"))
    var header: [String] = []

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        for field in header { _ = try RequestField(parsing: field) }
    }

    func run() async throws {
        // Of the job's directory, which is entered below, a relative one would be another.
        let directory = try WorkingDirectory.absolute(shared.cacheDirectory())
        let list = try ListRecord.read(cacheDirectory: directory, name: job.name)
        let (text, isDone) = if let list { (list.settings, false) } else { try await frontierSettings(directory) }
        guard let settings = JobSettings(text) else {
            throw CommandFailure(
                "the job \(job.name.text) has no settings that can be read. Run its command again with --job \(job.name.text).",
                exit: ExitStatus(.integrity))
        }
        guard chdir(settings.directory) == 0 else {
            throw CommandFailure.fileIO("cannot enter the directory of the job", path: settings.directory, error: errno)
        }
        var options = (list == nil ? ["--job", job.name.text] : []) + ["--cache", directory]
        for field in header { options += ["--header", field] }
        if shared.json { options.append("--json") }
        if shared.quiet { options.append("--quiet") }
        if shared.verbose { options.append("--verbose") }
        if !shared.config { options.append("--no-config") }
        let configured = try ConfigArguments.merged(
            into: ["crawl"] + settings.arguments(with: options), environment: .current)
        var crawl = try Crawl.parse(Array(configured.dropFirst()))
        // Nobody hands the list in a second time: what the job knows of it is enough to go on, not to begin anew.
        let lacksSeeds = crawl.input.dropStandardInput()
        guard !lacksSeeds || !isDone else {
            throw CommandFailure(
                "the job \(job.name.text) has come to its end, and its URLs came through standard input. Run its command again to "
                    + "look for changes.", exit: .usage)
        }
        tellMissing(UnsecretArguments.missingFields(of: crawl.request.header, given: header))
        try await crawl.run(arguments: settings.arguments, isResumed: true, lacksSeeds: lacksSeeds)
    }

    private func tellMissing(_ fields: [String]) {
        guard !fields.isEmpty else { return }
        let console = Console(shared)
        console.notice(
            "sent without \(fields.map(TerminalText.escaped).joined(separator: ", ")), which the job does not keep: it may be a "
                + "secret. Give it again with --header.")
        console.finish()
    }

    private func frontierSettings(_ directory: String) async throws -> (text: String, isDone: Bool) {
        let frontier = try FrontierStore.open(cacheDirectory: directory, name: job.name)
        let isDone = try await frontier.counts().isDone
        await frontier.close()
        return (frontier.facts.settings, isDone)
    }
}
