/// How a body's stored bytes relate to its wire bytes. The raw values are stored: never change one.
package enum StoredCoding: Int, Hashable, Sendable {
    /// The very bytes that came over the wire.
    case asReceived = 0
    /// The wire bytes, compressed by us in gzip format: inflate to get them.
    case gzip = 1
}

/// A whole body in the store; the bytes are read with `CacheStore.readBody`.
package struct StoredBody: Hashable, Sendable {
    /// The row that holds it.
    package let id: Int64
    /// The digest in four numbers, which need no memory of their own; nil where it is none, by damage.
    private let digestWords: SIMD4<UInt64>?
    package let coding: StoredCoding
    /// Length as received.
    package let wireBytes: Int64
    /// Length as stored.
    package let storedBytes: Int64
    /// Length without any coding; nil where nobody has decoded it yet.
    package let decodedBytes: Int64?
    /// In how many pieces `BodyReader` hands it out; 0 for an empty body.
    package let chunkCount: Int

    init(
        id: Int64, digest: UnsafeRawBufferPointer, coding: StoredCoding, wireBytes: Int64, storedBytes: Int64,
        decodedBytes: Int64?, chunkCount: Int
    ) {
        self.id = id
        digestWords = digest.count == BodyDigest.length ? digest.loadUnaligned(as: SIMD4<UInt64>.self) : nil
        self.coding = coding
        self.wireBytes = wireBytes
        self.storedBytes = storedBytes
        self.decodedBytes = decodedBytes
        self.chunkCount = chunkCount
    }

    /// A length as the database has it, or near to it: no damage makes one of which a sum could overflow.
    static func plausible(_ bytes: Int64) -> Int64 { min(max(bytes, 0), 1 << 44) }

    /// SHA-256 of the wire bytes, 32 bytes; empty where the database has none, by damage.
    package var digest: [UInt8] { digestWords.map { withUnsafeBytes(of: $0) { Array($0) } } ?? [] }
}

/// A body that lies in memory whole, ready to be stored.
package struct CompleteBody: Sendable {
    /// The bytes to store, in order; pieces of any size.
    package var chunks: [[UInt8]]
    /// SHA-256 of the wire bytes, 32 bytes.
    package var digest: [UInt8]
    /// Length as received.
    package var wireBytes: Int64
    package var coding: StoredCoding
    /// Length without any coding; nil where it is not known.
    package var decodedBytes: Int64?

    package init(
        chunks: [[UInt8]], digest: [UInt8], wireBytes: Int64, coding: StoredCoding = .asReceived, decodedBytes: Int64? = nil
    ) {
        self.chunks = chunks
        self.digest = digest
        self.wireBytes = wireBytes
        self.coding = coding
        self.decodedBytes = decodedBytes
    }

    /// The body of a response without content.
    package static let empty = CompleteBody(chunks: [], digest: BodyDigest.of([]), wireBytes: 0, decodedBytes: 0)

    /// The length as stored.
    var storedBytes: Int { chunks.reduce(0) { $0 + $1.count } }
}

/// Where chunks lie in the table of chunks.
enum ChunkID {
    /// The longest chunk in bytes.
    static let maximumBytes = 256 * 1024
    /// Chunks that one body can have: 2^20 of 256 KiB are 256 GiB.
    static let maximumCount: Int64 = 1 << 20

    static func first(of body: Int64) -> Int64 { body << 20 }
    static func last(of body: Int64) -> Int64 { body << 20 | (maximumCount - 1) }
}
