import Synchronization

/// Hands out the stored bytes of a body piece by piece; holds one piece at a time.
///
/// The bytes are those that are stored: where the body's coding is gzip by us, inflating them gives the wire bytes. Whether
/// they match the digest is for the caller to find, who has the decoder.
package final class BodyReader: Sendable {
    /// The body that is read.
    package let body: StoredBody
    /// How many bytes of the body are left out at the beginning: what was asked for, but 0 where that was negative and where the
    /// body isn't stored as received.
    package let wireOffset: Int64
    private let readers: ReaderPool
    /// The number of the next chunk; nil before the first piece of a body that isn't read from its beginning.
    private let ordinal: Mutex<Int?>

    init(body: StoredBody, from wireOffset: Int64, readers: ReaderPool) {
        self.body = body
        self.readers = readers
        self.wireOffset = body.coding == .asReceived ? max(0, wireOffset) : 0
        self.ordinal = Mutex(self.wireOffset == 0 ? 0 : nil)
    }

    /// The next piece, at most 256 KiB; nil at the end. For one consumer at a time. Throws `bodyGone` where the body was
    /// removed or replaced since it was looked up.
    package func next() async throws(StoreError) -> [UInt8]? {
        let number = ordinal.withLock { ordinal in
            defer { ordinal = ordinal.map { $0 + 1 } }
            return ordinal
        }
        let (body, offset) = (body, wireOffset)
        guard let number else {
            let (first, bytes) = try await readers.read("read a body") { reader throws(StoreError) -> (Int, [UInt8]?) in
                let (first, start) = try reader.position(of: offset, in: body)
                guard first < body.chunkCount else { return (first, nil) }
                return (first, Array(try reader.chunk(first, of: body).dropFirst(start)))
            }
            ordinal.withLock { $0 = first + 1 }
            return bytes
        }
        guard number < body.chunkCount else { return nil }
        return try await readers.read("read a body") { reader throws(StoreError) in
            try reader.chunk(number, of: body)
        }
    }
}
