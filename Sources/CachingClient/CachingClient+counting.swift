import CacheStore
import HTTPCaching
package import HTTPSemantics

/// An answer that lies in the store, of which nobody wants more than that it is there.
package struct CountedAnswer: Sendable {
    /// `hit` or `stale`.
    package let cacheOutcome: CacheOutcome
    /// Length of the content as the server sent it, in bytes.
    package let bodyBytes: Int64
}

/// Answers that are only counted: neither head nor content is read.
extension CachingClient {
    /// Which requests the store answers whole with a status of success, by what its numbers tell; noted as used and accounted for as
    /// `prepare` does. In the order of the requests; nil: ask `prepare`.
    package func count(_ requests: [RequestHead]) async throws(FetchError) -> [CountedAnswer?] {
        let found: [StoredFreshness?]
        do {
            found = try await store.lookupFreshness(requests.map(StoragePolicy.key), for: configuration.kind)
        } catch {
            throw FetchError(error)
        }
        let time = now()
        var used: [StoredFreshness] = []
        used.reserveCapacity(found.count)
        var activity = ActivitySums()
        let answers = zip(requests, found).map { request, stored -> CountedAnswer? in
            guard let stored,
                let reuse = ReusePolicy.reuse(
                    stored.freshness, stored.secondaryKey, request: request, options: configuration.reuse, kind: configuration.kind,
                    now: time)
            else { return nil }
            let answer = CountedAnswer(cacheOutcome: reuse.isStale ? .stale : .hit, bodyBytes: stored.wireBytes)
            used.append(stored)
            activity.add(answer.cacheOutcome, savedBytes: answer.bodyBytes)
            return answer
        }
        store.touch(used, at: time)
        for sum in activity.sums { store.record(sum) }
        return answers
    }
}
