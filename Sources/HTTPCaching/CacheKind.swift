/// Whose cache it is (RFC 9111 section 1): one user's, or one that serves many.
package enum CacheKind: Hashable, Sendable, CaseIterable {
    /// Serves one user: the command line.
    case `private`
    /// Serves several users: a proxy.
    case shared
}
