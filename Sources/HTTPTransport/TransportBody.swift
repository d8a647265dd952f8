/// The content of one response while it arrives; for one reader at a time.
///
/// Letting go of it before the end closes the connection, so that nothing leaks.
package final class TransportBody: Sendable {
    private let exchange: Exchange

    init(exchange: Exchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.cancel()
    }

    /// All bytes that have arrived since the last call, waiting for some where there are none; nil at the end.
    ///
    /// The end is only reported when the framing proves it: Content-Length met, last chunk seen, or for a body that ends with
    /// the connection a clean close, over TLS with close_notify (RFC 9112 section 8). Everything else is `truncated_body` or
    /// the code of what happened. Trailer fields are read and dropped (RFC 9110 section 6.5.1 allows it).
    package func next() async throws(TransportError) -> [[UInt8]]? {
        try await exchange.nextChunks()
    }

    /// Gives the rest of the body up and closes the connection. Does nothing after the end.
    package func cancel() {
        exchange.cancel()
    }
}
