import CacheStore
import CachingClient
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

    /// How a command works on a job.
    struct Use {
        /// Whether the user has asked for it by its name, to go on with what is left.
        var isResumed = false
        /// Whether nobody is to be asked.
        var isOffline = false
        var durable = false
    }

    /// A round that only waits for hosts is gone on with by the same command for so long, in milliseconds; after that the command begins
    /// the next one: a host that stays away must not keep anybody from seeing what has changed elsewhere.
    private static let longestWait: Int64 = 12 * 3600 * 1000

    /// Opens a job, and makes it where it is not there. One that has come to its end begins its next round, unless nobody is to be asked.
    static func open(
        _ name: JobName, in cacheDirectory: String, settings: JobSettings, use: Use, console: Console
    ) async throws -> OpenJob {
        var options = FrontierStore.Options()
        options.durable = use.durable
        options.now = SystemClock.now
        var generator = SystemRandomNumberGenerator()
        let facts = JobFacts(settings: settings.text, fingerprintKey: FingerprintKey(using: &generator).bytes)
        let frontier = try FrontierStore.open(cacheDirectory: cacheDirectory, name: name, create: facts, options: options)
        var counts = try await frontier.counts()
        let now = SystemClock.now()
        var wasGivenUp = false
        if counts.isWaiting, !use.isResumed, !use.isOffline, now.milliseconds > counts.roundMilliseconds + longestWait {
            console.notice(
                "\(NumberText.counted(Int(clamping: counts.remaining), "URL")) of the last round waited in vain for hosts that want "
                    + "rest or give no answers: they count as broken there, and the next round begins.")
            try await frontier.giveUp(errorCode: FetchError.Code.hostPutAside.rawValue, now: now)
            counts = try await frontier.counts()
            wasGivenUp = true
        }
        if counts.isDone || wasGivenUp, !use.isOffline {
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
                    "other commands have worked on this job: what they have left is done too, with the options of this one. Links "
                        + "that they have not followed stay so until the next round.")
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
        // What a stop has left in hand is to do again.
        try? await frontier.giveAllBack()
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
