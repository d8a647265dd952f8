import CacheStore
import CrawlPolicy
import HTTPSemantics

/// Finds the sitemaps of the sites of a job's seeds.
struct SiteSitemaps: Sendable {
    let canonicalizer: URLCanonicalizer
    let key: FingerprintKey

    /// Those that a site's robots.txt names, on any host that the crawl visits.
    func named(by rules: RobotsRules, in scope: CrawlScope) -> [FrontierURL] {
        rules.sitemaps.lazy.map(canonicalizer.canonical).filter(scope.visits)
            .map { LinkFinder.sitemap($0, key: key, isGuess: false) }
    }

    /// `/sitemap.xml` of a URL's site: many have it, and name it nowhere.
    func guess(for url: WebURL) -> FrontierURL? {
        WebURL("/sitemap.xml", base: url.withoutUserinfo())
            .map { LinkFinder.sitemap(canonicalizer.canonical($0), key: key, isGuess: true) }
    }
}
