package import HTTPSemantics

/// Sends requests and streams responses: the seam between the cache and the network.
///
/// It follows no redirect, decodes no content and stores nothing; what it hands out is what came over the wire with the
/// framing of HTTP/1.1 taken off.
package protocol Transport: Sendable {
    /// Sends one request and returns as soon as the response head is there; the body follows through `TransportResponse.body`.
    ///
    /// A connection kept alive that turns out closed before any byte of a response is replaced by a fresh one, once, where the
    /// method is idempotent or nothing had been written (RFC 9112 section 9.3.1), and no piece of a streamed content had been
    /// asked for. Cancelling the task closes the connection.
    ///
    /// A streamed content may still be on its way when the head is there. A final status of 300 and above ends its sending; after
    /// a status below it goes on until the response is complete.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse

    /// Closes every connection; exchanges under way fail with `cancelled`. Not to be called from a task that runs on one of
    /// the transport's own executors.
    func shutdown() async
}

/// One request.
package struct TransportRequest: Sendable {
    /// Method, target and fields. The transport writes Host, Content-Length, Transfer-Encoding and Connection itself and passes
    /// over the caller's lines of these names; all others go out as given. User information in the URL is not sent.
    package var head: RequestHead
    /// The content; nil: none. With any method. Where the fields have `Expect: 100-continue`, it is held back until the server
    /// answers 100, or has said nothing for 1 s, and not sent at all after a final status (RFC 9110 section 10.1.1).
    package var body: RequestContent?
    /// From `send` to the last byte of the body, for this exchange alone; the shorter of this and
    /// `TransportConfiguration.maximumTime` counts. Default nil: the configuration's. Zero and less: `max_time` at once.
    package var maximumTime: Duration?
    /// Where to connect; nil: where the URL says. The proxies and the address filter of the configuration do not apply to a server
    /// that is given, and its connections serve only requests that give the same one.
    package var server: Server?
    /// Told of each informational response (RFC 9110 section 15.2), 100 included, before the final one; 101 is an error. Called on
    /// the event loop, so it must not block. Their number is bounded by `TransportConfiguration.maximumHeadBytes`.
    package var interim: (@Sendable (ResponseHead) -> Void)?

    package init(head: RequestHead, body: [UInt8]? = nil, maximumTime: Duration? = nil) {
        self.init(head: head, content: body.map(RequestContent.bytes), maximumTime: maximumTime)
    }

    package init(
        head: RequestHead, content: RequestContent?, maximumTime: Duration? = nil, server: Server? = nil,
        interim: (@Sendable (ResponseHead) -> Void)? = nil
    ) {
        self.head = head
        body = content
        self.maximumTime = maximumTime
        self.server = server
        self.interim = interim
    }
}

/// One response, its body still arriving.
package struct TransportResponse: Sendable {
    package var head: ResponseHead
    /// The content as it is on the wire; a reader that loses interest lets go of it, which closes the connection.
    package var body: TransportBody
    /// When the request was handed to the connection (RFC 9111 section 4.2.3, request_time).
    package var requestTime: UnixTime
    /// When the head arrived (RFC 9111 section 4.2.3, response_time).
    package var responseTime: UnixTime
    /// The peer's address and port, `192.0.2.1:80` or `[2001:db8::1]:80`; the proxy's where there is one.
    package var remoteAddress: String
    package var timings: TransportTimings
    /// The size of the head with one space and no padding in each line: what it took on the wire with nearly every server.
    package var headBytes: Int
    /// The server that answered where one was given in the place of the URL's; nil: none was.
    package var server: Server?
}

/// How long the parts of an exchange took, in milliseconds.
package struct TransportTimings: Hashable, Sendable {
    /// Name look-up, TCP, proxy and TLS; nil where a connection was kept alive from before.
    package var connectMilliseconds: Int64?
    /// From handing the request to the connection until the first byte of the response.
    package var firstByteMilliseconds: Int64

    package init(connectMilliseconds: Int64?, firstByteMilliseconds: Int64) {
        self.connectMilliseconds = connectMilliseconds
        self.firstByteMilliseconds = firstByteMilliseconds
    }
}
