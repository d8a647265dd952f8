import ArgumentParser
import CacheStore
import HTTPCaching
import HTTPSemantics

/// `larder explain`: why the cache would answer a request or not.
struct Explain: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell why the cache would reuse what it has of a URL, or not.",
        discussion: """
            The request is the one that get and crawl would send with the same options; nothing is sent. Redirects are not \
            followed: each URL is explained by itself. The answer is the exit code 0, whatever it is.

            Examples:
              larder explain https://example.com/
              larder explain --shared -H 'Cookie: a=b' https://example.com/
              larder explain --json https://example.com/ | jq .reason
              larder explain --reasons
            """)

    @Argument(help: ArgumentHelp("An http or https URL.", valueName: "url"))
    var url: String?

    @Flag(
        name: [.customLong("shared")], inversion: .prefixedNo,
        help: "Explain for a shared cache, which larder serve is, in place of a private one.")
    var forSharedCache = false

    @Flag(inversion: .prefixedNo, help: "List the names of all reasons with their sections, and explain nothing.")
    var reasons = false

    @OptionGroup(title: "Request") var request: RequestOptions
    @OptionGroup(title: "Freshness") var freshness: FreshnessOptions
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        guard url != nil || reasons else { throw ValidationError("Nothing to explain: give a URL, or --reasons.") }
        guard url == nil || !reasons else { throw ValidationError("--reasons lists all reasons: leave out the URL.") }
    }

    func run() async throws {
        let output = OutputStream.standardOutput()
        let style = TextStyle(shared.color, isTerminal: output.isTerminal)
        if let url {
            let report = try await explained(url)
            if shared.json {
                try output.write(ExplainJSON.line(report))
            } else {
                for line in ExplainText(report, style: style).lines() { try output.writeLine(line) }
            }
        } else if shared.json {
            for reason in ExplainedReason.all { try output.write(reason.jsonLine()) }
        } else {
            for line in ExplainedReason.lines(style: style) { try output.writeLine(line) }
        }
        try output.flush()
    }

    private func explained(_ url: String) async throws -> ExplainedRequest {
        let target = try URLArgument.parse(url)
        let message = RequestHead(method: request.method, url: target, fields: request.fields).takingCredentialsFromURL()
        let now = SystemClock.now()
        let (entries, host, robots) = try await known(of: message, now: now)
        return ExplainedRequest(
            message, entries: entries, host: host, robots: robots, options: freshness.reuse,
            kind: forSharedCache ? .shared : .private, now: now)
    }

    /// What is stored under the request's key, and how things stand with its host; nothing where there is no cache at all, which is
    /// told.
    private func known(
        of message: RequestHead, now: UnixTime
    ) async throws -> ([StoredEntry], HostSituation?, ExplainedRobots?) {
        let store: CacheStore
        do {
            store = try StoredEntries.open(shared)
        } catch let error as StoreError where error.code == .noCache {
            let console = Console(shared)
            console.notice("there is no cache in '\(try shared.cacheDirectory())' yet.")
            console.finish()
            return ([], nil, nil)
        }
        let entries = try await store.lookup([StoragePolicy.key(request: message)]).first ?? []
        let host = store.situation(of: message.url.authority, now: now)
        let robots = try await ExplainedRobots.read(for: message.url, agent: request.robotsAgent, from: store, now: now)
        await store.close()
        return (entries, host, robots)
    }
}
