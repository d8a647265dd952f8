/// Why this proxy answers a request itself, with a status of its own: a stable code and a sentence for people.
package struct Refusal: Error, Hashable, Sendable {
    /// 400 to 599.
    package var status: Int
    /// A name in snake case, the same in `Cache-Status` and in logs.
    package var code: String
    /// What was wrong and what to do; nothing that a client or a server sent, so that nothing needs escaping.
    package var message: String
    /// In seconds, sent as Retry-After; nil: none.
    package var retryAfter: Int?

    package init(_ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}

extension Refusal {
    static func badRequest(_ message: String) -> Refusal { Refusal(400, "bad_request", message) }

    static let headTooLarge = Refusal(431, "head_too_large", "The head of the request is too large.")
    static let lineTooLong = Refusal(431, "field_too_large", "A field line of the request is too long.")
    static let tooManyFields = Refusal(431, "too_many_fields", "The request has too many field lines.")
    static let targetTooLong = Refusal(414, "target_too_long", "The target of the request is too long.")
    static let unsupportedVersion = Refusal(505, "version_not_supported", "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    static let unsupportedCoding = Refusal(
        501, "transfer_coding_not_supported", "The only transfer coding that is understood here is chunked.")
    static let unknownMethod = Refusal(501, "method_not_supported", "This method is not known here.")
    static let expectationFailed = Refusal(417, "expectation_failed", "The only expectation that can be met here is 100-continue.")
    static let loop = Refusal(508, "loop_detected", "The request would come back to this proxy: it goes round in a loop.")
    static let foreignHost = Refusal(
        421, "misdirected_request",
        "The Host field does not name this machine. Ask by its loopback address, or start the server with --allow-remote.")
    static let crossSite = Refusal(
        403, "cross_site",
        "A web site may not fetch other sites through this address. A page that is typed in or opened from its own site may.")
    static let noTunnelInReverse = Refusal(
        403, "tunnel_refused", "This server stands in front of a site and opens no tunnels. Ask it for the site itself.")
    static let noTunnel = Refusal(
        403, "port_refused", "Tunnels to this port are not allowed here. Start the server with --connect-ports to name others.")
    static let tooManyConnections = Refusal(
        503, "too_many_connections", "Too many connections are open here. Try again in a moment.", retryAfter: 1)
    static let headTimeout = Refusal(408, "request_timeout", "The request did not arrive in time.")
    static let notAProxyRequest = Refusal(
        404, "not_found",
        """
        This is a caching proxy. Use it by http_proxy=http://HOST:PORT, or put the URL behind its address: \
        http://HOST:PORT/https://example.com/page
        """)
}
