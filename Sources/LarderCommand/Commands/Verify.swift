import ArgumentParser
import CacheStore
import CachingClient

/// `larder verify`: whether the cache is what it says it is.
struct Verify: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every stored body against its digest, and every reference.",
        discussion: """
            Reads the whole cache; others may use it meanwhile. Ends with exit code 24 where something is damaged. With --repair \
            what is damaged is removed, and exactly those URLs are fetched again, with the request fields that their Vary named; \
            where nothing is damaged, nothing is asked of the network. It ends with 0 where all of it could be fetched.

            Examples:
              larder verify
              larder verify --repair
              larder verify --json | jq -r 'select(.type == "problem") | .urls[]'
            """)

    @Flag(inversion: .prefixedNo, help: "Remove what is damaged, and fetch those URLs again.")
    var repair = false

    @Flag(inversion: .prefixedNo, help: "With --repair: remove what is damaged and fetch nothing.")
    var offline = false

    @OptionGroup(title: "Time") var times: TimeOptions
    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        if offline, !repair { throw ValidationError("--offline is for --repair: a check alone never uses the network.") }
    }

    func run() async throws {
        let console = Console(shared, wantsProgress: true)
        let store = try StoredEntries.open(shared, durable: storage.durable)
        let reporter = VerifyReporter(
            output: OutputStream.standardOutput(), isJSON: shared.json, isQuiet: shared.quiet, color: shared.color)
        let interruption = Interruption(shared, advice: "the check is not complete; nothing was changed.")
        let pace = RedrawPace()
        let report = try await store.verify(makeDecoder: StoredBodyInflater.make) { done, total in
            if pace.isDue { console.redraw(VerifyText.progress(done: done, total: total)) }
        }
        let places = await ProblemPlaces(of: report, in: store)
        console.finish()
        try reporter.tell(report, places)
        var account = VerifyAccount(report)
        if repair, !report.isClean {
            do {
                try await mend(report, places, store, reporter, &account, interruption)
            } catch {
                await store.close()
                throw error
            }
        }
        await store.close()
        withExtendedLifetime(interruption) {}
        try reporter.finish(account)
        if let advice = account.advice { console.notice(advice) }
        console.finish()
        if account.exit != .success { throw QuietExit(status: account.exit) }
    }

    /// Removes what is damaged, then fetches it again.
    private func mend(
        _ report: VerificationReport, _ places: ProblemPlaces, _ store: CacheStore, _ reporter: VerifyReporter,
        _ account: inout VerifyAccount, _ interruption: Interruption
    ) async throws {
        let varyNames = await VaryNames(of: places.urls, in: store)
        interruption.endsProcess(advice: "what is damaged may be removed already; fetch what is missing with larder crawl.")
        let repaired = try await store.repair(report, makeDecoder: StoredBodyInflater.make)
        account.add(repaired)
        account.isOffline = offline
        for problem in repaired.remaining { try reporter.tellRemaining(problem) }
        guard !repaired.removedEntries.isEmpty else { return }
        let refetching = offline ? nil : Refetching(store: store, times: times)
        interruption.calls { refetching?.stop() }
        for removed in repaired.removedEntries {
            let result = await refetching?.fetch(removed, varyNames: varyNames[removed]) ?? .removed(.offline)
            account.add(result)
            try reporter.tell(removed, result)
        }
        await refetching?.shutdown()
        account.isStopped = interruption.hasSignalled && account.lost > 0
    }
}
