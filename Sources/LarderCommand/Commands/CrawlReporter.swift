import CacheStore
import CachingClient
import CrawlEngine
import Synchronization

/// Tells the outside what a crawl does: results on standard output, failures and progress on standard error.
final class CrawlReporter: Sendable {
    private let output: OutputStream
    private let console: Console
    private let isJSON: Bool
    private let onOutputLost: @Sendable () -> Void
    /// Why standard output could not be written; nothing is written there any more.
    private let outputFailure = Mutex<(any Error)?>(nil)

    /// - Parameter onOutputLost: called when standard output cannot be written.
    init(output: OutputStream, console: Console, isJSON: Bool, onOutputLost: @escaping @Sendable () -> Void) {
        self.output = output
        self.console = console
        self.isJSON = isJSON
        self.onOutputLost = onOutputLost
    }

    /// Whether anything is told of a URL that the store has answered well; where not, it need not be reported.
    static func tellsHits(_ console: Console, isJSON: Bool) -> Bool {
        isJSON || console.isVerbose
    }

    /// One event of the crawl; called from any thread.
    @Sendable func report(_ event: CrawlEvent) {
        switch event {
        case .finished(let result):
            if isJSON { write(CrawlJSON.line(result, now: SystemClock.now())) }
            if let failure = CrawlText.failure(result) {
                console.line(console.style.red("larder:") + " " + failure)
            } else if console.isVerbose {
                console.line(CrawlText.progress(result))
            }
        case .invalidSeed(let seed):
            if isJSON { write(CrawlJSON.line(seed)) }
            console.line(console.style.red("larder:") + " " + CrawlText.sentence(seed))
        case .hostPutAside(let host, let reason, let until):
            console.notice("\(host) is left alone until \(TimeText.date(until)), its URLs wait: \(reason)")
        case .hostRests(let host, let until):
            console.notice("\(TerminalText.escaped(host)) asked to be left alone until \(TimeText.date(until)); its URLs wait.")
        }
    }

