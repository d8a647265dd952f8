import HTTPCaching
package import HTTPSemantics

/// What is known of an answer before its content.
package struct AnswerPreamble: Sendable {
    /// The head as stored or received, or as made for the client's own conditions and ranges.
    package var head: ResponseHead
    package var outcome: CacheOutcome
    /// The rule that decided, as a stable name.
    package var reason: String
    /// Age in seconds of an answer from the store; nil for what was just fetched.
    package var age: Int64?
    /// What the store has now, or will have once the content is complete: others may be answered from it as the rules allow. Nil
    /// where nothing is stored.
    var stored: StoredResponse?
    /// How the cache handled the request (RFC 9211).
    var status: CacheStatus

    /// The length of the content where the head says it.
    var contentLength: Int64? { head.fields.first(.contentLength).flatMap { Int64($0) } }

    init(
        head: ResponseHead, outcome: CacheOutcome, reason: String, age: Int64? = nil, stored: StoredResponse? = nil,
        status: CacheStatus
    ) {
        self.head = head
        self.outcome = outcome
        self.reason = reason
        self.age = age
        self.stored = stored
        self.status = status
    }
}
