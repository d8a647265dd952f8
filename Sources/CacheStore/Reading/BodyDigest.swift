import Crypto
import HTTPCaching
import HTTPSemantics

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
        // Put together here (`CacheKey.text`): each piece that the hash is fed costs as much as a short text.
        var (method, url) = (key.method.rawValue, key.url.serialized)
        return method.withUTF8 { method in
            url.withUTF8 { url in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: method.count + 1 + url.count) { text in
                    _ = UnsafeMutableBufferPointer(rebasing: text[..<method.count]).initialize(from: method)
                    text.initializeElement(at: method.count, to: UInt8(ascii: " "))
                    _ = UnsafeMutableBufferPointer(rebasing: text[(method.count + 1)...]).initialize(from: url)
                    return prefix(ofBytes: UnsafeRawBufferPointer(text))
                }
            }
        }
    }

    /// The same of another text.
    static func prefix(ofText text: String) -> Int64 {
        var text = text
        return text.withUTF8 { prefix(ofBytes: UnsafeRawBufferPointer($0)) }
    }

    private static func prefix(ofBytes bytes: UnsafeRawBufferPointer) -> Int64 {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hash.finalize().withUnsafeBytes { Int64(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))) }
    }

    /// The first 8 bytes of a digest, as the signed number that indexes use; 0 where it is shorter.
    static func prefix(of digest: [UInt8]) -> Int64 {
        guard digest.count >= 8 else { return 0 }
        return digest.withUnsafeBytes { Int64(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))) }
    }
}
