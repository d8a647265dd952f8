package import HTTPCaching
package import HTTPSemantics

/// What decides the reuse of a stored response that is decided by numbers (`StoredResponse.isDecidedByNumbers`) and the only one of its
/// key.
package struct StoredFreshness: Sendable {
    package let id: EntryID
    /// For the kind of cache that was asked for: its terms stand for both.
    package let freshness: Freshness
    /// Nil where it has no Vary.
    package let secondaryKey: SecondaryKey?
    /// When it last answered a request, as far as written; a little late.
    package let lastUse: UnixTime
    /// Length of its content in bytes as received.
    package let wireBytes: Int64
}
