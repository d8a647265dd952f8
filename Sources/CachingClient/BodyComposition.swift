import CacheStore
import HTTPCaching

/// Content that is put together of what the store holds in part and of what arrives (RFC 9111 section 3.4).
struct BodyComposition: Sendable {
    /// In the order of the new content.
    let pieces: [HeldRanges.Piece]
    /// What the kept pieces are of.
    let kept: StoredBody
    /// Whether the client gets the whole that comes about, not only what arrives.
    let isDeliveredWhole: Bool
}
