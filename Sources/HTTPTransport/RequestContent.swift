/// The content of a request (RFC 9110 section 6.4).
package enum RequestContent: Sendable {
    /// All of it at once; its size is the caller's memory.
    case bytes([UInt8])
    /// Piece after piece, asked for as the connection can take them.
    case stream(RequestStream)
}

/// Content that is made, or arrives from elsewhere, while it is sent. It can be sent once.
package struct RequestStream: Sendable {
    /// The size in bytes, sent as Content-Length; nil: not known, sent as chunks (RFC 9112 section 7.1). Fewer or more bytes than
    /// announced end the exchange with `invalid_request` and close the connection.
    package let length: Int64?
    /// The next piece; nil at the end. An empty piece is passed over. It is called by one task at a time, which is cancelled when
    /// no more is wanted: the response may be complete, or refuse the content, before all of it was sent. An error ends the
    /// exchange, with that error where it is a `TransportError`, and closes the connection.
    package let next: @Sendable () async throws -> [UInt8]?

    package init(length: Int64?, next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.length = length
        self.next = next
    }
}
