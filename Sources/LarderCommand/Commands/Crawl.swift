import ArgumentParser
import CacheStore
import CachingClient
import CrawlEngine
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import HTTPTransport

/// `larder crawl`: fetches every URL of a list, or of a web, through the cache.
struct Crawl: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "crawl",
        abstract: "Fetch every URL of a list, or follow links, through the cache.",
        discussion: """
            What is fresh is not fetched; what is stale is asked for with its validators; what is new is stored. Stopped by a \
            signal, it finishes what is under way and ends with exit code 23: the same command again goes on, and what was fetched \
            before, also if the program was killed, is not asked for again. `larder jobs` lists what can go on.

            With --recursive, or with a name, a crawl keeps all that it knows on the disk, and several processes may share it. The \
            same command again goes on with a job that has not come to its end, and looks for changes where it has.

            Examples:
              larder crawl -i urls.txt
              larder crawl --json --max-age 12h --wait 1 -i - < urls.txt > results.jsonl
              larder crawl -r -l 0 --no-parent https://docs.example.com/manual/
              larder crawl --job docs --refresh -r -l 0 https://docs.example.com/
            """)

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Links") var recursion: RecursionOptions
    @OptionGroup(title: "Pool") var pool: PoolOptions
    @OptionGroup(title: "Mirrors") var mirrors: MirrorOptions
    @OptionGroup(title: "Time") var times: TimeOptions
    @OptionGroup(title: "Request") var request: RequestOptions
    @OptionGroup(title: "Freshness") var freshness: FreshnessOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func run() async throws {
        try await run(arguments: Array(CommandLine.arguments.dropFirst(2)))
    }

    func validate() throws {
        guard !recursion.isJob || (request.method == .get && request.data.isEmpty) else {
            throw ValidationError("A job fetches with GET: --recursive and --job do not go with --request and --data.")
        }
    }

    /// - Parameters:
    ///   - arguments: those of this command, kept with a job so that it can be resumed by its name.
    ///   - isResumed: whether the user has asked for it by its name.
    ///   - lacksSeeds: whether URLs of a job came in a way in which they cannot come again.
    func run(arguments: [String], isResumed: Bool = false, lacksSeeds: Bool = false) async throws {
        var configuration = try crawlConfiguration()
        let output = OutputStream.standardOutput(.background)
        let console = Console(
            shared, stream: .standardError(.background), wantsProgress: !(output.isTerminal && (shared.json || shared.verbose)))
        configuration.tellsHits = CrawlReporter.tellsHits(console, isJSON: shared.json)
        if pool.jobs > DescriptorLimit.connections {
            configuration.jobs = DescriptorLimit.connections
            console.notice(
                "fetching \(configuration.jobs) at once, not \(pool.jobs): raise the limit of open files with ulimit -n.")
        }
        let store = try storage.open(shared.cacheDirectory(), lockTimeout: times.lockTimeout)
        // While the network side is made.
        store.openReaders()
        let job = recursion.isJob ? try await openJob(arguments, isResumed: isResumed, console) : nil
        let list = recursion.isJob ? nil : try beginList(arguments, isResumed: isResumed, console)
        var reuse = freshness.reuse
        reuse.freshSince = job?.roundStart ?? list?.freshSince ?? listStart
        let transport = TransportFactory.transport(times, requests: configuration.jobs)
        TransportFactory.ignoreServers(of: store, in: transport, console: console)
        let client = CachingClient(
            store: store, transport: TransportFactory.transport(transport, mirrors: mirrors.all),
            configuration: ClientConfiguration(
                reuse: reuse, maximumBodyBytes: limits.maxFilesize?.bytes, maximumRedirects: limits.maxRedirect,
                maximumTime: times.maximumTime, bytesPerSecond: pool.limitRate?.bytes, politeness: configuration.politeness,
                lockTimeout: .milliseconds(times.lockTimeout.milliseconds)),
            now: SystemClock.now)
        // On the event loops of their connections the workers get a response without a change of thread.
        let executors = (0..<transport.eventLoopCount).map { transport.taskExecutor($0) }
        let crawler = Crawler(client: client, configuration: configuration, executors: executors, now: SystemClock.now)
        let reporter = CrawlReporter(output: output, console: console, isJSON: shared.json) { crawler.stop() }
        let watch = SignalWatch { signal in
            console.notice("\(signal): stopping; what is under way has 5 seconds. A second signal ends at once.")
            crawler.stop()
        }
        var jobConfiguration = recursion.jobConfiguration
        jobConfiguration.robotsAgent = request.robotsAgent
        if let job {
            jobConfiguration.knownSeeds = job.hasOtherCommands ? .scope : lacksSeeds ? .own : .none
            jobConfiguration.settings = settings(arguments).text
        }
        let ending: Result<CrawlSummary, any Error>
        do {
            ending = .success(
                try await reporter.showingProgress(of: crawler) { [input, jobConfiguration] () async throws(CrawlError) in
                    guard let job else { return try await crawler.run(input.inputs, report: reporter.report) }
                    return try await crawler.run(
                        job.frontier, jobConfiguration, seeds: input.inputs, report: reporter.report)
                })
        } catch {
            ending = .failure(error)
        }
        console.finish()
        await transport.shutdown()
        let done = crawler.progress.done
        let account = await job?.close(
            console, isBounded: input.maxPages.map { done >= $0 } ?? false, isOffline: freshness.reuse.mode == .offline)
        await store.close()
        withExtendedLifetime(watch) {}
        if Self.isOver(ending) { list?.finish(console) }
        try reporter.finish(ending, job: account, resumed: account?.name ?? list?.name) { crawler.progress.summary }
    }

    /// Whether there is nothing to go on with: the list has come to its end, or cannot be read.
    private static func isOver(_ ending: Result<CrawlSummary, any Error>) -> Bool {
        switch ending {
        case .success(let summary): return !summary.interrupted
        case .failure(CrawlError.unreadableInput): return true
        case .failure: return false
        }
    }

    /// Since when what was fetched is fresh for a list: what stands there twice is asked for once. Not for standard input, which may go
    /// on for days.
    private var listStart: UnixTime? {
        request.method == .get && !input.inputFile.contains("-") ? SystemClock.now() : nil
    }

    private func openJob(_ arguments: [String], isResumed: Bool, _ console: Console) async throws -> OpenJob {
        let name = try recursion.job?.name ?? jobName()
        let use = OpenJob.Use(isResumed: isResumed, isOffline: freshness.reuse.mode == .offline, durable: storage.durable)
        return try await OpenJob.open(
            name, in: shared.cacheDirectory(), settings: settings(arguments), use: use, console: console)
    }

    /// The record of a crawl that is no job with a frontier; nil where there is none. What comes through standard input cannot be read
    /// again.
    private func beginList(_ arguments: [String], isResumed: Bool, _ console: Console) throws -> OpenList? {
        guard request.method == .get, request.data.isEmpty, !input.inputFile.contains("-") else { return nil }
        let settings = settings(arguments)
        let deciding = [settings.directory] + input.urls.map(UnsecretArguments.withoutUserinfo) + [""] + input.inputFile
        guard let name = JobSettings.name(firstURL: input.urls.first, deciding: deciding) else { return nil }
        return OpenList.begin(
            name, in: try shared.cacheDirectory(), settings: settings, isResumed: isResumed, console: console)
    }

    private func settings(_ arguments: [String]) -> JobSettings {
        .current(arguments, urls: input.urls, headers: request.header)
    }

    /// The name of a job that was given none.
    private func jobName() throws -> JobName {
        let deciding = input.urls.map(UnsecretArguments.withoutUserinfo).sorted() + input.inputFile.sorted() + recursion.deciding
        guard let name = JobSettings.name(firstURL: input.urls.first, deciding: deciding) else {
            throw ValidationError("Give the job a name with --job.")
        }
        return name
    }

    private func crawlConfiguration() throws -> CrawlConfiguration {
        let rate = pool.rate.map { RequestRate(count: Int64($0.count), periodMilliseconds: $0.milliseconds) }
        return CrawlConfiguration(
            jobs: pool.jobs,
            politeness: PolitenessPolicy(
                maximumConcurrent: pool.maxPerHost, waitMilliseconds: pool.wait.milliseconds,
                intervalMicroseconds: rate?.intervalMicroseconds ?? 0),
            retry: RetryPolicy(retries: pool.retry),
            maximumRedirects: limits.maxRedirect,
            maximumPages: input.maxPages,
            method: request.method,
            fields: request.fields,
            content: try request.content())
    }
}
