package import CacheStore
package import HTTPSemantics

/// An answer on its way to a client of the proxy.
package struct Answer: Sendable {
    /// End-to-end fields only, with Age, Date and Cache-Status as the client shall see them; Content-Length where the length is
    /// known. The fields of the connection (Connection, Transfer-Encoding, Via) are the server's to add.
    package var head: ResponseHead
    package var body: AnswerBody
    package var outcome: CacheOutcome
    /// The rule that decided, as a stable name.
    package var reason: String

    package init(head: ResponseHead, body: AnswerBody, outcome: CacheOutcome, reason: String) {
        self.head = head
        self.body = body
        self.outcome = outcome
        self.reason = reason
    }
}

/// A whole, fresh response that lies in memory. Nothing in it changes from request to request but the two numbers, so that a
/// server can keep the rest of the answer as bytes, in `RememberedContent.derived`.
package struct MemoryHit: Sendable {
    /// As stored; the status is 200.
    package let head: ResponseHead
    package let content: RememberedContent
    /// What the Age field says, in seconds.
    package let age: Int64
    /// For how many seconds it stays fresh.
    package let timeToLive: Int64

    package init(head: ResponseHead, content: RememberedContent, age: Int64, timeToLive: Int64) {
        self.head = head
        self.content = content
        self.age = age
        self.timeToLive = timeToLive
    }
}

/// The content of an answer.
package enum AnswerBody: Sendable {
    /// No content follows (HEAD, 204, 304); Content-Length may tell of some all the same (RFC 9110 section 8.6).
    case none
    /// Whole in memory.
    case bytes([UInt8])
    /// Whole in memory and kept there for others: what is made of it can be kept beside it.
    case remembered(RememberedContent)
    /// As it comes, from the store or from the origin.
    case stream(any AnswerStream)
}

/// Content that comes piece by piece; for one reader.
package protocol AnswerStream: Sendable {
    /// What has come since the last call, waiting for some where there is none; nil at the proven end.
    ///
    /// - Throws: where the content is cut short: the client must not take what it has for the whole.
    func next() async throws(FetchError) -> [[UInt8]]?

    /// The trailer section, once `next` has given nil (RFC 9110 section 6.5); empty where there is none.
    var trailers: FieldSection { get }

    /// The client has gone. The fetch goes on where others read the same answer, or where it is nearly done.
    func cancel()
}
