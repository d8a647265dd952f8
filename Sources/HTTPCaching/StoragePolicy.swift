package import HTTPSemantics

/// Whether a response is stored.
package enum StorageDecision: Hashable, Sendable {
    case store
    case refuse(StorageRefusal)
}

/// Which responses are stored, and in which form (RFC 9111 section 3).
package enum StoragePolicy {
    /// Whether the response to the request may be stored and is worth it.
    ///
    /// A private cache keeps what it may keep, even a response that it can't reuse without fetching it again: it is asked for
    /// offline. A shared cache keeps only what it could reuse.
    package static func decide(request: RequestHead, response: ResponseHead, kind: CacheKind) -> StorageDecision {
        let cacheControl = CacheControl(response: response.fields)
        if let refusal = refusalByMessage(request: request, response: response, cacheControl: cacheControl)
            ?? refusalByUser(request: request, cacheControl: cacheControl, kind: kind)
            ?? refusalByFreshness(response: response, cacheControl: cacheControl, kind: kind)
        {
            return .refuse(refusal)
        }
        return .store
    }

    /// The response's head as it is stored: without the fields that belong to one connection (section 3.1).
    ///
    /// - Parameter receivedAt: when the response was received; becomes its `Date` where it has none (RFC 9110 section 6.6.1).
    ///   Nil adds nothing.
    package static func storedHead(_ response: ResponseHead, receivedAt: UnixTime? = nil) -> ResponseHead {
        var head = response
        head.fields = ForwardingFields.withoutHopByHop(response.fields)
        if let receivedAt, !head.fields.contains("Date") { head.fields.append("Date", HTTPDate.format(receivedAt)) }
        return head
    }

    private static func refusalByMessage(
        request: RequestHead, response: ResponseHead, cacheControl: CacheControl
    ) -> StorageRefusal? {
        if request.method != .get { return .method }
        if response.status < 200 { return .interim }
        if response.status == 304 { return .notModified }
        if response.status == 206 { return .partialContent }
        if CacheControl(request: request.fields).contains(.noStore) { return .requestNoStore }
        if cacheControl.contains(.mustUnderstand) {
            // With must-understand, no-store is there for caches that do not know the directive (5.2.2.3).
            if !isUnderstood(status: response.status) { return .mustUnderstand }
        } else if cacheControl.contains(.noStore) {
            return .responseNoStore
        }
        if VaryMatching.nominatesEverything(response.fields) { return .varyStar }
        return nil
    }

    static func refusalByUser(request: RequestHead, cacheControl: CacheControl, kind: CacheKind) -> StorageRefusal? {
        guard kind == .shared else { return nil }
        if cacheControl.contains(.private) { return .privateResponse }
        let isAllowed =
            cacheControl.contains(.public) || cacheControl.contains(.mustRevalidate) || cacheControl.sharedMaxAge != nil
        if request.fields.contains("Authorization"), !isAllowed { return .authorization }
        return nil
    }

    private static func refusalByFreshness(
        response: ResponseHead, cacheControl: CacheControl, kind: CacheKind
    ) -> StorageRefusal? {
        let isExplicit = FreshnessLifetime.isExplicit(response, cacheControl: cacheControl, kind: kind)
        guard isExplicit || FreshnessLifetime.allowsHeuristic(response, cacheControl: cacheControl, kind: kind) else {
            return .status
        }
        let isReusable = isExplicit || response.fields.contains("ETag") || response.fields.contains("Last-Modified")
        return kind == .shared && !isReusable ? .neverReusable : nil
    }

    /// Whether the caching requirements of the status are known and followed here: the final statuses of RFC 9110 section 15
    /// but 206 and 304, and 451.
    private static func isUnderstood(status: Int) -> Bool {
        switch status {
        case 200...205, 300...303, 305, 307, 308, 400...417, 421, 422, 426, 451, 500...505: true
        default: false
        }
    }
}
