import Crypto
import HTTPCaching
import HTTPSemantics

/// The beginning of SHA-256 of a key's text (`CacheKey.text`, FIPS 180-4), as the signed numbers that tables hold.
struct KeyDigest: Hashable, Sendable {
    /// The first 8 bytes: what entries are found by. Keys may share it, so whoever finds one compares the URL.
    let prefix: Int64
    /// The 8 bytes after them: who has both right need not compare the URL where no content is handed out.
    let check: Int64

    init(_ key: CacheKey) {
        self.init(method: key.method.rawValue, url: key.url.serialized)
    }

    /// Of a key as the database has it.
    init(method: String, url: String) {
        // Put together here: each piece that the hash is fed costs as much as a short text.
        var (method, url) = (method, url)
        self = method.withUTF8 { method in
            url.withUTF8 { url in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: method.count + 1 + url.count) { text in
                    _ = UnsafeMutableBufferPointer(rebasing: text[..<method.count]).initialize(from: method)
                    text.initializeElement(at: method.count, to: UInt8(ascii: " "))
                    _ = UnsafeMutableBufferPointer(rebasing: text[(method.count + 1)...]).initialize(from: url)
                    return KeyDigest(ofBytes: UnsafeRawBufferPointer(text))
                }
            }
        }
    }

    /// What the database notes of a response that is decided by numbers: `check`, and where it has a secondary key XORed with that one's digest,
    /// so that whoever has the key has the other digest as well.
    func noted(with secondaryKey: SecondaryKey?) -> Int64 {
        secondaryKey.map { check ^ Self.digest(of: $0) } ?? check
    }

    /// The first 8 bytes of SHA-256 of a secondary key: of the value of Vary, LF, and its fields as the database has them.
    static func digest(of secondaryKey: SecondaryKey) -> Int64 {
        BodyDigest.prefix(ofText: secondaryKey.vary + "\n" + secondaryKey.fields.serialized)
    }

    private init(ofBytes bytes: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        (prefix, check) = hash.finalize().withUnsafeBytes { digest in
            (Self.number(digest, at: 0), Self.number(digest, at: 8))
        }
    }

    private static func number(_ digest: UnsafeRawBufferPointer, at offset: Int) -> Int64 {
        Int64(bitPattern: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
}
