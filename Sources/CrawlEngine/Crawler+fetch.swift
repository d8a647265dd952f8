import CacheStore
import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Synchronization

extension Crawler {
    /// One worker: does what it is handed until it is sent home.
    func work() async {
        while let work = await nextWork() {
            await source?.waitForRoom()
            switch work {
            case .fetch(let item): await fetch(item)
            case .read(let item, let outcome, let reader): await read(item, outcome, reader)
            }
        }
    }

    private func nextWork() async -> CrawlWork? {
        await withCheckedContinuation { continuation in
            carryOut(state.withLock { $0.next(for: continuation, now: now()) })
        }
    }

    /// Asks the origin for an item as soon as no other process is about to: until then the item goes back, and the worker takes
    /// another one.
    private func fetch(_ item: CrawlItem) async {
        guard let pending = item.pending else { return }
        switch client.admit(pending, hasContent: item.content != nil, crawlDelay: item.crawlDelay) {
        case .granted(let permit):
            noteAdmission(at: item.host)
            await fetch(item, pending, permit)
        case .outdated: lookAgain(item)
        case .underWay: waitForOther(item)
        case .busy(let lookAgain): waitForTurn(item, until: lookAgain)
        case .resting(let until):
            tell(item.host, restsUntil: until)
            leave(item.host, item, obstacle: .resting(until: until))
        }
    }

    /// Where others ask the host as well, each request that could begin may be followed by one more.
    private func noteAdmission(at host: String) {
        let time = now()
        let step = state.withLock { $0.scheduler.admitted(host: host, now: time) ? $0.handOut(now: time) : nil }
        if let step { carryOut(step) }
    }

    private func fetch(_ item: CrawlItem, _ pending: PendingFetch, _ permit: FetchPermit) async {
        var item = item
        let host = item.host
        item.attempts += 1
        item.hopAttempts += 1
        item.waitingSince = nil
        let outcome: FetchOutcome
        let startTime = now()
        let reader = source?.reader(for: item)
        do {
            outcome = try await client.perform(
                pending,
                FetchParameters(
                    bytes: item.content, timeLeft: client.timeLeft(spent: item.spentMilliseconds), deliver: reader?.consume,
                    permit: permit))
            item.spentMilliseconds += now().milliseconds(since: startTime)
            // Another process has brought it meanwhile: nothing was asked.
            if outcome.outcome == .hit { item.attempts -= 1 }
        } catch {
            item.spentMilliseconds += now().milliseconds(since: startTime)
            let failure: RetryPolicy.Failure =
                error.failureClass == .network && error.code != .maximumTime ? .connection : .permanent
            release(host, holdUntil: nil, reception: nil)
            if error.endsCrawl { fail(.cache(error)) }
            let isWorthARetry = source?.retries(item) ?? true
            if !isWorthARetry || !retry(item, after: failure) { giveUp(item, error) }
            return
        }
        item.networkBytes += outcome.networkBytes
        let retryAfter = retryAfter(outcome)
        if let retryAfter { tell(host, restsUntil: retryAfter) }
        release(host, holdUntil: retryAfter, reception: outcome.head.map { Self.reception(status: $0.status) })
        if let status = outcome.head?.status, RetryPolicy.isTransient(status: status),
            retry(item, after: .status(status, retryAfter: retryAfter))
        {
            return
        }
        if let next = answered(item, outcome, reader?.contents()) { await route([next]) }
    }

    /// How a host has taken a request that it answered so.
    private static func reception(status: Int) -> CrawlScheduler.Reception {
        status == 429 || status == 503 ? .refused : .answered
    }

    /// Reads the content of an answer that lies in the store.
    private func read(_ item: CrawlItem, _ outcome: FetchOutcome, _ reader: PageReader) async {
        do {
            let outcome = try await client.read(outcome, of: item.request, to: reader.consume)
            if let next = answered(item, outcome, reader.contents()) { await route([next]) }
        } catch {
            if error.endsCrawl { fail(.cache(error)) }
            finish(item, item.result(error, now: now()))
        }
    }

    /// When the host may be asked again by its own word; nil where it says nothing.
    private func retryAfter(_ outcome: FetchOutcome) -> UnixTime? {
        guard let head = outcome.head, head.status == 429 || head.status == 503 || head.status == 408 else { return nil }
        return head.fields.first("Retry-After").flatMap { RetryAfter.parse($0, now: now()) }
    }

    // MARK: - Other processes

    /// The longest pause before another fetch of the same thing is looked after again, in milliseconds.
    private static let longestPause: Int64 = 32

