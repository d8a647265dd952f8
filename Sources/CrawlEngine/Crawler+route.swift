import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Synchronization

extension Crawler {
    /// Batches that are looked up at a time: while the store answers one, another one's answers are told.
    private static let routesAtATime = 4

    /// Takes the source's items in, batch by batch, no faster than they come to their end.
    func readItems(from source: any CrawlSource) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            do throws(CrawlError) {
                while case let room = await room(), room > 0, let items = try await source.next(atMost: room) {
                    guard !items.isEmpty else { continue }
                    state.withLock { $0.taken(items.count) }
                    if running == Self.routesAtATime {
                        await group.next()
                        running -= 1
                    }
                    running += 1
                    group.addTask { await self.route(items) }
                }
            } catch {
                fail(error)
            }
        }
        state.withLock { $0.inputEnded() }
        handOut()
    }

    /// Waits for room for another batch; returns how many URLs it may have, 0 where no more are wanted.
    private func room() async -> Int {
        await journal.waitForRoom()
        await withCheckedContinuation { continuation in
            if state.withLock({ $0.hasRoom(orWait: continuation) }) { continuation.resume() }
        }
        return state.withLock { $0.room }
    }

    /// Asks the store for each item: what it answers is done, what it does not waits for its host's turn.
    func route(_ items: [CrawlItem]) async {
        var items = await countAnswered(items)
        while !items.isEmpty {
            let prepared: [PreparedFetch]
            do {
                prepared = try await client.prepare(items.map(\.request))
            } catch {
                for item in items { finish(item, item.result(error, now: now())) }
                fail(.cache(error))
                return
            }
            let sorted = sort(items, prepared)
            tell(sorted.ended, sorted.untold, of: sorted.endedItems)
            // One of several that ask for the same thing at a time. Another one may just have brought it: `admit` notices.
            var pending = sorted.pending
            if !pending.isEmpty { pending = state.withLock { state in pending.compactMap { state.begin($0) } } }
            schedule(pending, reading: sorted.readable)
            items = sorted.redirected
        }
    }

    /// Batches of which no numbers are asked after one of which they told too little.
    private static let passedBatches = 8

    /// Ends the items that are only counted, as the numbers in the store tell; returns the others. Where they tell of less than half of a
    /// batch, as of a list that is new or stale, the next batches are not asked about.
    private func countAnswered(_ items: [CrawlItem]) async -> [CrawlItem] {
        guard mayCount, !passesBatch(), items.allSatisfy(\.endsUnnoticed),
            // Where the store cannot be read, the look-up to come tells why.
            let answers = try? await client.count(items.map(\.request))
        else { return items }
        var untold = UntoldHits()
        var others: [CrawlItem] = []
        for (item, answer) in zip(items, answers) {
            if let answer {
                untold.add(answer.cacheOutcome, savedBytes: answer.bodyBytes)
            } else {
                others.append(item)
            }
        }
        if others.count > items.count / 2 { batchesToPass.withLock { $0 = Self.passedBatches } }
        tell([], untold, of: [])
        return others
    }

    private func passesBatch() -> Bool {
        batchesToPass.withLock { count in
            if count == 0 { return false }
            count -= 1
            return true
        }
    }

    /// Whether an item that the store answers is at its end, and nobody is told of it.
    private var mayCount: Bool { !configuration.tellsHits && source?.notesEnds == false }

    /// What becomes of items that the store has been asked about.
    private struct Sorted {
        /// The network is to be asked.
        var pending: [CrawlItem] = []
        /// Answered, and the answer's content is to be read.
        var readable: [CrawlWork] = []
        /// Sent elsewhere, for their next hops.
        var redirected: [CrawlItem] = []
        /// At their end, with what is told of it.
        var endedItems: [CrawlItem] = []
        var ended: [CrawlEvent] = []
        /// More that are at their end, of which nothing is told.
        var untold = UntoldHits()

        mutating func end(_ item: CrawlItem, _ result: CrawlResult) {
            endedItems.append(item)
            ended.append(.finished(result))
        }
    }

    private func sort(_ items: [CrawlItem], _ prepared: [PreparedFetch]) -> Sorted {
        var sorted = Sorted()
        // Whatever the store has answered of a list is at its end: by far the most frequent way, and the shortest.
        let endsAtOnce = source?.notesEnds == false
        let time = now()
        for (item, prepared) in zip(items, prepared) {
            switch prepared {
            case .pending(let fetch):
                var item = item
                item.wait(for: fetch)
                sorted.pending.append(item)
            case .unsatisfiable(let outcome):
                if endsAtOnce {
                    sorted.end(item, item.result(outcome, now: time))
                } else if let next = answered(item, outcome) {
                    sorted.redirected.append(next)
                }
            case .served(let answer), .servedStale(let answer, _):
                if endsAtOnce, let whole = answer.whole, !RedirectChain.isRedirect(whole.head) {
                    if mayCount, item.endsUnnoticed, whole.head.status < 400 {
                        sorted.untold.add(answer.cacheOutcome, savedBytes: whole.bodyBytes)
                    } else {
                        sorted.end(item, item.result(answer.cacheOutcome, whole, now: time))
                    }
                    continue
                }
                let outcome = answer.makeOutcome()
                if endsAtOnce, outcome.head.map({ !RedirectChain.isRedirect($0) }) ?? true {
                    sorted.end(item, item.result(outcome, now: time))
                } else if let reader = source?.reader(for: item), reader.wants(outcome) {
                    sorted.readable.append(.read(item, outcome, reader))
                } else if let next = answered(item, outcome) {
                    sorted.redirected.append(next)
                }
            }
        }
        return sorted
    }

    /// Puts items into their hosts' lines, and hands out what is to be read.
    private func schedule(_ items: [CrawlItem], reading readable: [CrawlWork]) {
        guard !items.isEmpty || !readable.isEmpty else { return }
        let time = now()
        var refused: [(CrawlItem, UnixTime)] = []
        let step = state.withLock { state in
            state.keepReadable(readable)
            for item in items {
                if case .refused(let until) = state.scheduler.add(
                    item, host: item.host, crawlDelay: item.crawlDelay, now: time)
                {
                    refused.append((item, until))
                }
            }
            return state.handOut(now: time)
        }
        for (item, until) in refused { refuse(item, until: until) }
        carryOut(step)
    }

    /// Gives up an item whose host has asked for a longer pause than we wait.
    func refuse(_ item: CrawlItem, until: UnixTime) {
        if source?.takesBack(item, until: until) ?? false { return letGo(of: item) }
        let time = now()
        finish(item, item.result(FetchError.hostPutAside(item.host, until: until, now: time), outcome: .skipped, now: time))
    }

    /// Whether the answer of a hop sends the item elsewhere: returns the item for the next hop, or ends the item and returns nil.
    ///
    /// - Parameter contents: what its content told; nil where it was not read.
    func answered(_ item: CrawlItem, _ outcome: FetchOutcome, _ contents: PageContents? = nil) -> CrawlItem? {
        var item = item
        do {
            guard let head = outcome.head, let next = try item.chain.next(after: head, to: item.request) else {
                let findings = source?.findings(of: item, outcome, contents)
                let result = findings?.redirectError.map { item.result($0, now: now()) } ?? item.result(outcome, now: now())
                finish(item, result, findings, commit: outcome.commit)
                return nil
            }
            releaseKey(of: item, after: outcome.commit)
            item.follow(next)
            return item
        } catch {
            finish(item, item.result(error, now: now()), commit: outcome.commit)
            return nil
        }
    }
}
