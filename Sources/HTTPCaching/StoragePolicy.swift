package import HTTPSemantics

/// Whether a response is stored.
package enum StorageDecision: Hashable, Sendable {
    /// The content is stored as a whole.
    case store
    /// The content is stored as a part of the whole (RFC 9111 section 3.3).
    case storePart(PartialContent)
    case refuse(StorageRefusal)
}

/// Which responses are stored, and in which form (RFC 9111 section 3).
package enum StoragePolicy {
    /// Whether the response to the request may be stored and is worth it.
    ///
    /// A private cache keeps what it may keep, even a response that it can't reuse without fetching it again: it is asked for
    /// offline. A shared cache keeps only what it could reuse.
    ///
    /// - Parameter request: as it was sent to the origin, its Range included.
    package static func decide(request: RequestHead, response: ResponseHead, kind: CacheKind) -> StorageDecision {
        let cacheControl = CacheControl(response: response.fields, for: kind)
        if let refusal = refusalByMessage(request: request, response: response)
            ?? refusalByMethod(request: request, response: response, cacheControl: cacheControl, kind: kind)
            ?? refusal(
                of: response, cacheControl: cacheControl, isAuthorized: request.fields.contains(.authorization), kind: kind)
            ?? refusalByUse(response: response, cacheControl: cacheControl, kind: kind)
        {
            return .refuse(refusal)
        }
        guard response.status == 206 else { return .store }
        guard let part = PartialContent(response), part.answers(request) else { return .refuse(.partialContent) }
        return .storePart(part)
    }

    /// The key that the answer to a request is looked up and stored under: HEAD is answered from what GET stored (section 4), and
    /// what is stored of POST answers GET (RFC 9110 section 9.3.3). Other methods have keys of their own, under which nothing lies.
    package static func key(request: RequestHead) -> CacheKey {
        let isGet = request.method == .head || request.method == .post
        return CacheKey(method: isGet ? .get : request.method, url: request.url)
    }

    /// The response's head as it is stored: without the fields that belong to one connection (section 3.1).
    ///
    /// - Parameter receivedAt: when the response was received; becomes its `Date` where it has none (RFC 9110 section 6.6.1).
    ///   Nil adds nothing.
    package static func storedHead(_ response: ResponseHead, receivedAt: UnixTime? = nil) -> ResponseHead {
        var head = response
        head.fields = storedFields(response.fields, receivedAt: receivedAt)
        return head
    }

    /// The fields of such a head.
    ///
    /// - Parameter others: names to leave out as well.
    static func storedFields(
        _ received: FieldSection, receivedAt: UnixTime?, andWithout others: FieldNameSet = .none
    ) -> FieldSection {
        var fields = ForwardingFields.withoutHopByHop(received, andWithout: others)
        if let receivedAt, !fields.contains(.date) { fields.append(.date, HTTPDate.format(receivedAt)) }
        return fields
    }

    // MARK: - Refusals

    /// What no kind of cache stores, whatever the response's directives are.
    private static func refusalByMessage(request: RequestHead, response: ResponseHead) -> StorageRefusal? {
        if request.method != .get, request.method != .post { return .method }
        if response.status < 200 { return .interim }
        if response.status == 304 { return .notModified }
        if response.status == 412, request.fields.contains(oneOf: conditionNames) { return .requestSpecific }
        if response.status == 416, request.fields.contains(.range) { return .requestSpecific }
        if CacheControl(request: request.fields).contains(.noStore) { return .requestNoStore }
        return VaryMatching.nominatesEverything(response.fields) ? .varyStar : nil
    }

    private static let conditionNames = FieldNameSet(.ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince, .ifRange)

    /// Of POST only what is the target's own representation is stored: it says for how long it is fresh, and its Content-Location
    /// is the target URI (RFC 9110 section 9.3.3). The statuses are those whose content Content-Location identifies (section 8.7)
    /// and that a GET could have.
    private static func refusalByMethod(
        request: RequestHead, response: ResponseHead, cacheControl: CacheControl, kind: CacheKind
    ) -> StorageRefusal? {
        guard request.method == .post else { return nil }
        guard response.status == 200 || response.status == 203,
            FreshnessLifetime.isExplicit(response, cacheControl: cacheControl, kind: kind),
            let text = response.fields.first(.contentLocation), let location = WebURL(text, base: request.url),
            CacheKey(location) == CacheKey(request.url)
        else { return .method }
        return nil
    }

    /// What this kind of cache must not store (section 3). Such a response is `.forbidden` to it in a store that it has in common
    /// with the other kind.
    static func refusal(
        of response: ResponseHead, cacheControl: CacheControl, isAuthorized: Bool, kind: CacheKind
    ) -> StorageRefusal? {
        if cacheControl.contains(.mustUnderstand) {
            // With must-understand, no-store is there for caches that do not know the directive (5.2.2.3).
            if !isUnderstood(status: response.status) { return .mustUnderstand }
        } else if cacheControl.contains(.noStore) {
            return .responseNoStore
        }
        if kind == .shared {
            if cacheControl.contains(.private) { return .privateResponse }
            let isAllowed =
                cacheControl.contains(.public) || cacheControl.contains(.mustRevalidate) || cacheControl.sharedMaxAge != nil
            if isAuthorized, !isAllowed { return .authorization }
        }
        if FreshnessLifetime.isExplicit(response, cacheControl: cacheControl, kind: kind) { return nil }
        guard FreshnessLifetime.allowsHeuristic(response, cacheControl: cacheControl, kind: kind) else { return .status }
        // Set-Cookie alone forbids nothing (section 7.3). But where nobody said that others may have the response, storing it on a
        // guess would hand one user's session to them.
        let isGuessed = kind == .shared && !cacheControl.contains(.public)
        return isGuessed && response.fields.contains(.setCookie) ? .setCookie : nil
    }

    /// What a shared cache may store but could never reuse: it has no validator, and either nothing makes it fresh, not even for
    /// a time past its lifetime (RFC 5861), or it must be validated before each use.
    private static func refusalByUse(response: ResponseHead, cacheControl: CacheControl, kind: CacheKind) -> StorageRefusal? {
        guard kind == .shared, !response.fields.contains(.entityTag), !response.fields.contains(.lastModified) else { return nil }
        if cacheControl.contains(.noCache) { return .neverReusable }
        let isUseful =
            FreshnessLifetime.isExplicit(response, cacheControl: cacheControl, kind: kind)
            || (cacheControl.staleWhileRevalidate ?? 0) > 0 || (cacheControl.staleIfError ?? 0) > 0
        return isUseful ? nil : .neverReusable
    }

    /// Whether the caching requirements of the status are known and followed here: the final statuses of RFC 9110 section 15
    /// but 304, and 451.
    private static func isUnderstood(status: Int) -> Bool {
        switch status {
        case 200...206, 300...303, 305, 307, 308, 400...417, 421, 422, 426, 451, 500...505: true
        default: false
        }
    }
}