    /// Another fetch of the item's key is under way: the item waits aside, and looks after it now and then.
    private func waitForOther(_ item: CrawlItem) {
        let time = now()
        var item = item
        let since = item.waitingSince ?? time
        guard .milliseconds(time.milliseconds(since: since)) < client.configuration.lockTimeout else {
            let error = FetchError.lockTimeout(item.host, client.configuration.lockTimeout)
            leave(item.host, nil)
            finish(item, item.result(error, now: time))
            return
        }
        item.waitingSince = since
        let pause = min(Self.longestPause, 4 << min(item.encounters, 3))
        item.encounters += 1
        leave(item.host, item, itemNotBefore: time.advanced(byMilliseconds: pause))
    }

    /// Another fetch has stored what the item asks for: it goes back to the store.
    private func lookAgain(_ item: CrawlItem) {
        leave(item.host, nil)
        let waiting = state.withLock { $0.end(item) }
        var item = item
        item.holdsKey = false
        routeAgain(waiting + [item])
    }

    /// Others ask the host as much as they may: its items wait as long as anybody's requests there begin or end. Where for the time
    /// of `ClientConfiguration.lockTimeout` nothing has moved, a process that was stopped may be holding the turns for ever.
    private func waitForTurn(_ item: CrawlItem, until lookAgain: UnixTime) {
        let time = now()
        let situation = client.store.situation(of: item.host, now: time)
        let isStuck = state.withLock { state in
            state.isStuck(item.host, situation, now: time, limit: client.configuration.lockTimeout)
        }
        guard isStuck else { return leave(item.host, item, obstacle: .busy(lookAgain: lookAgain)) }
        leave(item.host, nil)
        finish(item, item.result(.hostBusy(item.host, client.configuration.lockTimeout), now: time))
    }

    /// A shorter rest than this is not worth a word, in milliseconds.
    private static let shortRest: Int64 = 5_000

    /// Says, once for each rest, that a crawl does nothing for a while because a host wants it so; what waits no longer than the
    /// crawl does is told with its URLs.
    private func tell(_ host: String, restsUntil until: UnixTime) {
        let length = until.milliseconds(since: now())
        guard length > Self.shortRest, length <= configuration.politeness.maximumHoldMilliseconds,
            state.withLock({ $0.noteRest(of: host, until: until) })
        else { return }
        journal.add(.hostRests(host: host, until: until))
    }

    /// Gives a permit back for which nothing was asked.
    private func leave(
        _ host: String, _ item: CrawlItem?, itemNotBefore: UnixTime? = nil, obstacle: CrawlScheduler.Obstacle = .none
    ) {
        let time = now()
        let (refused, until, step) = state.withLock { state in
            (
                state.giveBack(item, host: host, now: time, itemNotBefore: itemNotBefore, obstacle: obstacle),
                state.scheduler.asideUntil(host),
                state.handOut(now: time)
            )
        }
        for item in refused { refuse(item, until: until ?? time) }
        carryOut(step)
    }

    /// Gives the host's permit back.
    private func release(_ host: String, holdUntil: UnixTime?, reception: CrawlScheduler.Reception?) {
        let time = now()
        let (refused, until, step) = state.withLock { state in
            (
                state.scheduler.finished(host: host, now: time, holdUntil: holdUntil, reception: reception),
                state.scheduler.asideUntil(host),
                state.handOut(now: time)
            )
        }
        for item in refused { refuse(item, until: until ?? time) }
        carryOut(step)
    }

    /// Puts the item back for another attempt if the policy says so.
    private func retry(_ item: CrawlItem, after failure: RetryPolicy.Failure) -> Bool {
        let time = now()
        guard
            case .retry(let retryAt) = configuration.retry.decide(
                failure: failure, attempt: item.hopAttempts, isIdempotent: item.request.method.isIdempotent,
                jitter: Double.random(in: 0..<1), now: time)
        else { return false }
        let (admission, step) = state.withLock { state in
            let admission =
                state.isStopping
                ? nil : state.scheduler.add(item, host: item.host, notBefore: retryAt, crawlDelay: item.crawlDelay, now: time)
            return (admission, state.handOut(now: time))
        }
        carryOut(step)
        switch admission {
        case .queued: return true
        case .refused(let until):
            // The host is left alone for long: a job tries again then.
            guard source?.takesBack(item, until: until) ?? false else { return false }
            letGo(of: item)
            return true
        case nil: return false
        }
    }

    // MARK: - Ends

    /// Ends an item that found no answer. Where the source leaves its host alone for that, what waits for the host goes back as well.
    private func giveUp(_ item: CrawlItem, _ error: FetchError) {
        switch source?.verdict(on: item, after: error) ?? .ends {
        case .ends: finish(item, item.result(error, now: now()))
        case .isTakenBack: letGo(of: item)
        case .isTakenBackWithItsHost:
            let waiting = state.withLock { $0.scheduler.removePending(host: item.host, now: now()) }
            letGo(of: item)
            for other in waiting {
                source?.takesBack(other)
                letGo(of: other)
            }
        }
    }

