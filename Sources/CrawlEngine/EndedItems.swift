import CacheStore
import Synchronization

/// Items that have come to their end, on their way from the threads of the stores to the crawl: what one commit has ended is told and
/// let go of together, which costs a lock and a change of threads for all of them instead of for each.
final class EndedItems: Sendable {
    /// An item whose answer the cache has taken, or could not take.
    struct Stored: Sendable {
        let item: CrawlItem
        let result: CrawlResult
        /// What it brought; nil where nobody needs to know.
        let findings: PageFindings?
        let failure: StoreError?
        /// How long the answer has waited for its commit.
        let waitedMilliseconds: Int64
    }

    /// An item of which the source has taken note.
    struct Noted: Sendable {
        let item: CrawlItem
        let result: CrawlResult
        let failure: CrawlError?
    }

    struct Batch: Sendable {
        var stored: [Stored] = []
        var noted: [Noted] = []

        var isEmpty: Bool { stored.isEmpty && noted.isEmpty }
    }

    private let waiting = Mutex(Batch())
    private let signal = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    func add(_ stored: Stored) {
        add { $0.stored.append(stored) }
    }

    func add(_ noted: Noted) {
        add { $0.noted.append(noted) }
    }

    private func add(_ append: (inout Batch) -> Void) {
        let isFirst = waiting.withLock { batch in
            defer { append(&batch) }
            return batch.isEmpty
        }
        if isFirst { signal.continuation.yield() }
    }

    /// All that has come since the last call.
    func take() -> Batch {
        waiting.withLock { batch in
            defer { batch = Batch() }
            return batch
        }
    }

    /// An element whenever there may be something to take, until `finish`. For one reader.
    var arrivals: AsyncStream<Void> { signal.stream }

    /// Ends `arrivals`; what is added later is still there to take.
    func finish() {
        signal.continuation.finish()
    }
}
