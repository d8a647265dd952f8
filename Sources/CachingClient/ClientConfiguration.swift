package import CrawlPolicy
package import HTTPCaching

/// How a `CachingClient` uses its cache and bounds what it takes in.
package struct ClientConfiguration: Sendable {
    /// What the user allows beyond RFC 9111, or asks in place of it.
    package var reuse: ReuseOptions
    /// Whose cache it is.
    package var kind: CacheKind
    /// Whether a stale answer may be used while it is validated, where the response allows it (RFC 5861 section 3). A server does
    /// so; a job that ends with its last answer waits for the validation.
    package var revalidatesInBackground: Bool
    /// The longest content that is accepted, in bytes as sent; nil means no limit.
    package var maximumBodyBytes: Int64?
    /// Redirects followed for one request; 0 means none.
    package var maximumRedirects: Int
    /// Time for one URL over all its redirects and retries, waiting for its host's turn left out; nil means no limit.
    package var maximumTime: Duration?
    /// Content bytes a second over all fetches; nil means no limit.
    package var bytesPerSecond: Int64?
    /// Content up to this size is held in memory until it is complete; longer content goes to the disk as it comes.
    package var memoryBytesPerBody: Int
    /// What is asked of one host at a time, counted over all processes that use the cache; nil: no turns are taken, as before
    /// servers of one's own.
    package var politeness: PolitenessPolicy?
    /// How long a fetch waits for another that is fetching the same thing, or for its host's turn.
    package var lockTimeout: Duration

    package init(
        reuse: ReuseOptions = ReuseOptions(),
        kind: CacheKind = .private,
        revalidatesInBackground: Bool = false,
        maximumBodyBytes: Int64? = nil,
        maximumRedirects: Int = 20,
        maximumTime: Duration? = nil,
        bytesPerSecond: Int64? = nil,
        memoryBytesPerBody: Int = 256 * 1024,
        politeness: PolitenessPolicy? = nil,
        lockTimeout: Duration = .seconds(300)
    ) {
        self.reuse = reuse
        self.kind = kind
        self.revalidatesInBackground = revalidatesInBackground
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumRedirects = maximumRedirects
        self.maximumTime = maximumTime
        self.bytesPerSecond = bytesPerSecond
        self.memoryBytesPerBody = memoryBytesPerBody
        self.politeness = politeness
        self.lockTimeout = lockTimeout
    }
}
