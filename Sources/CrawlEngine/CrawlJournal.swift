import CachingClient
import Synchronization

/// Events on their way from whoever causes them to the one who tells them: adding never waits, telling may.
final class CrawlJournal: Sendable {
    private struct State {
        var events: [CrawlEvent] = []
        var teller: CheckedContinuation<Void, Never>?
        var writer: CheckedContinuation<Void, Never>?
        var isClosed = false
        var summary = CrawlSummary()
    }

    /// With more events than this untold, the input waits.
    static let room = 8192

    private let state = Mutex(State())

    /// The account so far.
    var summary: CrawlSummary { state.withLock { $0.summary } }

    func add(_ event: CrawlEvent) {
        add([event])
    }

    /// The same for several, which costs hardly more than one.
    func add(_ events: [CrawlEvent]) {
        if events.isEmpty { return }
        let teller = state.withLock { state in
            state.summary.count(events)
            state.events += events
            defer { state.teller = nil }
            return state.teller
        }
        teller?.resume()
    }

    /// Counts URLs of which nothing is told.
    func count(_ hits: UntoldHits) {
        state.withLock { $0.summary.count(hits) }
    }

    /// Notes how long an answer has waited for its commit.
    func noteCommit(milliseconds: Int64) {
        state.withLock { state in
            state.summary.longestCommitMilliseconds = max(state.summary.longestCommitMilliseconds, milliseconds)
        }
    }

    /// Waits until most of what was added has been told.
    func waitForRoom() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard state.events.count > Self.room, !state.isClosed else { return true }
                state.writer = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    /// No more events come.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { (state.teller, state.writer) = (nil, nil) }
            return [state.teller, state.writer]
        }
        for continuation in waiting { continuation?.resume() }
    }

    /// The events that have come since the last call, at least one; nil after the last.
    func next() async -> [CrawlEvent]? {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard state.events.isEmpty, !state.isClosed else { return true }
                state.teller = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
        let (events, writer) = state.withLock { state in
            defer { (state.events, state.writer) = ([], nil) }
            return (state.events, state.writer)
        }
        writer?.resume()
        return events.isEmpty ? nil : events
    }
}
