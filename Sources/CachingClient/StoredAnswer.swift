import CacheStore
package import HTTPCaching
package import HTTPSemantics

/// An answer that lies in the store, as the rules have found it. What is made of it is for whoever has asked: a crawl wants some
/// numbers of it, a server its head and its content.
package final class StoredAnswer: Sendable {
    package let request: RequestHead
    /// `hit` or `stale`.
    package let cacheOutcome: CacheOutcome
    let entry: StoredEntry
    private let serving: Serving
    /// For how many seconds the stored response is fresh.
    private let lifetime: Int64

    init(_ serving: Serving, from entry: StoredEntry, to request: RequestHead, kind: CacheKind) {
        self.request = request
        self.serving = serving
        self.entry = entry
        cacheOutcome = serving.isStale ? .stale : .hit
        lifetime = entry.response.freshness[kind].lifetime
    }

    /// The answer with all that a client gets.
    package func makeOutcome() -> FetchOutcome {
        FetchOutcome(
            serving, from: entry, to: request, as: cacheOutcome,
            status: CacheStatus(hit: serving.reason, age: serving.age, lifetime: lifetime))
    }

    /// The answer in numbers where it is the whole stored response, content and all; nil: ask `makeOutcome`.
    package var whole: WholeAnswer? {
        guard case .whole = serving.form, request.method != .head else { return nil }
        return WholeAnswer(
            head: entry.response.storedHead, reason: serving.reason.name, age: serving.age, bodyBytes: entry.body.wireBytes,
            storedBytes: entry.body.storedBytes)
    }
}

/// A stored response that answers as it is.
package struct WholeAnswer: Sendable {
    /// As it is stored: a client gets its Age with it.
    package let head: StoredHead
    /// The rule that decided, as a stable name.
    package let reason: String
    /// Age in seconds.
    package let age: Int64
    /// Length of the content as the server sent it, its Content-Encoding still on.
    package let bodyBytes: Int64
    /// Bytes that the content takes in the store.
    package let storedBytes: Int64
}
