import CacheStore
import CrawlEngine
import CrawlPolicy
import HTTPSemantics

/// A job that this command works on.
struct OpenJob {
    let frontier: FrontierStore
    /// When the present round began: what was fetched since then is not asked for again.
    let roundStart: UnixTime
    /// Whether a command with other arguments has worked on it before: what that one has named belongs to the job too.
    let isOfOthers: Bool

    /// Opens a job, and makes it where it is not there. One that has come to its end begins its next round. From then on it is resumed
    /// with these settings.
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
        let isOfOthers = JobSettings(frontier.facts.settings)?.arguments != settings.arguments
        if frontier.facts.settings != settings.text { try await frontier.keep(settings: settings.text).value }
        if counts.known > 0 {
            console.notice(
                "going on with the job \(name.text): \(NumberText.count(counts.remaining)) to do, "
                    + "\(NumberText.count(counts.known - counts.remaining)) done.")
            if counts.remaining > 0, isOfOthers {
                console.notice(
                    "another command began this job: what that one has left is done too, with the options of this one.")
            }
        }
        return OpenJob(
            frontier: frontier, roundStart: UnixTime(milliseconds: counts.roundMilliseconds), isOfOthers: isOfOthers)
    }

    /// Closes the job and tells how it stands.
    ///
    /// - Parameter isBounded: whether the command was to take no more than so many URLs.
    func close(_ console: Console, isBounded: Bool) async -> JobAccount? {
        let counts = try? await frontier.counts()
        let cuts = (try? await frontier.cuts(limit: JobAccount.shownCuts)) ?? []
        if let failure = await frontier.close() { console.failure("\(failure)") }
        return counts.map { JobAccount(name: frontier.name, counts: $0, cuts: cuts, isBounded: isBounded) }
    }
}

/// How a job stands at the end of a command.
struct JobAccount {
    let name: JobName
    let counts: FrontierCounts
    /// What was not followed, the most frequent first.
    let cuts: [FrontierCut]
    /// Whether the command was to take no more than so many URLs.
    let isBounded: Bool

    /// Whether it has ended before its end, for hosts that want to be left alone or give no answers.
    var isWaiting: Bool { counts.remaining > 0 && counts.inflight == 0 && !isBounded }

    /// Rows of `cuts` that a summary shows.
    static let shownCuts = 20
}
