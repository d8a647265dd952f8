package import CrawlPolicy
package import HTTPSemantics

/// What a crawl of a list does with each URL, and how hard it works.
package struct CrawlConfiguration: Sendable {
    /// Fetches under way at a time, over all hosts; at least 1.
    package var jobs: Int
    package var politeness: PolitenessPolicy
    package var retry: RetryPolicy
    /// Redirects followed for one URL; 0 means none.
    package var maximumRedirects: Int
    /// URLs taken from the list; nil means all.
    package var maximumPages: Int?
    package var method: HTTPMethod
    /// Fields of each request, apart from those that the transport and the cache add.
    package var fields: FieldSection
    /// Content of each request; nil for none.
    package var content: [UInt8]?
    /// URLs that may wait inside the crawl at a time; the list is read no faster than they leave.
    package var window: Int
    /// Whether each URL of a list is told of. Otherwise one that the store has answered whole, with a status below 400 and nothing asked
    /// of anybody, may be only counted: what is made to be told is much of what a fresh answer costs a crawl.
    package var tellsHits: Bool
    /// How long fetches under way may take to end after `Crawler.stop()`, in milliseconds.
    package var stopMilliseconds: Int64

    package init(
        jobs: Int = 16,
        politeness: PolitenessPolicy = PolitenessPolicy(),
        retry: RetryPolicy = RetryPolicy(),
        maximumRedirects: Int = 20,
        maximumPages: Int? = nil,
        method: HTTPMethod = .get,
        fields: FieldSection = [:],
        content: [UInt8]? = nil,
        window: Int = 4096,
        tellsHits: Bool = true,
        stopMilliseconds: Int64 = 5_000
    ) {
        self.jobs = max(1, jobs)
        self.politeness = politeness
        self.retry = retry
        self.maximumRedirects = maximumRedirects
        self.maximumPages = maximumPages
        self.method = method
        self.fields = fields
        self.content = content
        self.window = max(1, window)
        self.tellsHits = tellsHits
        self.stopMilliseconds = stopMilliseconds
    }
}
