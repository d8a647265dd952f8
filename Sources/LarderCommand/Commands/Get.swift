import ArgumentParser
import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics
import HTTPTransport

/// `larder get`: one URL through the cache.
struct Get: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Fetch one URL through the cache and print its body.",
        discussion: """
            The body is printed decoded (gzip and deflate are undone), a part (206) as it was sent. Redirects are followed. A status of 400 or more prints \
            the body all the same and ends with exit code 8, or 6 where the server asks for a password.

            Examples:
              larder get https://example.com/ | less
              larder get --json --max-age 1d -o page.html https://example.com/
            """)

    @Argument(help: ArgumentHelp("An http or https URL.", valueName: "url"))
    var url: String

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write the body to this file; it appears when it is complete. '-' is stdout, the default.", valueName: "file"))
    var output: String?

    @Flag(name: [.short, .long], inversion: .prefixedNo, help: "Print the head of the response before the body.")
    var include = false

    @Flag(
        name: [.customShort("I"), .long], inversion: .prefixedNo,
        help: "Ask for the head alone (method HEAD) and print it.")
    var head = false

    @Option(help: ArgumentHelp("Give up when the decoded body grows beyond this: 500k, 20M, 4G.", valueName: "size"))
    var maxDecoded = ByteSize(bytes: 64 << 30)

    @OptionGroup(title: "Request") var request: RequestOptions
    @OptionGroup(title: "Freshness") var freshness: FreshnessOptions
    @OptionGroup(title: "Mirrors") var mirrors: MirrorOptions
    @OptionGroup(title: "Time") var times: TimeOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        if head, !request.data.isEmpty { throw ValidationError("--head asks with HEAD, which sends no content: leave out --data.") }
        if head, request.request != nil { throw ValidationError("--head asks with HEAD: leave out --request.") }
    }

    func run() async throws {
        let target = try URLArgument.parse(url)
        let content = try request.content()
        let console = Console(shared)
        let standardOutput = OutputStream.standardOutput()
        let sink = try BodySink(
            destination: destination(standardOutput), showsHead: (include || head) && !shared.json,
            standardOutput: standardOutput, maximumDecodedBytes: maxDecoded.bytes)
        let message = RequestHead(method: head ? .head : request.method, url: target, fields: request.fields)
            .takingCredentialsFromURL()
        let fetching = Task {
            try await fetch(message, content: content, into: sink, console)
        }
        let watch = SignalWatch { _ in fetching.cancel() }
        let ending = await fetching.result
        console.flush()
        let wasStopped = watch.hasSignalled
        withExtendedLifetime(watch) {}
        switch ending {
        case .success(let outcome):
            try await finish(outcome, sink: sink, console: console, output: standardOutput)
        case .failure(let error):
            await sink.abandon()
            if let quiet = error as? QuietExit, !wasStopped { throw quiet }
            let failure =
                wasStopped ? CommandFailure("stopped. Run the same command again.", exit: .interrupted) : CommandFailure(error)
            if shared.json {
                try standardOutput.write(GetJSON.line(failure, url: target.withoutUserinfo()))
                try standardOutput.flush()
            }
            throw failure.at(URLArgument.shown(url, as: target), isInOutput: shared.json)
        }
    }

    /// The longest `Retry-After` that is waited for, in milliseconds: somebody sits before the terminal.
    private static let longestHold: Int64 = 30_000

    private func destination(_ standardOutput: OutputStream) throws -> BodySink.Destination {
        if head { return .nowhere }
        if let output, output != "-" { return .file(try OutputFile(path: output)) }
        return shared.json ? .nowhere : .stream(standardOutput)
    }

    private func fetch(
        _ message: RequestHead, content: [UInt8]?, into sink: BodySink, _ console: Console
    ) async throws -> FetchOutcome {
        let store = try storage.open(shared.cacheDirectory(), lockTimeout: times.lockTimeout)
        let transport = TransportFactory.transport(times)
        TransportFactory.ignoreServers(of: store, in: transport, console: console)
        let client = CachingClient(
            store: store, transport: TransportFactory.transport(transport, mirrors: mirrors.all),
            configuration: ClientConfiguration(
                reuse: freshness.reuse, maximumBodyBytes: limits.maxFilesize?.bytes, maximumRedirects: limits.maxRedirect,
                maximumTime: times.maximumTime,
                politeness: PolitenessPolicy(maximumHoldMilliseconds: Self.longestHold),
                lockTimeout: .milliseconds(times.lockTimeout.milliseconds)),
            now: SystemClock.now)
        let result: Result<FetchOutcome, any Error>
        do {
            let outcome = try await client.fetchFollowingRedirects(message, content: content) { event in
                try await sink.receive(event)
            }
            // What is printed shall be in the cache when the command ends.
            try await outcome.commit?.value
            result = .success(outcome)
        } catch {
            // A failure of ours says more than the client's word for it.
            result = .failure(await sink.failure ?? error)
        }
        await transport.shutdown()
        await store.close()
        return try result.get()
    }

    private func finish(_ outcome: FetchOutcome, sink: BodySink, console: Console, output: OutputStream) async throws {
        guard let head = outcome.head else {
            await sink.abandon()
            if shared.json { try output.write(GetJSON.line(outcome)) }
            try output.flush()
            throw CommandFailure("not in the cache. Fetch it without --offline first.", exit: .notInCache)
                .at(outcome.url.serialized, isInOutput: shared.json)
        }
        try await sink.finish()
        if shared.json { try output.write(GetJSON.line(outcome)) }
        try output.flush()
        if console.isVerbose {
            console.notice("\(outcome.outcome.rawValue) \(head.status) \(outcome.url.serialized) (\(outcome.reason))")
        }
        let status = ExitStatus(httpStatus: head.status)
        if status != .success {
            throw CommandFailure("the server answered with status \(head.status).", exit: status)
                .at(outcome.url.serialized, isInOutput: shared.json)
        }
    }
}
