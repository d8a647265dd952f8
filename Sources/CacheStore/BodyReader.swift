import Synchronization

/// Hands out the stored bytes of a body piece by piece; holds one piece at a time.
///
/// The bytes are those that are stored: where the body's coding is gzip by us, inflating them gives the wire bytes. Whether
/// they match the digest is for the caller to find, who has the decoder.
package final class BodyReader: Sendable {
    /// The body that is read.
    package let body: StoredBody
    private let readers: ReaderPool
    private let ordinal = Mutex(0)

    init(body: StoredBody, readers: ReaderPool) {
        self.body = body
        self.readers = readers
    }

    /// The next piece, at most 256 KiB; nil at the end. For one consumer at a time. Throws `bodyGone` where the body was
    /// removed or replaced since it was looked up.
    package func next() async throws(StoreError) -> [UInt8]? {
        let number = ordinal.withLock { ordinal in
            defer { ordinal += 1 }
            return ordinal
        }
        guard number < body.chunkCount else { return nil }
        let body = body
        return try await readers.read("read a body") { reader throws(StoreError) in
            try reader.chunk(number, of: body)
        }
    }
}
