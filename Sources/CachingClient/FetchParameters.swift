package import HTTPSemantics
package import HTTPTransport

/// What goes along with a request: its content, its time, and who receives what comes of it.
package struct FetchParameters: Sendable {
    /// The request's content; nil for none.
    package var content: RequestContent?
    /// How long the exchange with the origin may take; nil leaves that to the transport.
    package var timeLeft: Duration?
    /// Receives the answer, from wherever it comes; nil where only the cache wants it.
    package var deliver: BodyConsumer?
    /// Told of informational responses (RFC 9110 section 15.2) while the origin is asked, on the event loop.
    package var interim: (@Sendable (ResponseHead) -> Void)?
    /// What was granted beforehand; nil: the fetch waits for it.
    package var permit: FetchPermit?
    /// Whether the answer's end is held back until what it leaves in the store is there for the next request.
    var awaitsCommit = false
    /// Whether the answer goes on where the store fails: a server's clients want it anyway, a crawl must know.
    var outlivesStore = false
    /// Whether an answer that lies in the store is not delivered but left there: `FetchOutcome` says where.
    var leavesStored = false

    package init(
        content: RequestContent? = nil, timeLeft: Duration? = nil, deliver: BodyConsumer? = nil,
        interim: (@Sendable (ResponseHead) -> Void)? = nil, permit: FetchPermit? = nil
    ) {
        self.permit = permit
        self.content = content
        self.timeLeft = timeLeft
        self.deliver = deliver
        self.interim = interim
    }

    /// - Parameter bytes: the request's content, all of it; nil for none.
    package init(bytes: [UInt8]?, timeLeft: Duration? = nil, deliver: BodyConsumer? = nil, permit: FetchPermit? = nil) {
        self.init(content: bytes.map(RequestContent.bytes), timeLeft: timeLeft, deliver: deliver, permit: permit)
    }
}
