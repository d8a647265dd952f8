import HTTPSemantics

/// What the answer to HEAD does to a stored response to GET (RFC 9111 section 4.3.5).
package enum HeadUpdate: Hashable, Sendable {
    /// It is the same representation: write the new head and freshness.
    case freshen(index: Int, FreshenedResponse)
    /// It is another one by now: write this freshness, by which it is stale for good until it is validated.
    case makeStale(index: Int, Freshness)
}

extension HeadUpdate {
    /// What a 200 to HEAD does to the stored response that it could have been answered from. They are the same if that is a 200 too,
    /// and every validator that came and Content-Length, where that came, are those of the stored one.
    ///
    /// - Parameter length: of the stored content; nil where it is not known.
    init(
        index: Int, stored: StoredResponse, length: Int64?, head: ResponseHead, request: RequestHead, requestTime: UnixTime,
        responseTime: UnixTime
    ) {
        let hasSameValidators = [FieldName.entityTag, .lastModified].allSatisfy { name in
            head.fields.first(name).map { $0 == stored.head.fields.first(name) } ?? true
        }
        let hasSameLength = !head.fields.contains(.contentLength) || PartialContent.contentLength(of: head) == length
        if stored.head.status == 200 && hasSameValidators && hasSameLength {
            self = .freshen(
                index: index,
                Freshening.apply(
                    notModified: head, to: stored, request: request, requestTime: requestTime, responseTime: responseTime))
        } else {
            self = .makeStale(index: index, stored.freshness.expired)
        }
    }
}

extension Freshness {
    /// The same without any lifetime, nor any time past it.
    var expired: Freshness {
        var result = self
        for path in [\Freshness.privateTerms, \Freshness.sharedTerms] {
            result[keyPath: path].lifetime = 0
            result[keyPath: path].source = .none
            result[keyPath: path].staleWhileRevalidate = 0
            result[keyPath: path].staleIfError = 0
        }
        return result
    }
}
