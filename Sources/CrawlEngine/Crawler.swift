import CacheStore
package import CachingClient
import CrawlPolicy
import Dispatch
import HTTPCaching
package import HTTPSemantics
import Synchronization

/// Fetches every URL of a list through the cache, a bounded number at a time, politely, and tells what became of each.
///
/// ```
/// SeedReader ─► route ─► store: fresh? ─► journal ─► report
///                 ▲            │ no
///                 │            ▼
///   redirects, ───┘      CrawlScheduler ─► workers ─► CachingClient.perform ─► commit ─► journal
///   equal URLs                 ▲                            │
///                              └──────── retries ◄──────────┘
/// ```
/// One instance runs one crawl.
package final class Crawler: Sendable {
    let client: CachingClient
    let configuration: CrawlConfiguration
    let now: @Sendable () -> UnixTime
    let state: Mutex<CrawlState>
    let journal = CrawlJournal()
    let endedItems = EndedItems()
    private let givenSource = Mutex<(any CrawlSource)?>(nil)
    /// Reads the seeds of a job before its crawl begins; nil otherwise.
    let seedReader = Mutex<SeedReader?>(nil)
    /// Batches that are looked up whole without asking for their numbers first.
    let batchesToPass = Mutex(0)
    private let executors: [any TaskExecutor]
    private let fatal = Mutex<CrawlError?>(nil)
    /// Looks for items again at the time that `state` says.
    private let timer: Mutex<any DispatchSourceTimer>
    /// Tells that there are items to be looked up again.
    private let again: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    private let stopped: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    /// - Parameters:
    ///   - executors: where the workers run, in turn; on the event loops of their connections a response costs no change of thread.
    ///     Empty means the shared pool.
    ///   - now: the clock of ages, waits and elapsed times.
    package init(
        client: CachingClient,
        configuration: CrawlConfiguration = CrawlConfiguration(),
        executors: [any TaskExecutor] = [],
        now: @escaping @Sendable () -> UnixTime
    ) {
        self.client = client
        self.configuration = configuration
        self.executors = executors
        self.now = now
        state = Mutex(CrawlState(politeness: configuration.politeness, window: configuration.window))
        timer = Mutex(DispatchSource.makeTimerSource(flags: .strict, queue: DispatchQueue(label: "larder.crawl.timer")))
        again = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        stopped = AsyncStream.makeStream()
        timer.withLock { timer in
            timer.setEventHandler { [weak self] in
                self?.state.withLock { $0.timerFired() }
                self?.handOut()
            }
            timer.activate()
        }
    }

    deinit {
        timer.withLock { $0.cancel() }
    }

    /// Where the items come from; nil before `run`.
    var source: (any CrawlSource)? { givenSource.withLock { $0 } }

    /// A snapshot for a progress line.
    package var progress: CrawlProgress {
        var progress = CrawlProgress()
        progress.summary = journal.summary
        let time = now()
        state.withLock { state in
            progress.summary.elapsedMilliseconds = state.startTime.map { time.milliseconds(since: $0) } ?? 0
            progress.known = state.known
            progress.isInputRead = state.isInputRead
            progress.inFlight = state.scheduler.activeCount
        }
        return progress
    }

    /// A snapshot as `progress`, with what a job has still to do.
    package func progressOfJob() async -> CrawlProgress {
        var progress = progress
        progress.remaining = await source?.remaining()
        return progress
    }

    /// Takes no new work from now on; what is under way ends within `stopMilliseconds` or is abandoned. May be called from
    /// anywhere, and again.
    package func stop() {
        let (reader, step) = state.withLock { state in
            (state.stop(), state.handOut(now: now()))
        }
        reader?.resume()
        seedReader.withLock { $0?.cancel() }
        source?.cancel()
        carryOut(step)
        stopped.continuation.finish()
    }

    /// Crawls a list to its end, or until `stop()`; see `run(_:report:)` below.
    package func run(_ inputs: [SeedInput], report: @escaping @Sendable (CrawlEvent) -> Void) async throws(CrawlError)
        -> CrawlSummary
    {
        try await run(ListSource(inputs, configuration: configuration, journal: journal, now: now), report: report)
    }

    /// Crawls what a source gives to its end, or until `stop()`.
    ///
    /// - Parameter report: told of each event, one after the other, off the event loops; slow reporting slows the crawl.
    /// - Returns: the account; `interrupted` after `stop()`, which cancelling the task amounts to.
    /// - Throws: `CrawlError` where an input cannot be read or the cache can take nothing more; what was stored stays.
    func run(_ source: any CrawlSource, report: @escaping @Sendable (CrawlEvent) -> Void) async throws(CrawlError) -> CrawlSummary {
        givenSource.withLock { $0 = source }
        let startTime = now()
        state.withLock { $0.startTime = startTime }
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while let events = await self.journal.next() { events.forEach(report) }
                }
                async let running: Void = source.run { self.fail($0) }
                async let concluding: Void = concludeAsTheyEnd()
                await work(on: source)
                await settle()
                endedItems.finish()
                await concluding
                source.finish()
                await running
                concludeEnded()
                journal.close()
                await group.waitForAll()
            }
        } onCancel: {
            stop()
        }
        if let error = fatal.withLock({ $0 }) { throw error }
        var summary = journal.summary
        summary.elapsedMilliseconds = now().milliseconds(since: startTime)
        summary.interrupted = state.withLock { $0.isStopping }
        return summary
    }

    /// Reads, routes and fetches until all is done; after `stop()`, no longer than the configuration allows.
    private func work(on source: any CrawlSource) async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { workers in
                    for index in 0..<self.configuration.jobs {
                        let executor = self.executors.isEmpty ? nil : self.executors[index % self.executors.count]
                        workers.addTask(executorPreference: executor) { await self.work() }
                    }
                    workers.addTask { await self.readItems(from: source) }
                    workers.addTask {
                        for await _ in self.again.stream { await self.route(self.state.withLock { $0.takeAgain() }) }
                    }
                }
                return true
            }
            group.addTask {
                for await _ in self.stopped.stream {}
                if !Task.isCancelled { try? await Task.sleep(for: .milliseconds(self.configuration.stopMilliseconds)) }
                return false
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    /// Goes on with what has come to its end, also while what is under way has time to stop; returns when nothing more will come from the
    /// cache.
    private func concludeAsTheyEnd() async {
        for await _ in endedItems.arrivals { concludeEnded() }
        concludeEnded()
    }

    /// Waits until the store has written what it was given.
    private func settle() async {
        do {
            try await client.store.flush()
        } catch {
            fail(.cache(FetchError(error)))
        }
    }

    /// Ends the crawl for a reason that further URLs would meet as well. The first reason counts.
    func fail(_ error: CrawlError) {
        fatal.withLock { if $0 == nil { $0 = error } }
        stop()
    }

    // MARK: - Waking

    /// Looks for items again after a timer or a change, and hands them out.
    func handOut() {
        carryOut(state.withLock { $0.handOut(now: now()) })
    }

    func carryOut(_ step: CrawlState.Step) {
        for (worker, work) in step.handouts { worker.resume(returning: work) }
        if step.handouts.contains(where: { $0.work == nil }) { again.continuation.finish() }
        if step.setsTimer { setTimer() }
    }

    private func setTimer() {
        timer.withLock { timer in
            // Whoever comes last sets it to the time that counts by then.
            guard let time = state.withLock({ $0.timer }) else { return }
            let pause = max(Self.shortestPause, time.milliseconds(since: now()))
            timer.schedule(deadline: .now() + .milliseconds(Int(clamping: pause)), leeway: .milliseconds(1))
        }
    }

    /// The shortest timer, in milliseconds: where several processes share a host, looking again costs more than it brings.
    private static let shortestPause: Int64 = 1

    /// Has the items looked up again, outside the present call.
    func routeAgain(_ items: [CrawlItem]) {
        guard !items.isEmpty else { return }
        state.withLock { $0.keepForAgain(items) }
        again.continuation.yield()
    }
}
