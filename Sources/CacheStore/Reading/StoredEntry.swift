package import HTTPCaching
package import HTTPSemantics

/// Names one stored response in the state in which it was read: a change or a removal that comes late, for a response that was
/// replaced in the meantime, does nothing.
package struct EntryID: Hashable, Sendable {
    /// The row; the same before and after a replacement.
    package let row: Int64
    /// The row of the body that the response had.
    package let body: Int64
}

/// A stored response as a look-up finds it. A class, as it goes from hand to hand: copied, its references would be counted each
/// time.
package final class StoredEntry: Sendable {
    package let id: EntryID
    package let key: CacheKey
    package let response: StoredResponse
    package let body: StoredBody
    /// When the request was sent that brought the response.
    package let requestTime: UnixTime
    /// When the response, or what replaced it, was written.
    package let createdTime: UnixTime
    /// When it last answered a request, as far as written; a little late.
    package let lastUse: UnixTime
    /// Whether the limits and `gc` spare it.
    package let isPinned: Bool

    init(
        id: EntryID, key: CacheKey, response: StoredResponse, body: StoredBody, requestTime: UnixTime, createdTime: UnixTime,
        lastUse: UnixTime, isPinned: Bool
    ) {
        self.id = id
        self.key = key
        self.response = response
        self.body = body
        self.requestTime = requestTime
        self.createdTime = createdTime
        self.lastUse = lastUse
        self.isPinned = isPinned
    }

    package var url: WebURL { key.url }
    package var method: HTTPMethod { key.method }
}

/// A response to be stored, its content apart.
package struct NewEntry: Sendable {
    package var key: CacheKey
    package var response: StoredResponse
    /// When the request was sent.
    package var requestTime: UnixTime
    /// Media type without parameters, in lower case; empty where the response has none.
    package var contentType: String

    /// - Parameter contentType: nil takes it from the response's Content-Type (RFC 9110 section 8.3).
    package init(key: CacheKey, response: StoredResponse, requestTime: UnixTime, contentType: String? = nil) {
        self.key = key
        self.response = response
        self.requestTime = requestTime
        self.contentType = contentType ?? Self.essence(of: response.head)
    }

    static func essence(of head: ResponseHead) -> String {
        head.fields.first(.contentType).flatMap { MediaType($0) }?.essence ?? ""
    }
}
