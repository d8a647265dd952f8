import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Synchronization

extension Crawler {
    /// Takes the list in, batch by batch, no faster than URLs come to their end.
    func readSeeds(_ inputs: [SeedInput]) async {
        let reader = SeedReader(inputs)
        seedReader.withLock { $0 = reader }
        var left = configuration.maximumPages ?? .max
        do {
            while left > 0, case let room = await room(), room > 0, let lines = try await reader.next(atMost: room) {
                var items: [CrawlItem] = []
                items.reserveCapacity(lines.count)
                for line in lines where items.count < left {
                    switch makeItem(line) {
                    case .success(let item): items.append(item)
                    case .failure(let invalid): journal.add(.invalidSeed(invalid))
                    }
                }
                left -= items.count
                state.withLock { $0.taken(items.count) }
                await route(items)
            }
        } catch let error as CrawlError {
            fail(error)
        } catch {
            fail(.unreadableInput(path: "-", reason: "\(error)"))
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

    private func makeItem(_ line: SeedLine) -> Result<CrawlItem, InvalidSeed> {
        func invalid(_ reason: String) -> Result<CrawlItem, InvalidSeed> {
            .failure(InvalidSeed(source: line.source, line: line.line, text: String(line.text.prefix(200)), reason: reason))
        }
        guard !line.isTooLong else { return invalid("longer than \(SeedReader.maximumLineBytes) bytes") }
        guard let url = WebURL(line.text) else { return invalid("no absolute URL") }
        guard url.isHTTP else { return invalid("scheme \(url.scheme) is neither http nor https") }
        let request = RequestHead(method: configuration.method, url: url, fields: configuration.fields).takingCredentialsFromURL()
        // A password belongs neither into a report nor into a log of it.
        let seed = request.url == url ? line.text : request.url.serialized
        return .success(
            CrawlItem(
                seed: seed, request: request, content: configuration.content,
                chain: RedirectChain(from: request, limit: configuration.maximumRedirects), startTime: now()))
    }

    /// Asks the store for each item: what it answers is done, what it does not waits for its host's turn.
    func route(_ items: [CrawlItem]) async {
        var items = items
        while !items.isEmpty {
            items = state.withLock { state in items.filter { state.begin($0) } }
            let prepared: [PreparedFetch]
            do {
                prepared = try await client.prepare(items.map(\.request))
            } catch {
                for item in items { finish(item, item.result(error, now: now())) }
                fail(.cache(error))
                return
            }
            var redirected: [CrawlItem] = []
            var pending: [CrawlItem] = []
            for (item, prepared) in zip(items, prepared) {
                switch prepared {
                case .pending(let fetch):
                    var item = item
                    item.pending = fetch
                    pending.append(item)
                case .served(let outcome), .servedStale(let outcome, _):
                    if let next = answered(item, outcome) { redirected.append(next) }
                }
            }
            schedule(pending)
            items = redirected
        }
    }

    private func schedule(_ items: [CrawlItem]) {
        guard !items.isEmpty else { return }
        let time = now()
        var refused: [(CrawlItem, UnixTime)] = []
        let step = state.withLock { state in
            for item in items {
                if case .refused(let until) = state.scheduler.add(item, host: item.host, now: time) {
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
        let error = FetchError.hostPutAside(item.host, milliseconds: until.milliseconds(since: now()))
        finish(item, item.result(error, outcome: .skipped, now: now()))
    }

    /// Whether the answer of a hop sends the item elsewhere: returns the item for the next hop, or ends the item and returns nil.
    func answered(_ item: CrawlItem, _ outcome: FetchOutcome) -> CrawlItem? {
        var item = item
        do {
            guard let head = outcome.head, let next = try item.chain.next(after: head, to: item.request) else {
                finish(item, item.result(outcome, now: now()), commit: outcome.commit)
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
