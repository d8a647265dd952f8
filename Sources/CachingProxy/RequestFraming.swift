/// How far a request reaches, and what its connection may do afterwards: what its head says of its frame (RFC 9112 sections 6
/// and 9.3).
package struct RequestFraming: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case none
        /// So many bytes, more than 0.
        case length(Int64)
        case chunked
    }

    /// Whether the client speaks HTTP/1.1 rather than 1.0.
    package var isHTTP11: Bool
    package var content: Content
    /// Whether the client wants to send another request on the connection (RFC 9112 section 9.3).
    package var isPersistent: Bool
    /// Whether the client waits for 100 (Continue) before it sends its content (RFC 9110 section 10.1.1).
    package var expectsContinue: Bool
    /// Whether the parser takes nothing of this connection after this request: CONNECT, and requests for an upgrade.
    package var endsParsing: Bool
    /// The method where the parser does not know it: methods are open-ended (RFC 9110 section 16.1). Nil where it does.
    package var otherMethod: String?

    package init(
        isHTTP11: Bool = true, content: Content = .none, isPersistent: Bool = true, expectsContinue: Bool = false,
        endsParsing: Bool = false, otherMethod: String? = nil
    ) {
        self.isHTTP11 = isHTTP11
        self.content = content
        self.isPersistent = isPersistent
        self.expectsContinue = expectsContinue
        self.endsParsing = endsParsing
        self.otherMethod = otherMethod
    }
}
