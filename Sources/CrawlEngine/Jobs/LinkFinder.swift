import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics
import LinkExtraction

/// Decides which links of a page a job follows. A value; the frontier is asked only for what it knows from memory.
struct LinkFinder {
    let scope: CrawlScope
    let canonicalizer: URLCanonicalizer
    let key: FingerprintKey
    let maximumRedirects: Int
    /// Whether links of pages are followed; redirects are in any case.
    let followsLinks: Bool
    /// Whether a fingerprint is known for certain.
    let isKnown: (UInt64) -> Bool

    /// What the answer to an item brought.
    ///
    /// - Parameter contents: what its content told; nil where it was not read.
    func findings(of item: CrawlItem, _ outcome: FetchOutcome, _ contents: PageContents?) -> PageFindings {
        var findings = PageFindings()
        findings.digest = (outcome.digest ?? contents?.digest).map(Self.prefix)
        guard let head = outcome.head else { return findings }
        if RedirectChain.isRedirect(head) {
            findRedirect(of: item, head, &findings)
            return findings
        }
        findings.news = Self.news(head, digest: findings.digest, contents)
        guard head.status < 300, let contents else { return findings }
        if followsLinks || item.flags.isSitemap { findLinks(of: item, contents.links, &findings) }
        if contents.cutLinks > 0 {
            findings.cuts.append(
                FrontierCut(
                    reason: "links-of-a-page", subject: item.host, count: Int64(contents.cutLinks),
                    exampleURL: item.request.url.serialized))
        }
        return findings
    }

    // MARK: - Links

    private func findLinks(of item: CrawlItem, _ links: [Outlink], _ findings: inout PageFindings) {
        var cuts: [CutKey: FrontierCut] = [:]
        for target in targets(of: links) {
            let url = target.url
            // What an index of sitemaps names is as near to the seeds as that one: its parts are no level of their own.
            let isPart = item.flags.isSitemap && target.flags.isSitemap && item.lease?.referrer == nil
            let decision = scope.decide(
                CrawlScope.Link(
                    url: url, pageDepth: item.depth - (isPart ? 1 : 0), isRequisite: target.flags.isRequisite,
                    isNoFollow: target.isNoFollow))
            switch decision {
            case .follow(let depth):
                findings.links.append(Self.frontierURL(url, fingerprint: target.fingerprint, depth: depth, flags: target.flags))
            case .refuse(let refusal):
                let cutKey = CutKey(reason: refusal.reason, host: url.authority)
                let cut = FrontierCut(
                    reason: refusal.reason.rawValue, subject: url.authority, count: 0, exampleURL: url.serialized)
                cuts[cutKey, default: cut].count += 1
            }
        }
        findings.cuts += cuts.values
    }

    /// Where links of a page lead, with what all that lead there say of it.
    private struct Target {
        let url: WebURL
        let fingerprint: UInt64
        var flags = LinkFlags()
        var isNoFollow = true
    }

    /// The targets that are not known, in the order of the page. Of several links to one the most generous counts: a link that asks
    /// not to be followed takes nothing away from another one.
    private func targets(of links: [Outlink]) -> [Target] {
        var targets: [Target] = []
        /// Nil for what is known.
        var places: [UInt64: Int?] = [:]
        for link in links {
            let url = canonicalizer.canonical(link.url)
            let fingerprint = URLFingerprint(of: url, key: key).rawValue
            let place: Int?
            if let met = places[fingerprint] {
                place = met
            } else {
                place = isKnown(fingerprint) ? nil : targets.count
                places[fingerprint] = .some(place)
                if place != nil { targets.append(Target(url: url, fingerprint: fingerprint)) }
            }
            guard let place else { continue }
            if link.relation.isRequisite { targets[place].flags.isRequisite = true }
            if link.relation == .sitemap { targets[place].flags.isSitemap = true }
            if !link.isNoFollow { targets[place].isNoFollow = false }
        }
        return targets
    }

    private struct CutKey: Hashable {
        var reason: CutReason
        var host: String
    }

    private static func frontierURL(_ url: WebURL, fingerprint: UInt64, depth: Int, flags: LinkFlags) -> FrontierURL {
        FrontierURL(
            url: url.serialized, authority: url.scheme + "://" + url.authority, fingerprint: fingerprint, depth: depth,
            flags: flags.number)
    }

    /// A seed as the frontier takes it.
    ///
    /// - Parameter url: in its canonical form.
    static func seed(_ url: WebURL, key: FingerprintKey) -> FrontierURL {
        var flags = LinkFlags()
        flags.isSeed = true
        return frontierURL(url, fingerprint: URLFingerprint(of: url, key: key).rawValue, depth: 0, flags: flags)
    }

    /// A sitemap of a seed's site as the frontier takes it.
    ///
    /// - Parameters:
    ///   - url: in its canonical form.
    ///   - isGuess: whether nobody has named it.
    static func sitemap(_ url: WebURL, key: FingerprintKey, isGuess: Bool) -> FrontierURL {
        var flags = LinkFlags()
        flags.isSitemap = true
        flags.isGuess = isGuess
        return frontierURL(url, fingerprint: URLFingerprint(of: url, key: key).rawValue, depth: 0, flags: flags)
    }

    // MARK: - Redirects

    /// A redirect is a page of its own, and its target a link: so the target is fetched once, whoever leads there.
    private func findRedirect(of item: CrawlItem, _ head: ResponseHead, _ findings: inout PageFindings) {
        guard let target = head.fields.first("Location").flatMap({ WebURL($0, base: item.request.url) }), target.isHTTP else {
            if maximumRedirects > 0 { findings.redirectError = .invalidRedirect(of: item.request.url.authority) }
            return
        }
        let url = canonicalizer.canonical(target)
        findings.redirectURL = url.serialized
        let fingerprint = URLFingerprint(of: url, key: key).rawValue
        // A target that the crawl's form of URLs does not tell from the page itself is no circle of the server's.
        let isHidden = fingerprint == item.lease?.fingerprint && target.withoutFragment().serialized != item.request.url.serialized
        if maximumRedirects > 0, !isHidden { findings.redirectTarget = fingerprint }
        let isKnown = isKnown(fingerprint)
        findings.news = .redirect(isToKnownURL: isKnown)
        var flags = item.flags
        flags.redirects += 1
        guard !isKnown, maximumRedirects > 0 else { return }
        guard flags.redirects <= maximumRedirects else {
            findings.redirectError = .tooManyRedirects(of: item.request.url.authority, limit: maximumRedirects)
            return
        }
        // It is as near to the seeds as what led to it.
        let link = CrawlScope.Link(url: url, pageDepth: item.depth - 1, isRequisite: flags.isRequisite)
        if !flags.isSeed, case .refuse(let refusal) = scope.decide(link) {
            findings.cuts.append(
                FrontierCut(reason: refusal.reason.rawValue, subject: url.authority, exampleURL: url.serialized))
            return
        }
        findings.links.append(Self.frontierURL(url, fingerprint: fingerprint, depth: item.depth, flags: flags))
    }

    // MARK: - News

    private static func news(_ head: ResponseHead, digest: UInt64?, _ contents: PageContents?) -> PageNews {
        switch head.status {
        case 200..<300:
            if let contents, contents.isText { return .text(sketch: contents.sketch, digest: digest ?? 0) }
            return digest.map { .body(digest: $0) } ?? .failure
        case 408, 429: return .failure
        case 400..<500: return .missing
        default: return .failure
        }
    }

    private static func prefix(_ digest: [UInt8]) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
