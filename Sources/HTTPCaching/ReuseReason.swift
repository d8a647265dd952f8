/// The rule that decided whether a stored response is reused. The raw value is the stable name for machines.
package enum ReuseReason: String, Hashable, Sendable, CaseIterable {
    // The stored response answers.
    case fresh
    case youngerThanMaxAge = "younger_than_max_age"
    case fetchedByThisJob = "fetched_by_this_job"
    case staleAllowed = "stale_allowed"
    case offline
    case staleWhileRevalidate = "stale_while_revalidate"
    case staleIfError = "stale_if_error"
    case validated
    // The stored response is validated first.
    case stale
    case olderThanMaxAge = "older_than_max_age"
    case noCache = "no_cache"
    case mustRevalidate = "must_revalidate"
    case requestNoCache = "request_no_cache"
    case requestMaxAge = "request_max_age"
    case requestMinFresh = "request_min_fresh"
    case refreshRequested = "refresh_requested"
    // The origin is asked as if nothing were stored.
    case notStored = "not_stored"
    case varyMismatch = "vary_mismatch"
    case privateResponse = "private"
    case authorization
    case otherCacheOnly = "other_cache_only"
    case partialContent = "partial_content"
    case method = "method_not_stored"
    case condition = "condition_for_origin"
    case reloadRequested = "reload_requested"
    // There is no answer.
    case onlyIfCached = "only_if_cached"

    /// The stable name for machines, in small letters with underscores.
    package var name: String { rawValue }

    /// The standard's section that the decision rests on; for a user's option, the section that leaves it to the user or knows
    /// it as a request directive.
    package var section: String {
        switch self {
        case .fresh, .stale: "RFC 9111 section 4.2"
        case .youngerThanMaxAge, .olderThanMaxAge, .requestMaxAge: "RFC 9111 section 5.2.1.1"
        case .staleAllowed, .offline: "RFC 9111 section 4.2.4"
        case .noCache: "RFC 9111 section 5.2.2.4"
        case .mustRevalidate: "RFC 9111 section 5.2.2.2"
        case .fetchedByThisJob: "RFC 9111 section 4.2.4"
        case .requestNoCache, .reloadRequested: "RFC 9111 section 5.2.1.4"
        case .requestMinFresh: "RFC 9111 section 5.2.1.3"
        case .refreshRequested: "RFC 9111 section 4.3"
        case .notStored, .method: "RFC 9111 section 4"
        case .varyMismatch: "RFC 9111 section 4.1"
        case .privateResponse: "RFC 9111 section 5.2.2.7"
        case .staleWhileRevalidate: "RFC 5861 section 3"
        case .staleIfError: "RFC 5861 section 4"
        case .validated: "RFC 9111 section 4.3.3"
        case .authorization: "RFC 9111 section 3.5"
        case .otherCacheOnly: "RFC 9111 section 3"
        case .partialContent: "RFC 9111 section 3.3"
        case .condition: "RFC 9111 section 4.3.2"
        case .onlyIfCached: "RFC 9111 section 5.2.1.7"
        }
    }

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .fresh: "It is fresh: its age is below its freshness lifetime."
        case .youngerThanMaxAge: "It is younger than the maximum age that the user gave."
        case .fetchedByThisJob: "The same crawl has fetched or validated it since it began."
        case .staleAllowed: "It is stale, by no more than is allowed (max-stale)."
        case .offline: "The network is not used, so the stored response answers, stale or not."
        case .stale: "It is stale: its age has reached its freshness lifetime."
        case .olderThanMaxAge: "It is older than the maximum age that the user gave."
        case .noCache: "The response demands validation before each use (no-cache)."
        case .mustRevalidate: "It is stale, and the response forbids its use when stale (must-revalidate or its like)."
        case .requestNoCache: "The request demands validation (no-cache)."
        case .requestMaxAge: "It is older than the request accepts (max-age)."
        case .requestMinFresh: "It will not stay fresh for as long as the request demands (min-fresh)."
        case .refreshRequested: "The user asked for validation of everything."
        case .notStored: "Nothing is stored for this URL."
        case .varyMismatch: "What is stored answers other requests: the fields named by Vary differ."
        case .privateResponse: "What is stored is for one user only (private), and the cache is shared."
        case .method: "Only GET and HEAD are answered from the store."
        case .staleWhileRevalidate: "It is stale, and the response allows its use while it is validated (stale-while-revalidate)."
        case .staleIfError: "It is stale, and is allowed to answer in place of an error (stale-if-error)."
        case .validated: "The origin confirmed it."
        case .authorization: "What is stored answered a request with credentials, and is not for this request."
        case .otherCacheOnly: "What is stored may be used by the other kind of cache only."
        case .partialContent: "Only a part is stored, and not all of what is asked for."
        case .condition: "The request is on a condition that only the origin can judge."
        case .reloadRequested: "The user asked to fetch everything again."
        case .onlyIfCached: "The request is for a stored response only (only-if-cached), and none may answer it."
        }
    }
}
