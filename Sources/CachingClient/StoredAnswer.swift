import CacheStore
import HTTPCaching
package import HTTPSemantics

/// An answer that lies in the store, as the rules have found it. What is made of it is for whoever has asked: a crawl wants some
/// numbers of it, a server its head and its content.
package final class StoredAnswer: Sendable {
    package let request: RequestHead
    /// `hit` or `stale`.
    package let result: CacheOutcome
    let entry: StoredEntry
    private let serving: Serving
    /// For how many seconds the stored response is fresh.
    private let lifetime: Int64

    init(_ serving: Serving, from entry: StoredEntry, to request: RequestHead, kind: CacheKind) {
        self.request = request
        self.serving = serving
        self.entry = entry
        result = serving.isStale ? .stale : .hit
        lifetime = entry.response.freshness[kind].lifetime
    }

    /// The answer with all that a client gets.
    package var outcome: FetchOutcome {
        FetchOutcome(
            serving, from: entry, to: request, as: result,
            status: CacheStatus(hit: serving.reason, age: serving.age, lifetime: lifetime))
    }

    /// The head, but for the fields that say how the cache has come by it.
    package var head: ResponseHead {
        switch serving.form {
        case .whole: entry.response.head
        case .notModified(let head), .range(_, let head), .ranges(_, let head), .rangeNotSatisfiable(let head): head
        }
    }

    /// The rule that decided, as a stable name.
    package var reason: String { serving.reason.name }

    /// Age in seconds.
    package var age: Int64 { serving.age }

    /// Length of the content as the server sent it, its Content-Encoding still on.
    package var bodyBytes: Int64 { isPlain ? entry.body.wireBytes : outcome.bodyBytes }

    /// Bytes that the content takes in the store.
    package var storedBytes: Int64 { isPlain ? entry.body.storedBytes : outcome.storedBytes }

    /// Whether the content goes out whole.
    private var isPlain: Bool {
        guard case .whole = serving.form else { return false }
        return request.method != .head
    }
}
