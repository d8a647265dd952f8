import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics
import Synchronization

/// What has come to its end goes to the frontier.
extension JobSource {
    /// Bytes that are handed to the frontier as one: what is written as one keeps other processes waiting.
    private static let partBytes = 4 << 20

    private struct Postponement: Hashable {
        let due: UnixTime
        let countsAttempt: Bool
    }

    /// Writes what has come to its end; the URLs are let go of once that is committed.
    func write(_ notes: [JobState.Note], onFailure fail: @escaping @Sendable (CrawlError) -> Void) async {
        var endings: [JobState.Ending] = []
        var returned: [LeasedURL] = []
        var postponed: [Postponement: [LeasedURL]] = [:]
        var refused: [String: [FrontierStore.Refusal]] = [:]
        for note in notes {
            switch note {
            case .ended(let ending): endings.append(ending)
            case .giveBack(let leased): returned.append(leased)
            case .postpone(let leased, let until, let countsAttempt):
                postponed[Postponement(due: until, countsAttempt: countsAttempt), default: []].append(leased)
            case .refuse(let refusal, let reason): refused[reason, default: []].append(refusal)
            }
        }
        var rest = endings[...]
        do {
            while !rest.isEmpty {
                let part = Self.part(of: rest)
                let committing = try await frontier.complete(completions(part))
                rest = rest.dropFirst(part.count)
                letGo(of: part.map(\.completion.leased), part, when: committing, onFailure: fail)
            }
            for (reason, refusals) in refused {
                let committing = try await frontier.refuse(refusals, reason: reason, now: now())
                letGo(of: refusals.map(\.url), when: committing, onFailure: fail)
            }
            for (kind, urls) in postponed {
                let committing = try await frontier.postpone(urls, until: kind.due, countsAttempt: kind.countsAttempt)
                letGo(of: urls, when: committing, onFailure: fail)
            }
            if !returned.isEmpty { letGo(of: returned, when: try await frontier.giveBack(returned), onFailure: fail) }
        } catch {
            let failure = CrawlError.cache(FetchError(error))
            for ending in rest { ending.done(failure) }
            fail(failure)
        }
    }

    /// What of the endings is written as one: the first, and those after it that fit.
    private static func part(of endings: ArraySlice<JobState.Ending>) -> ArraySlice<JobState.Ending> {
        var bytes = 0
        return endings.prefix { ending in
            bytes += ending.byteCount
            return bytes == ending.byteCount || bytes <= partBytes
        }
    }

    /// The completions of a part, the first of them with what has changed in the budgets.
    private func completions(_ part: ArraySlice<JobState.Ending>) -> [Completion] {
        var completions = part.map(\.completion)
        let time = now()
        completions[0].patterns = state.withLock { state in
            for ending in part { state.budget.note(ending.news, for: ending.pattern) }
            return state.takeBudgetChanges(now: time)
        }.map(PatternDelta.init)
        return completions
    }

    private func letGo(
        of urls: [LeasedURL], _ endings: ArraySlice<JobState.Ending> = [], when handle: CommitHandle,
        onFailure fail: @escaping @Sendable (CrawlError) -> Void
    ) {
        let byteCount = endings.reduce(0) { $0 + $1.byteCount }
        let dones = endings.map(\.done)
        handle.whenDone { [self] result in
            state.withLock { state in
                urls.forEach { state.letGo(of: $0) }
                state.wrote(byteCount: byteCount)
            }
            workCame.fire()
            var failure: CrawlError?
            if case .failure(let error) = result {
                failure = .cache(FetchError(error))
                fail(.cache(FetchError(error)))
            }
            for done in dones { done(failure) }
        }
    }
}

extension PatternRow {
    init(_ stored: StoredPattern) {
        self.init(
            hash: stored.hash, pattern: stored.text, pages: stored.sums.first ?? 0, balance: stored.sums.dropFirst().first ?? 0,
            sample: stored.sample ?? [])
    }
}

extension PatternDelta {
    init(_ row: PatternRow) {
        self.init(hash: row.hash, text: row.pattern, sums: [row.pages, row.balance], sample: row.sample)
    }
}
