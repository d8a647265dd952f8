package import HTTPSemantics

/// A stored response after a 304.
package struct FreshenedResponse: Hashable, Sendable {
    /// The stored head with the fields of the 304 in it.
    package let head: ResponseHead
    /// The numbers that reuse is decided by from now on.
    package let freshness: Freshness
    /// What Vary, as it is in `head`, nominates of the request that the 304 has answered: in the place of what was stored, for
    /// the 304 may have brought another Vary (RFC 9111 section 4.1). To be written where `headChanged`.
    package let varyFields: FieldSection
    /// Whether `head` differs from what was stored in more than `Date`, `Age` and what `movedExpires` tells. Where it does not, writing
    /// `freshness` and those two times is enough, which is much cheaper.
    package let headChanged: Bool
    /// What `Expires` says now, where it said another time before and `headChanged` is false; nil: nothing new.
    package let movedExpires: UnixTime?
    /// Whether it may stay stored: false where no kind of cache may store it any more, as with `no-store` (RFC 9111
    /// section 5.2.2.5). It still answers the request that was validated.
    package let isStorable: Bool
}

/// What a 304 does to a stored response (RFC 9111 sections 3.2 and 4.3.4).
package enum Freshening {
    /// Whether the 304 speaks of this stored response, the one whose validators were sent.
    ///
    /// - An entity tag in the 304 must be the stored one. They are compared as If-None-Match is, weakly, where either is weak:
    ///   servers that compress on the fly send the weak tag with the content and the strong one in the 304, and since one tag
    ///   alone was asked about, no other response can be meant.
    /// - Without an entity tag, a Last-Modified in the 304 must be the stored one, if there is one.
    /// - A 304 without a validator can only mean the one response that was asked about.
    package static func selects(notModified: ResponseHead, stored: StoredResponse) -> Bool {
        if let new = notModified.fields.first(.entityTag) {
            guard let old = stored.head.fields.first(.entityTag) else { return false }
            if new == old { return true }
            guard let newTag = EntityTag(new), let oldTag = EntityTag(old) else { return false }
            return newTag.isWeak || oldTag.isWeak ? newTag.weaklyMatches(oldTag) : newTag.stronglyMatches(oldTag)
        }
        guard let new = notModified.fields.first(.lastModified), let old = stored.head.fields.first(.lastModified) else {
            return true
        }
        let epoch = UnixTime(milliseconds: 0)
        return new == old || HTTPDate.parse(new, now: epoch).map { $0 == HTTPDate.parse(old, now: epoch) } == true
    }

    /// The stored response with the 304's fields in the place of its own, and new numbers.
    ///
    /// - Parameters:
    ///   - request: the request that is answered; its own conditions and the cache's make no difference.
    ///   - answersRequest: whether `stored` is known to match the request as far as Vary is concerned.
    ///   - requestTime: when it was sent.
    ///   - responseTime: when the 304 was received; becomes `Date` where the 304 has none (RFC 9110 section 6.6.1).
    package static func apply(
        notModified: ResponseHead, to stored: StoredResponse, request: RequestHead, answersRequest: Bool = false,
        requestTime: UnixTime, responseTime: UnixTime
    ) -> FreshenedResponse {
        var keptNames = contentNames
        if stored.head.fields.contains(.entityTag) { keptNames.insert(.entityTag) }
        let update = StoragePolicy.storedFields(notModified.fields, receivedAt: responseTime, andWithout: keptNames)
        var head = stored.head
        // The stored Age told of the way of the stored message, not of this one.
        head.fields.remove(.age)
        head.fields = head.fields.updated(with: update)
        // Credentials bind if either message had to do with them: what one user's 304 brought is not for others.
        let wasAuthorized = stored.freshness.sharedTerms.demands.contains(.authorized)
        let freshness = Freshness(
            response: head, isAuthorized: wasAuthorized || request.fields.contains(.authorization), requestTime: requestTime,
            responseTime: responseTime)
        // Requests that match nominate the same.
        let hasSameFields = answersRequest && head.fields.hasSameValues(of: .vary, as: stored.head.fields)
        let varyFields =
            hasSameFields ? stored.varyFields : VaryMatching.nominatedFields(response: head, request: request) ?? [:]
        let change = change(from: stored.head.fields, to: head.fields, now: responseTime)
        return FreshenedResponse(
            head: head,
            freshness: freshness,
            varyFields: varyFields,
            headChanged: change.isOfHead,
            movedExpires: change.expires,
            isStorable: CacheKind.allCases.contains { !freshness[$0].demands.contains(.forbidden) })
    }

    /// Whether anything has changed that must be written with the head; and the new Expires where that alone has, which most servers that
    /// send one move on with each answer. It must be the very text that its time is written as.
    private static func change(
        from old: FieldSection, to new: FieldSection, now: UnixTime
    ) -> (isOfHead: Bool, expires: UnixTime?) {
        if new.isSame(as: old, apartFrom: FieldNameSet(.date, .age)) { return (false, nil) }
        let values = new.values(.expires)
        guard values.count == 1, old.values(.expires).count == 1, let time = HTTPDate.parse(values[0], now: now),
            HTTPDate.format(time) == values[0], new.isSame(as: old, apartFrom: FieldNameSet(.date, .age, .expires))
        else { return (true, nil) }
        return (false, time)
    }

    /// What describes the stored content byte for byte, which a 304 does not bring (section 3.2): the stored response keeps its own.
    /// So it does with the entity tag, which the two may write differently.
    private static let contentNames = FieldNameSet(
        .contentLength, .contentEncoding, .contentRange, .contentMD5, .contentDigest, .reprDigest, .digest)
}
