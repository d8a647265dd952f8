package import CacheStore
import HTTPCaching
package import HTTPSemantics

/// What the cache had to do with an answer. The raw values are part of the command line's contract.
package enum CacheOutcome: String, CaseIterable, Hashable, Sendable {
    /// Answered from the store, nothing asked of the network.
    case hit
    /// The origin confirmed the stored response with a 304; no content was transferred.
    case revalidated
    /// Fetched in full and stored.
    case miss
    /// Answered from the store although stale, as the user or the rules allow.
    case stale
    /// Fetched in full and not stored, as the rules demand.
    case uncacheable
    /// Not in the store, and the network may not be used.
    case offlineMiss = "offline-miss"
    /// Not tried.
    case skipped
    /// No whole response came.
    case error
}

/// The answer to one request: one hop, redirects not followed.
package struct FetchOutcome: Sendable {
    package var url: WebURL
    package var outcome: CacheOutcome
    /// The head as stored or received; nil for `offlineMiss`.
    package var head: ResponseHead?
    /// Where the content lies in the store; nil where nothing is stored, for content that waits for its commit, and for HEAD.
    package var body: StoredBody?
    /// Which bytes of `body` answer the request.
    package var content: ServedContent
    /// SHA-256 of the content that lies in the store, or is on its way there; nil where none does.
    package internal(set) var digest: [UInt8]?
    /// What a server says of an answer from the store before its content.
    var servedPreamble: AnswerPreamble?
    /// The rule that decided, as a stable name.
    package var reason: String
    /// Age in seconds of an answer from the store; nil for what was just fetched.
    package var age: Int64?
    /// Content bytes that came over the network.
    package var networkBytes: Int64
    /// Length of the content as the server sends it, its Content-Encoding still on.
    package var bodyBytes: Int64
    /// Bytes that the content takes in the store; 0 where it is not stored.
    package var storedBytes: Int64
    /// From the start of the fetch until its content was complete.
    package var elapsedMilliseconds: Int64
    /// The entry that answered, where one in the store did.
    package var entry: EntryID?
    /// The transaction that makes the answer durable; nil where nothing is written.
    package var commit: CommitHandle?

    init(url: WebURL, outcome: CacheOutcome, reason: String) {
        self.url = url
        self.outcome = outcome
        self.reason = reason
        content = .none
        networkBytes = 0
        bodyBytes = 0
        storedBytes = 0
        elapsedMilliseconds = 0
    }

    /// An answer from a stored response, in the form that the request's conditions and ranges ask for.
    ///
    /// - Parameter status: what a server says of it in Cache-Status; nil where nobody is told: the head of a whole answer is then
    ///   as it is stored, without its Age.
    init(_ serving: Serving, from stored: StoredEntry, to request: RequestHead, as outcome: CacheOutcome, status: CacheStatus?) {
        self.init(url: request.url, outcome: outcome, reason: serving.reason.name)
        age = serving.age
        entry = stored.id
        if let status {
            let (head, content) = ServedContent.make(serving, stored: stored, request: request)
            self.head = head
            self.content = content
            let isForAll = serving.form == .whole && request.method == .get
            servedPreamble = AnswerPreamble(
                head: head, outcome: outcome, reason: reason, age: age, stored: isForAll ? stored.response : nil, status: status)
        } else if serving.form == .whole {
            head = serving.updatedHead ?? stored.response.head
            content = request.method == .head ? .none : .whole
        } else {
            (head, content) = ServedContent.make(serving, stored: stored, request: request)
        }
        guard content != .none else { return }
        body = stored.body
        digest = stored.body.digest
        bodyBytes = content.length(of: stored.body)
        storedBytes = stored.body.storedBytes
    }
}

/// A piece of the answer on its way to whoever asked for it.
package enum BodyEvent: Sendable {
    /// The answer's head; comes once, first.
    case head(AnswerPreamble)
    /// Content in order, its Content-Encoding still on.
    case bytes([UInt8])
    /// The content is long and goes to the store as it comes; from here what has been written can be read. Comes once or not at
    /// all.
    case spilled(BodySpill.Source)
    /// The content is complete, as its framing or its digest proves; with the trailer section, which is mostly empty. Comes once,
    /// last; where something breaks off it does not come.
    case end(FieldSection)
}

/// Receives the answer as it comes; the fetch goes on when it returns, which is the back-pressure.
package typealias BodyConsumer = @Sendable (BodyEvent) async throws -> Void
