import CacheStore
package import HTTPCaching
package import HTTPSemantics

/// A request that the store has been asked about. Every case is handed on as a reference or two.
package enum PreparedFetch: Sendable {
    /// The answer needs no network; the content, if any, lies in the store.
    case served(StoredAnswer)
    /// The answer is stale and may be used while it is validated (RFC 5861 section 3): the second is that validation.
    case servedStale(StoredAnswer, PendingFetch)
    /// There is no answer, and the network may not be asked.
    indirect case unsatisfiable(FetchOutcome)
    /// The network must be asked; hand this to `CachingClient.perform`.
    case pending(PendingFetch)
}

/// A request on its way to the origin, with what the store knew when it was asked. A class, as it goes from hand to hand: copied, its
/// twenty references would be counted each time.
package final class PendingFetch: Sendable {
    package let request: RequestHead
    package let key: CacheKey
    /// Whose turn is waited for: name and port.
    package let host: String
    let exchange: CacheExchange
    /// The stored responses that `exchange` was told of, in its order.
    let stored: [StoredEntry]
    /// The request as it goes out, validators included.
    let forwarded: RequestHead
    let reason: ReuseReason?
    let startTime: UnixTime
    /// Taken before the store was asked.
    let mark: ChangeMark

    init(
        request: RequestHead, key: CacheKey, exchange: CacheExchange, stored: [StoredEntry], forwarded: RequestHead,
        reason: ReuseReason?, startTime: UnixTime, mark: ChangeMark
    ) {
        self.request = request
        self.key = key
        host = request.url.authority
        self.exchange = exchange
        self.stored = stored
        self.forwarded = forwarded
        self.reason = reason
        self.startTime = startTime
        self.mark = mark
    }
}
