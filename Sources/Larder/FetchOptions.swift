import HTTPCaching

/// How one request uses the cache, and what bounds it.
public struct FetchOptions: Hashable, Sendable {
    /// Which stored responses may answer. Default: as RFC 9111 says.
    public var freshness = Freshness.standard
    /// The longest content that is accepted, in bytes as sent; more ends the fetch with `body_too_large`. Default nil: no limit.
    public var maximumBodyBytes: Int64?
    /// The longest content that is decoded for ``Response/body``, in bytes without coding: what a server compresses may be a thousand
    /// times as long as what it sends. Default 1 GiB; nil: no limit. What is sent without coding is bounded by `maximumBodyBytes` alone.
    public var maximumDecodedBytes: Int64? = 1 << 30
    /// How many redirects are followed. Default 20; 0: none, a redirect is then an answer like any other.
    public var maximumRedirects = 20
    /// Time for one fetch with all its redirects, up to the last byte of the content; waiting for others apart. Default 5 minutes; nil: no limit.
    public var timeLimit: Duration? = .seconds(300)

    /// The defaults, with this freshness.
    public init(freshness: Freshness = .standard) {
        self.freshness = freshness
    }
}

/// Which stored responses may answer a request, and what becomes of those that may not.
public struct Freshness: Hashable, Sendable {
    let options: ReuseOptions

    /// What RFC 9111 says: what is fresh answers, what is stale is validated with its server.
    public static let standard = Freshness(options: ReuseOptions())
    /// Every stored response is validated with its server, fresh or not.
    public static let refresh = Freshness(options: ReuseOptions(mode: .refresh))
    /// Everything is fetched again, unconditionally.
    public static let reload = Freshness(options: ReuseOptions(mode: .reload))
    /// The network is never used: whatever is stored answers, stale or not. What is not stored ends with an error of the kind
    /// ``LarderError/Kind/offlineMiss``.
    public static let offline = Freshness(options: ReuseOptions(mode: .offline))

    /// What is younger than that is fresh whatever its server said, and what is older is validated. Whole seconds count.
    public static func maximumAge(_ age: Duration) -> Freshness {
        Freshness(options: ReuseOptions(maxAge: max(0, age.components.seconds)))
    }

    /// As RFC 9111 says, and what has been stale for no longer than that answers too. Whole seconds count.
    public static func maximumStaleness(_ staleness: Duration) -> Freshness {
        Freshness(options: ReuseOptions(maxStale: max(0, staleness.components.seconds)))
    }
}
