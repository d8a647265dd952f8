import CacheStore
import CrawlEngine
import CrawlPolicy
import HTTPSemantics

/// A job that this command works on.
struct OpenJob {
    let frontier: FrontierStore
    /// When the present round began: what was fetched since then is not asked for again.
    let roundStart: UnixTime
    /// Whether commands with other settings have worked on it: what those have named belongs to the job too.
    let hasOtherCommands: Bool

    /// Opens a job, and makes it where it is not there. One that has come to its end begins its next round.
    static func open(
        _ name: JobName, in cacheDirectory: String, settings: JobSettings, durable: Bool, console: Console
    ) async throws -> OpenJob {
        var options = FrontierStore.Options()
        options.durable = durable
        options.now = SystemClock.now
        var generator = SystemRandomNumberGenerator()
        let facts = JobFacts(settings: settings.text, fingerprintKey: FingerprintKey(using: &generator).bytes)
        let frontier = try FrontierStore.open(cacheDirectory: cacheDirectory, name: name, create: facts, options: options)
        var counts = try await frontier.counts()
        if counts.isDone {
            // Where another process begins it first, this one joins.
            _ = try await frontier.beginRound(after: counts.round)
            counts = try await frontier.counts()
        }
        let hasOtherCommands = frontier.facts.hasFormerSettings || frontier.facts.settings != settings.text
        if counts.known > 0 {
            console.notice(
                "going on with the job \(name.text): \(NumberText.count(counts.remaining)) to do, "
                    + "\(NumberText.count(counts.known - counts.remaining)) done.")
            if counts.remaining > 0, hasOtherCommands {
                console.notice(
                    "other commands have worked on this job: what they have left is done too, with the options of this one.")
            }
        }
        return OpenJob(
            frontier: frontier, roundStart: UnixTime(milliseconds: counts.roundMilliseconds),
            hasOtherCommands: hasOtherCommands)
    }

    /// Closes the job and tells how it stands.
    ///
    /// - Parameters:
    ///   - isBounded: whether the command has taken as many URLs as it was to take.
    ///   - isOffline: whether it was to ask nobody.
    func close(_ console: Console, isBounded: Bool, isOffline: Bool) async -> JobAccount? {
        let counts = try? await frontier.counts()
        let cuts = (try? await frontier.cuts(limit: JobAccount.shownCuts)) ?? []
        if let failure = await frontier.close() { console.failure("\(failure)") }
        return counts.map { JobAccount(name: frontier.name, counts: $0, cuts: cuts, isBounded: isBounded, isOffline: isOffline) }
    }
}

/// How a job stands at the end of a command.
struct JobAccount {
    let name: JobName
    let counts: FrontierCounts
    /// What was not followed, the most frequent first.
    let cuts: [FrontierCut]
    /// Whether the command has taken as many URLs as it was to take.
    let isBounded: Bool
    /// Whether it was to ask nobody.
    let isOffline: Bool

    /// Whether it has ended before its end, for hosts that want to be left alone or give no answers, or for what is not in the cache.
    var isWaiting: Bool { counts.remaining > 0 && counts.inflight == 0 && !isBounded }

    /// Rows of `cuts` that a summary shows.
    static let shownCuts = 20
}