    /// Ends an item: told once its answer is durable, and counted as an error where it could not be made so.
    ///
    /// - Parameter findings: what it brought; nil where nobody needs to know.
    func finish(_ item: CrawlItem, _ result: CrawlResult, _ findings: PageFindings? = nil, commit: CommitHandle? = nil) {
        guard let commit else {
            conclude(item, result, findings)
            return
        }
        let startTime = now()
        commit.whenDone { [self] written in
            var failure: StoreError?
            if case .failure(let error) = written { failure = error }
            endedItems.add(
                EndedItems.Stored(
                    item: item, result: result, findings: findings, failure: failure,
                    waitedMilliseconds: now().milliseconds(since: startTime)))
        }
        // Where nothing is left to be asked for, the crawl waits for what this one brings.
        if state.withLock({ $0.isShortOfWork }) { commit.hurry() }
    }

    /// Goes on with what has come to its end since the last call.
    func concludeEnded() {
        let batch = endedItems.take()
        if batch.isEmpty { return }
        journal.noteCommit(milliseconds: batch.stored.map(\.waitedMilliseconds).max() ?? 0)
        var noted = batch.noted
        for ending in batch.stored {
            if let failure = ending.failure {
                let error = FetchError(failure)
                conclude(ending.item, ending.item.result(error, now: now()), nil)
                fail(.cache(error))
            } else if let known = note(ending.item, ending.result, ending.findings) {
                noted.append(known)
            }
        }
        tell(noted)
    }

    /// Has the source note an item's end, and tells it.
    private func conclude(_ item: CrawlItem, _ result: CrawlResult, _ findings: PageFindings?) {
        if let noted = note(item, result, findings) { tell([noted]) }
    }

    /// Has the source note an item's end; nil: it will say when it has, else there is nothing to wait for.
    private func note(_ item: CrawlItem, _ result: CrawlResult, _ findings: PageFindings?) -> EndedItems.Noted? {
        guard let source, source.notesEnds else { return EndedItems.Noted(item: item, result: result, failure: nil) }
        source.ended(item, result, findings) { [self] failure in
            endedItems.add(EndedItems.Noted(item: item, result: result, failure: failure))
        }
        return nil
    }

    /// Tells of items that have come to their end, and lets go of them.
    func tell(_ ended: [EndedItems.Noted]) {
        if ended.isEmpty { return }
        var events: [CrawlEvent] = []
        for ending in ended {
            if let failure = ending.failure {
                fail(failure)
            } else if ending.result.error?.failureClass != .interrupted, !ending.item.isVainGuess(ending.result) {
                // A fetch that was cut off by stopping has not come to its end: the next run will fetch it.
                events.append(.finished(ending.result))
            }
        }
        tell(events, of: ended.map(\.item))
    }

    /// Tells what there is to be told of items at their end, and lets go of them and of those of which nothing is told.
    func tell(_ events: [CrawlEvent], _ untold: UntoldHits = UntoldHits(), of items: [CrawlItem]) {
        if items.isEmpty, untold.count == 0 { return }
        journal.count(untold)
        journal.add(events)
        letGo(of: items, andOf: untold.count)
    }

    /// The item is no longer the crawl's.
    func letGo(of item: CrawlItem) {
        letGo(of: [item])
    }

    /// The same for several, and for some more for which nobody waits.
    func letGo(of items: [CrawlItem], andOf others: Int = 0) {
        let time = now()
        let (waiting, reader, step) = state.withLock { state in
            (items.flatMap { state.end($0) }, state.finishedItems(items.count + others), state.handOut(now: time))
        }
        routeAgain(waiting)
        reader?.resume()
        carryOut(step)
    }

    /// Lets others have the key of a hop that is done.
    func releaseKey(of item: CrawlItem, after commit: CommitHandle?) {
        guard let commit else {
            routeAgain(state.withLock { $0.end(item) })
            return
        }
        commit.whenDone { [self] written in
            if case .failure(let error) = written { fail(.cache(FetchError(error))) }
            routeAgain(state.withLock { $0.end(item) })
        }
    }
}

extension FetchError {
    /// Whether it is the cache that failed, which other URLs would meet as well.
    fileprivate var endsCrawl: Bool {
        switch failureClass {
        case .fileIO, .integrity, .diskReserve: true
        case .lockTimeout: code != .lockTimeout && code != .hostBusy
        default: false
        }
    }
}
