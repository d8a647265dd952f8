package import CacheStore
import CachingClient
package import CrawlPolicy
import HTTPSemantics
import Synchronization

extension Crawler {
    /// Works on a job until nothing is left of it, for this process or another, or until `stop()`. The job goes on with the next call,
    /// also after this process was killed.
    ///
    /// - Parameters:
    ///   - frontier: the job; the caller closes it afterwards.
    ///   - seeds: added to the job; those that it knows already change nothing.
    ///   - report: told of each event, one after the other.
    /// - Throws: as `run(_:report:)`.
    package func run(
        _ frontier: FrontierStore, _ job: JobConfiguration, seeds: [SeedInput], report: @escaping @Sendable (CrawlEvent) -> Void
    ) async throws(CrawlError) -> CrawlSummary {
        let key = FingerprintKey(frontier.facts.fingerprintKey)
        var job = job
        var fields = JobFields(configuration.fields)
        do {
            try await addSeeds(seeds, to: frontier, key: key, &job, &fields)
            try await frontier.addSeeds(job.knownSeeds, to: &job.scope, &fields)
            if let settings = job.settings, settings != frontier.facts.settings {
                try await frontier.keep(settings: settings).value
            }
            for url in try await frontier.seedTargets() { job.scope.addRedirect(ofSeedTo: url) }
            try await frontier.hurry(now: now())
        } catch let error as StoreError {
            throw .cache(FetchError(error))
        } catch let error as CrawlError {
            throw error
        } catch {
            throw .unreadableInput(path: "-", reason: "\(error)")
        }
        let source = JobSource(
            frontier: frontier, key: key, client: client, configuration: configuration, job: job, fields: fields,
            journal: journal, now: now)
        let summary = try await run(source, report: report)
        do {
            let counts = try await frontier.counts()
            if counts.isDrained {
                try await frontier.noteDone().value
            } else if !summary.interrupted, source.isWaiting {
                try await frontier.noteWaiting().value
            }
        } catch {
            throw .cache(FetchError(error))
        }
        return summary
    }

    private func addSeeds(
        _ seeds: [SeedInput], to frontier: FrontierStore, key: FingerprintKey, _ job: inout JobConfiguration,
        _ fields: inout JobFields
    ) async throws {
        let reader = SeedReader(seeds)
        seedReader.withLock { $0 = reader }
        defer { seedReader.withLock { $0 = nil } }
        // Stopped before: nobody would cancel it any more.
        if state.withLock({ $0.isStopping }) { return }
        let sitemaps = SiteSitemaps(canonicalizer: job.canonicalizer, key: key)
        // Behind the seeds, which they may be among.
        var guesses: [FrontierURL] = []
        while let lines = try await reader.next() {
            var urls: [FrontierURL] = []
            for line in lines {
                switch line.url {
                case .success(let url):
                    let canonical = job.canonicalizer.canonical(url)
                    urls.append(LinkFinder.seed(canonical, key: key))
                    job.scope.addSeed(canonical)
                    if fields.addSeed(url), job.readsSitemaps, let guess = sitemaps.guess(for: canonical) { guesses.append(guess) }
                case .failure(let invalid): journal.add(.invalidSeed(invalid))
                }
            }
            try await frontier.add(urls).value
        }
        if !guesses.isEmpty { try await frontier.add(guesses).value }
    }
}

extension FingerprintKey {
    /// The key that a job was made with: 16 bytes; missing ones count as 0.
    init(_ bytes: [UInt8]) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(low: number(bytes.prefix(8)), high: number(bytes.dropFirst(8).prefix(8)))
    }

    /// The bytes that stand for the key in the facts of a job.
    package var bytes: [UInt8] {
        [low, high].flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) } }
    }
}
