import CacheStore
import CachingClient
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import HTTPTransport
import Synchronization

/// Fetches anew what a repair had to remove: one URL after another, each by the request that had brought it.
final class Refetching: Sendable {
    /// What became of an entry that was removed.
    enum Result: Sendable {
        /// It is in the cache again, with this status.
        case repaired(status: Int)
        case removed(Reason)
    }

    /// Why it could not be fetched again: a stable name and a sentence.
    struct Reason: Hashable, Sendable {
        let code: String
        let message: String

        static let offline = Reason(code: "offline", message: "nothing is fetched with --offline")
    }

    private let store: CacheStore
    private let transport: NIOTransport
    private let client: CachingClient
    private let current = Mutex<Task<Result, Never>?>(nil)
    private let isStopped = Mutex(false)

    init(store: CacheStore, times: TimeOptions) {
        self.store = store
        transport = TransportFactory.transport(times)
        client = CachingClient(
            store: store, transport: transport,
            configuration: ClientConfiguration(
                // Other variants of the URL must not answer, nor lend their validators.
                reuse: ReuseOptions(mode: .reload), maximumRedirects: 0, maximumTime: times.maximumTime,
                politeness: PolitenessPolicy(), lockTimeout: .milliseconds(times.lockTimeout.milliseconds)),
            now: SystemClock.now)
    }

    /// Fetches one entry again.
    ///
    /// - Parameter varyNames: the fields that its response nominated in Vary.
    func fetch(_ entry: RepairReport.RemovedEntry, varyNames: [String]) async -> Result {
        guard entry.method == HTTPMethod.get.rawValue, let url = WebURL(entry.url) else {
            return .removed(Reason(code: "method", message: "only what GET brings is fetched again"))
        }
        let fields = Self.fields(varyNames: varyNames, varyFields: entry.varyFields)
        let task = Task { await perform(RequestHead(method: .get, url: url, fields: fields), isPinned: entry.isPinned) }
        current.withLock { $0 = task }
        if isStopped.withLock({ $0 }) { task.cancel() }
        return await task.value
    }

    /// Gives up what is under way, and all that comes after it.
    func stop() {
        isStopped.withLock { $0 = true }
        current.withLock { $0 }?.cancel()
    }

    func shutdown() async {
        await transport.shutdown()
    }

    private func perform(_ request: RequestHead, isPinned: Bool) async -> Result {
        do {
            let outcome = try await client.fetch(request, timeLeft: client.configuration.maximumTime)
            guard let head = outcome.head else { return .removed(Reason(code: outcome.reason, message: "there was no answer")) }
            guard let commit = outcome.commit else {
                return .removed(
                    Reason(
                        code: "uncacheable",
                        message: "the server answered with status \(head.status), which is not stored (\(outcome.reason))"))
            }
            try await commit.value
            if isPinned {
                var query = EntryQuery(now: SystemClock.now())
                query.pattern = .url(request.url.serialized)
                _ = try await store.pin(true, matching: query)
            }
            return .repaired(status: head.status)
        } catch {
            let failure = CommandFailure(error)
            return .removed(Reason(code: failure.code, message: failure.message))
        }
    }

    /// Our usual fields, with those that the stored response was chosen by in the place of ours.
    static func fields(varyNames: [String], varyFields: FieldSection) -> FieldSection {
        var fields = RequestDefaults.fields
        for name in varyNames { fields.remove(name) }
        for line in varyFields.lines {
            fields.remove(line.name)
            // Of credentials only the presence is kept.
            if !line.value.isEmpty { fields.append(line.name, line.value) }
        }
        return fields
    }
}
