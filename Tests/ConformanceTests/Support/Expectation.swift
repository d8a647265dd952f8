/// What a step must find.
enum Expectation: Sendable {
    /// The status is one of these.
    case statuses([Int])
    /// One more request reached the origin, and the response is the answer to it.
    case fetched
    /// No request reached the origin; the content is that of the N-th answer.
    case hitOf(Int)
    /// One more request reached the origin, with a condition; the content is that of the N-th answer.
    case validatedTo(Int)
    /// So many requests reached the origin in this step.
    case requests(Int)
    /// At most so many requests reached the origin in this step.
    case atMostRequests(Int)
    /// So many requests have reached the origin in the whole case, now or soon.
    case eventually(Int)
    case body(String)
    /// The content is that of the N-th answer.
    case bodyOf(Int)
    case bodyContains(String)
    /// The contents of all responses on the connection, in order.
    case bodies([String])
    /// All lines of the field, joined, are this value.
    case field(String, String)
    case fieldContains(String, String)
    case fieldLacks(String, String)
    case has(String)
    case lacks(String)
    case age(ClosedRange<Int>)
    case trailer(String, String)
    /// An interim response of this status came first.
    case interim(Int)
    case interimField(String, String)
    /// The latest request at the origin had this.
    case forwarded(String, String)
    case forwardedContains(String, String)
    case forwardedHas(String)
    case forwardedLacks(String)
    /// The latest request line at the origin begins so.
    case forwardedLine(String)
    case forwardedBody(String)
    /// The latest request line at the origin ends so.
    case forwardedVersion(String)
    /// Cache-Status has this text; looked at where the proxy is ours.
    case cacheStatus(String)
    case cacheStatusLacks(String)
    /// The Cache-Status of at least one of the clients has this text.
    case someCacheStatus(String)
    /// The proxy closes the connection.
    case closes
    /// The connection is usable for another request.
    case persists
    /// The response breaks off, so that the client knows.
    case incomplete
    /// One of these statuses, the connection closed, and nothing sent to the origin.
    case refused([Int])
    /// The response breaks off, or has one of these statuses.
    case brokenOr([Int])

    static let hit = Expectation.hitOf(1)
    static let validated = Expectation.validatedTo(1)
    static let noRequest = Expectation.requests(0)

    static func status(_ codes: Int...) -> Expectation { .statuses(codes) }
    /// The request is refused with one of these and the connection closed; no request reaches the origin.
    static func refusal(_ codes: Int...) -> Expectation { .refused(codes) }
}
