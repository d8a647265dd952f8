import HTTPSemantics

/// Which of the stored variants a request selects (RFC 9111 sections 4 and 4.1).
enum VariantSelection {
    enum Selection: Hashable {
        /// This one answers, if its freshness allows it.
        case found(Int)
        /// A part that the origin can be asked to complete (section 3.4).
        case part(Int)
        case none(ReuseReason)
    }

    /// Of those that may answer, one with Vary goes before one without (section 4.1: servers leave it out of their default
    /// answer), then the most recent.
    static func select(_ stored: [StoredResponse], request: CacheRequest, kind: CacheKind) -> Selection {
        var reason = ReuseReason.notStored
        var found: Int?
        var part: Int?
        for index in stored.indices {
            switch obstacle(to: stored[index], request: request, kind: kind) {
            case nil:
                if found.map({ precedes(stored[$0], stored[index]) }) ?? true { found = index }
            case .partialContent?:
                if part.map({ precedes(stored[$0], stored[index]) }) ?? true { part = index }
            case .varyMismatch?:
                if reason == .notStored { reason = .varyMismatch }
            case .some(let other):
                reason = other
            }
        }
        if let found { return .found(found) }
        guard let part else { return .none(reason) }
        return PartCompletion(of: stored[part], for: request) == nil ? .none(.partialContent) : .part(part)
    }

    /// Why the stored response can't answer the request, however fresh it is; nil where it can.
    static func obstacle(to stored: StoredResponse, request: CacheRequest, kind: CacheKind) -> ReuseReason? {
        if !VaryMatching.matches(stored: stored, request: request.head) { return .varyMismatch }
        if let reason = prohibition(of: stored.freshness, request: request, kind: kind) { return reason }
        return stored.heldRanges == nil || PartCompletion.selection(in: stored, for: request) != nil ? nil : .partialContent
    }

    /// Why this kind of cache must not use the stored response for the request (sections 3, 3.5 and 5.2.2.7); nil where it may.
    static func prohibition(of stored: Freshness, request: CacheRequest, kind: CacheKind) -> ReuseReason? {
        let demands = stored[kind].demands
        switch kind {
        case .private:
            if demands.contains(.forbidden) { return .otherCacheOnly }
            return demands.contains(.authorized) && !request.traits.contains(.authorization) ? .authorization : nil
        case .shared:
            if demands.contains(.privateOnly) { return .privateResponse }
            guard demands.contains(.forbidden) else { return nil }
            return demands.contains(.authorized) ? .authorization : .otherCacheOnly
        }
    }

    /// Whether the right one is to be preferred. When a response was made is told from the numbers (section 4.2.3): a Date that
    /// a 304 renewed need not be in the stored fields yet.
    private static func precedes(_ left: StoredResponse, _ right: StoredResponse) -> Bool {
        let (left, right) = (rank(left), rank(right))
        return (left.varies ? 1 : 0, left.made, left.received) < (right.varies ? 1 : 0, right.made, right.received)
    }

    private static func rank(_ response: StoredResponse) -> (varies: Bool, made: UnixTime, received: UnixTime) {
        let received = response.freshness.responseTime
        let age = UnixTime(seconds: max(0, response.freshness.initialAge))
        return (response.storedHead.vary != nil, received.advanced(byMilliseconds: -age.milliseconds), received)
    }
}