    /// Runs `work` and redraws the progress line beside it, four times a second.
    func showingProgress<Failure: Error>(
        of crawler: Crawler, _ work: @Sendable () async throws(Failure) -> CrawlSummary
    ) async throws(Failure) -> CrawlSummary {
        guard console.showsProgress else { return try await work() }
        let redrawing = Task { [console] in
            var line = ProgressLine()
            while !Task.isCancelled {
                let figures = ProgressFigures(await crawler.progressOfJob())
                console.redraw(line.text(figures, columns: console.terminal.columns))
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        let result: Result<CrawlSummary, Failure>
        do throws(Failure) { result = .success(try await work()) } catch { result = .failure(error) }
        redrawing.cancel()
        await redrawing.value
        return try result.get()
    }

    /// Prints the summary and ends the command: with the error that ended the crawl, or with what the summary says.
    ///
    /// - Parameters:
    ///   - job: how the job stands; nil: the crawl has no frontier.
    ///   - resumed: the name under which the crawl can be gone on with; nil: it has none.
    ///   - account: the account so far, for a crawl that an error ended.
    func finish(
        _ ending: Result<CrawlSummary, any Error>, job: JobAccount? = nil, resumed: JobName? = nil, account: () -> CrawlSummary
    ) throws {
        defer { console.finish() }
        if let job { tell(job) }
        switch ending {
        case .success(let summary): try finish(summary, job: job, resumed: resumed)
        case .failure(let error):
            let failure = CommandFailure(error)
            if isJSON { write(failure.jsonLine()) }
            let summary = account()
            if summary.total > 0 || summary.invalidSeeds > 0 { tell(summary, exit: failure.exit) }
            try flush()
            throw failure.told(inOutput: isJSON)
        }
    }

    private func finish(_ summary: CrawlSummary, job: JobAccount?, resumed: JobName?) throws {
        let exit = ExitStatus(summary, isWaiting: job?.isWaiting ?? false, isOffline: job?.isOffline ?? false)
        if summary.total == 0, summary.invalidSeeds == 0, !summary.interrupted, job == nil {
            console.notice("nothing to do: the input has no URL.")
        }
        tell(summary, exit: exit)
        try flush()
        if let job, job.isWaiting, !summary.interrupted {
            let left = NumberText.counted(Int(clamping: job.counts.remaining), "URL")
            console.notice(
                job.isOffline
                    ? "\(left) still to do, not in the cache: the same command without --offline goes on."
                    : "\(left) still to do, of hosts that want rest or give no answers: `larder resume \(job.name.text)` goes on.")
        }
        if let job, job.isBounded, job.counts.remaining > 0, !summary.interrupted {
            console.notice(
                "\(NumberText.counted(Int(clamping: job.counts.remaining), "URL")) still to do beyond --max-pages: the same command "
                    + "again goes on, or `larder resume \(job.name.text)`.")
        }
        if summary.interrupted {
            let byName = resumed.map { ", or `larder resume \($0.text)`" } ?? ""
            console.notice("stopped; what was finished is in the cache. Run the same command again to go on\(byName).")
        }
        if exit != .success { throw QuietExit(status: exit) }
    }

    private func tell(_ job: JobAccount) {
        if isJSON {
            write(JobText.line(job))
        } else if !console.isQuiet {
            for line in JobText.summary(job) { write(Array((line + "\n").utf8)) }
        }
    }

    private func tell(_ summary: CrawlSummary, exit: ExitStatus) {
        if isJSON {
            write(CrawlJSON.line(summary, exit: exit))
        } else if !console.isQuiet {
            let style = TextStyle(isEnabled: console.style.isEnabled && output.isTerminal)
            for line in CrawlText.summary(summary, style: style) { write(Array((line + "\n").utf8)) }
        }
    }

    private func flush() throws {
        do { try output.flush() } catch { lost(error) }
        switch outputFailure.withLock({ $0 }) {
        // The reader has gone: the crawl was stopped for it, and can go on.
        case is QuietExit: throw QuietExit(status: .interrupted)
        case let failure?: throw failure
        case nil: break
        }
    }

    private func write(_ bytes: [UInt8]) {
        do { try output.write(bytes) } catch { lost(error) }
    }

    private func lost(_ error: any Error) {
        let isFirst = outputFailure.withLock { failure in
            defer { failure = failure ?? error }
            return failure == nil
        }
        if isFirst { onOutputLost() }
    }
}

extension ProgressFigures {
    init(_ progress: CrawlProgress) {
        let outcomes = progress.summary.outcomes
        let fromCache: [CacheOutcome] = [.hit, .revalidated, .stale]
        self.init(
            done: Int64(progress.done),
            toDo: Int64(progress.remaining ?? max(0, progress.known - progress.done)),
            // What a page leads to is known when it has been read.
            isInputComplete: progress.isInputRead && progress.remaining == nil,
            saved: fromCache.reduce(0) { $0 + Int64(outcomes[$1] ?? 0) },
            networkBytes: progress.summary.networkBytes,
            errors: Int64(outcomes[.error] ?? 0) + Int64(progress.summary.httpFailures),
            elapsedMilliseconds: progress.summary.elapsedMilliseconds)
    }
}

extension ExitStatus {
    /// What a crawl ends with: a stop outranks failures, for the run is not over; a line that is no URL is "anything else".
    ///
    /// - Parameters:
    ///   - isWaiting: whether it is a job that has not come to its end, as hosts want to be left alone or give no answers, or for what is
    ///     not in the cache.
    ///   - isOffline: whether nobody was to be asked.
    init(_ summary: CrawlSummary, isWaiting: Bool = false, isOffline: Bool = false) {
        let classes = summary.failureClasses.union(summary.invalidSeeds > 0 ? [.generic] : [])
        // A run that could fetch nothing at all tells why, where more is wrong than that it has to wait.
        let tellsWhy = summary.hasNothingButErrors && classes != [.refused]
        if summary.interrupted || isWaiting && !tellsWhy && !isOffline {
            self = .interrupted
        } else if isWaiting && isOffline {
            self.init(classes.union([.offlineMiss]))
        } else {
            self.init(classes)
        }
    }
}
