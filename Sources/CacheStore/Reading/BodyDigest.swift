import Crypto
import HTTPCaching

/// SHA-256 of a body's wire bytes, which names the body (FIPS 180-4); fed piece by piece.
package struct BodyDigest: Sendable {
    /// The length of a digest in bytes.
    package static let length = 32

    private var hash = SHA256()

    package init() {}

    package mutating func update(_ bytes: [UInt8]) {
        hash.update(data: bytes)
    }

    /// The digest of all bytes given so far: 32 bytes.
    package func finalized() -> [UInt8] {
        Array(hash.finalize())
    }

    /// The digest of one piece: 32 bytes.
    package static func of(_ bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    /// The first 8 bytes of SHA-256 of a key's text, as the signed number that indexes use.
    static func prefix(of key: CacheKey) -> Int64 {
        prefix(ofTextIn: key.textParts)
    }

    /// The same of a text, given in parts.
    static func prefix(ofTextIn parts: [String]) -> Int64 {
        // Together in one piece: each piece that the hash is fed costs as much as a short text.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: parts.reduce(0) { $0 + $1.utf8.count }) { text in
            var count = 0
            for part in parts {
                var part = part
                part.withUTF8 { bytes in
                    _ = UnsafeMutableBufferPointer(rebasing: text[count...]).initialize(from: bytes)
                    count += bytes.count
                }
            }
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(text))
            return hash.finalize().withUnsafeBytes { Int64(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))) }
        }
    }

    /// The first 8 bytes of a digest, as the signed number that indexes use; 0 where it is shorter.
    static func prefix(of digest: [UInt8]) -> Int64 {
        guard digest.count >= 8 else { return 0 }
        return digest.withUnsafeBytes { Int64(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))) }
    }
}
