package import HTTPSemantics
import Synchronization

/// The content of one response while it arrives; for one reader at a time.
///
/// Letting go of it before the end closes the connection, so that nothing leaks.
package final class TransportBody: Sendable {
    private let exchange: Exchange
    private typealias Observer = @Sendable (TransportError?) -> Void

    private struct Watch {
        /// To be told, once, of the end.
        var observers: [Observer] = []
        /// How the body ended; nil while it goes on.
        var end: TransportError??
    }

    private let watch = Mutex(Watch())

    init(exchange: Exchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.cancel()
        over(nil)
    }

    /// All bytes that have arrived since the last call, waiting for some where there are none; nil at the end.
    ///
    /// The end is only reported when the framing proves it: Content-Length met, last chunk seen, or for a body that ends with
    /// the connection a clean close, over TLS with close_notify (RFC 9112 section 8). Everything else is `truncated_body` or
    /// the code of what happened.
    package func next() async throws(TransportError) -> [[UInt8]]? {
        do throws(TransportError) {
            let chunks = try await exchange.nextChunks()
            if chunks == nil { over(nil) }
            return chunks
        } catch {
            over(error)
            throw error
        }
    }

    /// The trailer section (RFC 9110 section 6.5), without fields that are hop-by-hop or frame a message; empty before `next` has
    /// returned nil, and where there is none.
    package var trailers: FieldSection { exchange.trailers }

    /// Gives the rest of the body up and closes the connection. Does nothing after the end.
    package func cancel() {
        exchange.cancel()
        over(nil)
    }

    /// Has `observer` told, once, when the body is over: of its error, or of nil at its end and where the reader gave it up. At
    /// once where that has been.
    package func whenOver(_ observer: @escaping @Sendable (TransportError?) -> Void) {
        let end = watch.withLock { watch in
            if watch.end == nil { watch.observers.append(observer) }
            return watch.end
        }
        if let end { observer(end) }
    }

    private func over(_ error: TransportError?) {
        let observers = watch.withLock { watch -> [Observer] in
            guard watch.end == nil else { return [] }
            watch.end = .some(error)
            defer { watch.observers = [] }
            return watch.observers
        }
        for observer in observers { observer(error) }
    }
}
