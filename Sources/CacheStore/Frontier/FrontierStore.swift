package import HTTPSemantics

/// The frontier of one crawl job: the URLs that are known, those to be fetched, and what became of the others. It lies in a file of its
/// own, so that the job can be killed at any moment and go on, and several processes can work on it together.
///
/// A URL is in one place at each moment: queued, postponed, handed out, or finished. What a finished one has brought is written with
/// it. What was handed out to a process that is gone comes back by itself.
///
/// Writes go through one queue to one thread, which commits them in groups.
package final class FrontierStore: Sendable {
    package struct Options: Sendable {
        /// Whether each commit waits until the disk has it. Without it a power failure can lose the last commits, never the file; a
        /// kill of the process loses nothing that was committed either way.
        package var durable = false
        /// Bound of what waits to be written, in bytes; callers beyond it wait.
        package var maximumQueuedBytes = 8 << 20
        /// Bound of the file's pages in memory, in bytes.
        package var cacheBytes = 64 << 20
        /// Size of the table of fingerprints that are known for certain, in bytes: 8 for each.
        package var knownBytes = 16 << 20
        /// For how long a write waits for another process that holds the right to write; it fails with `busy` then.
        package var lockTimeout = Duration.seconds(30)
        /// Tells the time that is noted as that of the last change.
        package var now: @Sendable () -> UnixTime = CacheStore.systemTime
        /// Tells what kind of file system a directory lies on.
        package var fileSystemKind: @Sendable (_ path: String) -> FileSystemKind = FileSystemKind.probe
        /// With so many new fingerprints they go into the large table; until then each process keeps them in memory, in 20 to 40
        /// bytes each. For tests and measurements.
        package var recentLimit = 400_000
        /// Bound of the file in pages of 8 KiB; nil: none. For tests of a full disk.
        var maximumPages: Int?

        package init() {}
    }

    package let name: JobName
    /// As they stood in the file when it was opened.
    package let facts: JobFacts
    let database: FrontierDatabase
    let thread: FrontierThread
    private let reader: FrontierReader
    private let known: KnownFingerprints

    private init(
        _ name: JobName, _ facts: JobFacts, _ database: FrontierDatabase, _ reader: FrontierReader, mark: ProcessMark,
        _ options: Options
    ) {
        self.name = name
        self.facts = facts
        self.database = database
        self.reader = reader
        known = KnownFingerprints(byteCount: options.knownBytes)
        thread = FrontierThread(
            database: database, mark: mark, known: known, recentLimit: options.recentLimit,
            maximumQueuedBytes: options.maximumQueuedBytes, now: options.now)
    }

    deinit {
        thread.stop()
    }

    // MARK: Opening and closing

    /// Opens a job of a cache directory. A damaged file, one of a later version or of another program is refused as it lies, with an
    /// error that names its path.
    ///
    /// - Parameter create: makes the job with these facts where it is not there; nil: throws `noJob` then.
    package static func open(
        cacheDirectory: String, name: JobName, create: JobFacts? = nil, options: Options = Options()
    ) throws(StoreError) -> FrontierStore {
        let directory = CacheDirectory(cacheDirectory)
        let kind = options.fileSystemKind(directory.path)
        if case .network = kind {
            throw StoreError(.networkFileSystem(kind: kind), operation: "open a job", path: directory.path)
        }
        let database = FrontierDatabase(
            files: JobFiles(directory: directory, name: name), durable: options.durable, cacheBytes: options.cacheBytes,
            maximumPages: options.maximumPages, lockTimeout: options.lockTimeout)
        let mark = try database.create(create, now: options.now())
        let facts = try database.readFacts(database.openReader())
        return FrontierStore(name, facts, database, FrontierReader(database: database), mark: mark, options)
    }

    /// Writes what is queued, gives back what this store has handed out, and ends the thread. Later writes fail with `closed`.
    ///
    /// - Returns: what the last write failed with; nil: nothing.
    @discardableResult
    package func close() async -> StoreError? {
        reader.close()
        return await thread.close()
    }

    // MARK: Writing

    /// Adds URLs that were found nowhere, seeds; known ones are dropped. Throws `invalidArgument` for one that does not begin with its
    /// authority. Waits only while the queue is over its bound; the handle tells of the commit.
    package func add(_ urls: [FrontierURL]) async throws(StoreError) -> CommitHandle {
        try check(urls)
        return try await thread.submit(
            .add(urls), byteCount: urls.reduce(64) { $0 + $1.byteCount }, name: "add URLs")
    }

    /// Takes URLs out for this process, at most `count`: servers in rotation, at most `perHost` of each. Returns once that is
    /// committed. Fewer than asked for, or none, where there are no more for now: others may come back or be found later.
    ///
    /// - Parameters:
    ///   - now: postponed URLs that are due by then come back.
    ///   - skippedHosts: servers that nothing is taken from. Each costs less than 1 µs.
    package func lease(
        atMost count: Int, now: UnixTime, skippingHosts skippedHosts: Set<FrontierHostID> = [], perHost: Int = .max
    ) async throws(StoreError) -> FrontierLease {
        let request = LeaseRequest(
            count: max(0, count), nowMilliseconds: now.milliseconds, skippedHosts: skippedHosts, perHost: max(1, perHost))
        let reply = FrontierReply(FrontierLease())
        try await thread.submit(.lease(request, reply), name: "take URLs").value
        return reply.value
    }

    /// Finishes URLs, each with what was found there, as one. One that is not handed out to this process any more is left alone, with
    /// all that it has brought.
    package func complete(_ completions: [Completion]) async throws(StoreError) -> CommitHandle {
        for completion in completions { try check(completion.links) }
        return try await thread.submit(
            .complete(completions, isRefused: false), byteCount: completions.reduce(64) { $0 + $1.byteCount },
            name: "finish URLs")
    }

    /// A URL that is not fetched after all.
    package struct Refusal: Sendable {
        package var url: LeasedURL
        /// What it has in common with others that are refused; nil: its server.
        package var subject: String?

        package init(_ url: LeasedURL, subject: String? = nil) {
            self.url = url
            self.subject = subject
        }
    }

    /// Finishes URLs that are not fetched after all, and counts them as cut, by their subjects.
    ///
    /// - Parameter reason: a code of the engine's, such as `robots`.
    package func refuse(_ refusals: [Refusal], reason: String, now: UnixTime) async throws(StoreError) -> CommitHandle {
        let completions = refusals.map { refusal in
            let url = refusal.url
            let cut = FrontierCut(reason: reason, subject: refusal.subject ?? url.authority, exampleURL: url.url)
            let answer = FinishedAnswer(status: nil, outcome: Int(clamping: url.flags), errorCode: reason, time: now)
            return Completion(url, answer, cuts: [cut])
        }
        return try await thread.submit(
            .complete(completions, isRefused: true), byteCount: completions.reduce(64) { $0 + $1.byteCount },
            name: "refuse URLs")
    }

    /// Puts URLs off, to be tried again.
    ///
    /// - Parameter countsAttempt: whether `LeasedURL.attempts` grows by one.
    package func postpone(
        _ urls: [LeasedURL], until due: UnixTime, countsAttempt: Bool = true
    ) async throws(StoreError) -> CommitHandle {
        try await thread.submit(
            .postpone(urls, dueMilliseconds: due.milliseconds, countsAttempt: countsAttempt), byteCount: 64 + 256 * urls.count,
            name: "postpone URLs")
    }

    /// Brings all postponed URLs back at once, whatever their time, as long as no process works on any URL: for somebody who wants to
    /// go on now.
    package func hurry(now: UnixTime) async throws(StoreError) {
        // What a process has that is gone comes back by this.
        guard try await lease(atMost: 0, now: now).nextDueMilliseconds != nil, try await counts().inflight == 0 else { return }
        while try await lease(atMost: 0, now: UnixTime(milliseconds: .max)).nextDueMilliseconds != nil {}
    }

    /// Puts URLs back to where they were taken from.
    package func giveBack(_ urls: [LeasedURL]) async throws(StoreError) -> CommitHandle {
        try await thread.submit(.giveBack(urls), byteCount: 64 + 256 * urls.count, name: "give URLs back")
    }

    /// Notes that the job is done; a URL that is added later opens it again.
    package func noteDone() async throws(StoreError) -> CommitHandle {
        try await thread.submit(.noteDone, name: "end a job")
    }

    /// Notes that nothing is left but what waits for hosts; without effect where a process has URLs in hand.
    package func noteWaiting() async throws(StoreError) -> CommitHandle {
        try await thread.submit(.noteWaiting, name: "end a run")
    }

    /// Gives back all that this store has handed out.
    package func giveAllBack() async throws(StoreError) {
        try await thread.submit(.giveAllBack, name: "give URLs back").value
    }

    /// Keeps other settings with the job than those that it was made with.
    package func keep(settings: String) async throws(StoreError) -> CommitHandle {
        try await thread.submit(.keepSettings(settings), byteCount: 64 + settings.utf8.count, name: "keep settings")
    }

    /// Returns when all that was handed over before is committed.
    package func flush() async throws(StoreError) {
        try await thread.submit(.barrier, name: "flush").value
    }

    private func check(_ urls: [FrontierURL]) throws(StoreError) {
        for url in urls where !url.isConsistent {
            throw StoreError(
                .invalidArgument, operation: "add URLs", path: database.path, detail: "a URL does not begin with its authority")
        }
    }

    // MARK: Reading

    /// Whether the fingerprint is known for certain; false says nothing. From memory, in some nanoseconds: spares the making of a
    /// `FrontierURL` that would be dropped.
    package func isKnown(_ fingerprint: UInt64) -> Bool {
        known.contains(fingerprint)
    }

    /// How far the job is, by all processes. What is queued for the writing thread counts once it is committed.
    package func counts() async throws(StoreError) -> FrontierCounts {
        FrontierCounts(try await progress())
    }

    func progress() async throws(StoreError) -> FrontierProgress {
        let reader = reader
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in try reader.progress() }
    }

    /// Those of the patterns that have a row, as they stand once all that was handed over before is written.
    package func patterns(for hashes: [UInt64]) async throws(StoreError) -> [StoredPattern] {
        let reply = FrontierReply([StoredPattern]())
        try await thread.submit(.readPatterns(hashes, reply), byteCount: 64 + 8 * hashes.count, name: "read patterns").value
        return reply.value
    }

    /// A number that changes with each commit of any process; no other meaning. Read from shared memory, without waiting.
    package func changeMark() throws(StoreError) -> Int64 {
        try reader.version()
    }

    /// Returns once `changeMark` is no longer `mark`, or the limit has passed; asks every 20 ms. Whoever waits for work must lease again
    /// after a second or two even without a change: that is what brings back the URLs of a process that was killed.
    package func waitForChange(after mark: Int64, within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while try changeMark() == mark, ContinuousClock.now < end {
            try await Task.sleep(for: min(.milliseconds(20), end - ContinuousClock.now))
        }
    }
}
