import Crypto

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

    /// The first 8 bytes of SHA-256 of a text, as the signed number that indexes use.
    static func prefix(ofText text: String) -> Int64 {
        var text = text
        return text.withUTF8 { text in
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
