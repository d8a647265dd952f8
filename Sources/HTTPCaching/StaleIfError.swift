import HTTPSemantics

/// Whether a stored response answers in place of an error (RFC 5861 section 4).
package enum StaleIfError {
    /// Whether the status is an error that a stored response may stand in for.
    package static func isError(status: Int) -> Bool {
        status == 500 || (502...504).contains(status)
    }

    /// The age in seconds with which the stored response may answer after such an error, or where there was no answer at all; nil
    /// where it may not.
    ///
    /// How long past its lifetime it may do so is said by `stale-if-error` of the request, and where that has none, of the
    /// response. Directives that demand validation win: of the response `must-revalidate`, `no-cache` and in a shared cache
    /// `proxy-revalidate`, of the request `no-cache`, `min-fresh` and a `max-age` that it exceeds. `s-maxage` does not: see
    /// `ReusePolicy`.
    static func age(
        of stored: StoredResponse, request: CacheRequest, options: ReuseOptions, kind: CacheKind, now: UnixTime
    ) -> Int64? {
        let terms = stored.freshness[kind]
        let directives = request.directives
        let age = stored.freshness.currentAge(at: now)
        guard options.mode == .standard, !directives.contains(.noCache), directives.minFresh == nil,
            directives.maxAge.map({ age <= $0 }) ?? true, !ReusePolicy.forbidsStale(terms, kind: kind)
        else { return nil }
        let lifetime = max(0, options.maxAge ?? terms.lifetime)
        let limit = directives.staleIfError ?? terms.staleIfError
        return limit > 0 && age - lifetime <= limit ? age : nil
    }
}
