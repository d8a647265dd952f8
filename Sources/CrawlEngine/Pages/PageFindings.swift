import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics

/// What a job takes from the answer to a URL.
struct PageFindings: Sendable {
    /// Links that are to be followed.
    var links: [FrontierURL] = []
    /// Links that are not, and why.
    var cuts: [FrontierCut] = []
    /// The first 8 bytes of the content's digest; nil: there is none.
    var digest: UInt64?
    /// Where a redirect leads; nil: it is none.
    var redirectURL: String?
    /// The fingerprint of that URL, where it may lie on a circle.
    var redirectTarget: UInt64?
    /// Why the redirect is none that can be followed; nil: it is.
    var redirectError: FetchError?
    /// What it brought, as far as budgets go.
    var news = PageNews.failure
}
