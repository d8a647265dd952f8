import ArgumentParser
import CacheStore

/// `larder gc`: keeps the cache within its limits and gives room back.
struct Collect: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Make the cache smaller: evict to its limits, drop what nobody refers to, give room back to the disk.",
        discussion: """
            What was used longest ago goes first; pinned entries stay. Without --max-size and --max-age the settings of the cache \
            count (larder config); without these nothing that can be used goes. Others may read and write meanwhile. Printed is \
            what the file system has got back.

            Examples:
              larder gc
              larder gc --max-size 10G --max-age 90d
              larder gc --max-size 1G --dry-run
            """)

    @Option(
        help: ArgumentHelp(
            "Evict until the cache directory takes no more than this: 500M, 20G. Only now; larder config sets it for good.",
            valueName: "size"))
    var maxSize: ByteSize?

    @Option(help: ArgumentHelp("Evict what nothing has used for this long: 12h, 90d.", valueName: "time"))
    var maxAge: TimeSpan?

    @Flag(inversion: .prefixedNo, help: "Tell about how much would go, and change nothing.")
    var dryRun = false

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        guard maxSize.map({ $0.bytes > 0 }) ?? true else { throw ValidationError("--max-size must be more than 0.") }
        guard maxAge.map({ $0.seconds > 0 }) ?? true else { throw ValidationError("--max-age must be at least 1s.") }
    }

    func run() async throws {
        let store = try StoredEntries.open(shared)
        let plan = GarbagePlan(maximumBytes: maxSize?.bytes, maximumAgeSeconds: maxAge?.seconds, now: SystemClock.now())
        let result: CollectionText
        if dryRun {
            result = try await GarbageForecast.make(plan, in: store)
            await store.close()
        } else {
            let console = Console(shared, wantsProgress: true)
            let pace = RedrawPace()
            let interruption = Interruption(shared, advice: "what was done stays; run it again for the rest.")
            let report = try await store.collectGarbage(plan) { report in
                if pace.isDue { console.redraw(CollectionText.progress(report)) }
            }
            let settings = try await store.settings()
            if let failure = await store.close() { throw failure }
            withExtendedLifetime(interruption) {}
            result = CollectionText(report, limit: plan.maximumBytes ?? settings.maximumBytes)
            if let reason = result.shortfall { console.notice(reason) }
            console.finish()
        }
        let output = OutputStream.standardOutput()
        if shared.json {
            try output.write(result.jsonLine())
        } else {
            for line in result.lines { try output.writeLine(line) }
        }
        try output.flush()
    }
}
