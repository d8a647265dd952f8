import HTTPSemantics

/// The names of the directives that are read (RFC 9111 section 5.2, RFC 5861, RFC 8246).
enum CacheDirective: Hashable {
    case noStore, noCache, `private`, `public`, mustRevalidate, proxyRevalidate, mustUnderstand, immutable, onlyIfCached
    case maxAge, sharedMaxAge, staleWhileRevalidate, staleIfError, minFresh, maxStale

    /// Nil for a name that none of them has; case counts for nothing.
    init?(_ name: UnsafeBufferPointer<UInt8>) {
        for (spelling, directive) in Self.names
        where spelling.utf8CodeUnitCount == name.count && Grammar.equalIgnoringCase(name, spelling) {
            self = directive
            return
        }
        return nil
    }

    init?(_ name: String) {
        var name = name
        guard let directive = name.withUTF8({ CacheDirective($0) }) else { return nil }
        self = directive
    }

    /// The most frequent first.
    private static let names: [(StaticString, CacheDirective)] = [
        ("max-age", .maxAge),
        ("public", .public),
        ("no-cache", .noCache),
        ("must-revalidate", .mustRevalidate),
        ("private", .private),
        ("no-store", .noStore),
        ("s-maxage", .sharedMaxAge),
        ("immutable", .immutable),
        ("stale-while-revalidate", .staleWhileRevalidate),
        ("stale-if-error", .staleIfError),
        ("proxy-revalidate", .proxyRevalidate),
        ("must-understand", .mustUnderstand),
        ("only-if-cached", .onlyIfCached),
        ("max-stale", .maxStale),
        ("min-fresh", .minFresh),
    ]

    /// What it says by being there; nil where it needs a number.
    var flag: CacheControl.Flags? {
        switch self {
        case .noStore: .noStore
        case .noCache: .noCache
        case .private: .private
        case .public: .public
        case .mustRevalidate: .mustRevalidate
        case .proxyRevalidate: .proxyRevalidate
        case .mustUnderstand: .mustUnderstand
        case .immutable: .immutable
        case .onlyIfCached: .onlyIfCached
        case .maxAge, .sharedMaxAge, .staleWhileRevalidate, .staleIfError, .minFresh, .maxStale: nil
        }
    }
}
