import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import LinkExtraction
import Testing

@testable import CacheStore
@testable import CachingClient
@testable import CrawlEngine

/// Noon of some day, and so long after.
func noon(_ milliseconds: Int64 = 0) -> UnixTime { UnixTime(milliseconds: 1_795_000_000_000 + milliseconds) }

/// A URL as the frontier hands it out.
func leased(_ text: String = "http://a.example/", host: Int64 = 1, depth: Int = 0, flags: LinkFlags = LinkFlags()) throws
    -> LeasedURL
{
    let url = try #require(WebURL(text))
    let authority = url.scheme + "://" + url.authority
    return LeasedURL(
        QueueRow(
            host: host, priority: 0, seq: 1, path: String(url.serialized.dropFirst(authority.count)), fingerprint: 1,
            depth: Int64(depth), referrer: nil, flags: flags.number, attempts: 0), authority: authority)
}

/// A page of a job on its way.
func jobItem(_ text: String = "http://a.example/dir/page.html", depth: Int = 0, flags: LinkFlags = LinkFlags()) throws -> CrawlItem
{
    let request = RequestHead(url: try #require(WebURL(text)))
    return CrawlItem(
        seed: text, request: request, chain: RedirectChain(limit: 0), startTime: noon(),
        lease: try leased(text, depth: depth, flags: flags))
}

/// An answer to it.
func answer(_ status: Int, _ fields: FieldSection = [:], digest: [UInt8]? = Array(1...32)) throws -> FetchOutcome {
    var outcome = FetchOutcome(url: try #require(WebURL("http://a.example/")), outcome: .miss, reason: "miss")
    outcome.head = ResponseHead(status: status, fields: fields)
    outcome.digest = digest
    return outcome
}

extension LinkFlags {
    init(redirects: Int = 0, isRequisite: Bool = false, isSeed: Bool = false, isSitemap: Bool = false) {
        self.init()
        self.redirects = redirects
        self.isRequisite = isRequisite
        self.isSeed = isSeed
        self.isSitemap = isSitemap
    }
}
