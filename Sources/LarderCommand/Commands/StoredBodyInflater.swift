import CacheStore
import ContentCoding

/// Undoes the store's own compression, for a check of one body.
final class StoredBodyInflater {
    private var inflater: Inflater?

    /// What the store's check asks for: a decoder for one body of that coding.
    @Sendable static func make(_ coding: StoredCoding) -> StoredBodyDecoder? {
        guard coding == .gzip else { return nil }
        return StoredBodyInflater().decode
    }

    private func decode(_ bytes: [UInt8]?) throws -> [[UInt8]] {
        if inflater == nil { inflater = try Inflater(format: .gzip, maximumOutput: nil) }
        if let bytes { inflater?.append(bytes) }
        var pieces: [[UInt8]] = []
        while let piece = try inflater?.next() { pieces.append(piece) }
        if bytes == nil { try inflater?.finish() }
        return pieces
    }
}
