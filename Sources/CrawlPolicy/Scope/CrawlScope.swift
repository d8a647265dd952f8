package import HTTPSemantics

/// Which links of a page a recursive crawl follows; the semantics are those of wget's recursive retrieval where it has any.
///
/// Seeds are followed whatever the scope says of them. A link is asked about in its canonical form, on the page that names it;
/// the same URL found again nearer to a seed may be followed where it was refused before for its depth.
package struct CrawlScope: Sendable {
    /// Which hosts are visited.
    package enum HostRule: Hashable, Sendable {
        /// The sites of the seeds: same host and port; http and https with their default ports are one site.
        case seedSites
        /// All hosts of the seeds' registrable domains, any port. A host that has none, such as an address, counts as a site.
        case registrableDomains
        /// Any host.
        case any
    }

    package struct Options: Sendable {
        /// The most links between a seed and a URL; nil for no bound. 5 by default.
        package var maximumDepth: Int? = 5
        /// Which hosts are visited. The seeds' sites by default.
        package var hosts = HostRule.seedSites
        /// Domains in lower case and ASCII, without a leading dot. Where there are some, the hosts at and below them are visited
        /// beside the seeds' own sites, any port; with `.any` they are then all that is visited beside those.
        package var domains: [String] = []
        /// Whether links on a seed's site are followed only below the directory of a seed there (`--no-parent`). Off by default.
        package var staysBelowSeeds = false
        /// Whether what a page needs to be shown is taken beyond the depth, outside of the seeds' directories, and from links that
        /// ask not to be followed, which speaks of documents (`--page-requisites`). Off by default: then such a link is one like
        /// others.
        package var takesRequisites = false
        /// Whether links are followed though their page asks not to. Off by default.
        package var followsNoFollow = false
        /// The most bytes of a URL. 2,083 by default, which all browsers take and sitemaps stay below.
        package var maximumURLLength = 2_083
        /// When a path looks endless; nil for never.
        package var pathTrap: PathTrap? = PathTrap()
        /// Told the whole URL; where given, only what it matches is followed. nil by default. For expressions of the user
        /// `URLRegex`, which no URL can hold up.
        package var accepts: (@Sendable (_ url: String) -> Bool)?
        /// Told the whole URL; what it matches is not followed. nil by default.
        package var rejects: (@Sendable (_ url: String) -> Bool)?

        package init() {}
    }

    /// A link as it was found.
    package struct Link: Sendable {
        /// The target in its canonical form.
        package var url: WebURL
        /// The depth of the page that names it.
        package var pageDepth: Int
        /// Whether the page cannot be shown without it.
        package var isRequisite: Bool
        /// Whether the link or its page asks not to follow it.
        package var isNoFollow: Bool

        package init(url: WebURL, pageDepth: Int, isRequisite: Bool = false, isNoFollow: Bool = false) {
            self.url = url
            self.pageDepth = pageDepth
            self.isRequisite = isRequisite
            self.isNoFollow = isNoFollow
        }
    }

    /// How much deeper than `maximumDepth` requisites go: from the last page to its style sheet, from there to an image or a font.
    package static let requisiteDepth = 2

    package let options: Options
    private let suffixes: PublicSuffixList
    private let domains: Set<String>
    private var seeds = SeedSites()
    private var seedDomains: Set<String> = []

    /// A scope without seeds, which follows nothing unless its hosts are `.any` or `domains`.
    package init(_ options: Options = Options(), suffixes: PublicSuffixList = PublicSuffixList()) {
        self.options = options
        self.suffixes = suffixes
        domains = Set(options.domains)
    }

    /// Takes up a seed: its site, its directory, its registrable domain.
    package mutating func addSeed(_ url: WebURL) {
        guard url.isHTTP else { return }
        seeds.add(url)
        if options.hosts == .registrableDomains, let domain = suffixes.registrableDomain(of: url.host) {
            seedDomains.insert(domain)
        }
    }

    /// Takes up where a seed was redirected to, as a seed: a crawl of `http://example.com` that is sent to
    /// `https://www.example.com` goes on there. Only for redirects of seeds, the last one of a chain: what another page
    /// redirects to is a link.
    package mutating func addRedirect(ofSeedTo url: WebURL) {
        addSeed(url)
    }

    /// Whether `link` is followed. Under a microsecond without the user's patterns.
    package func decide(_ link: Link) -> ScopeDecision {
        let depth = link.pageDepth < Int.max ? link.pageDepth + 1 : link.pageDepth
        if let refusal = refusal(of: link, depth: depth) { return .refuse(refusal) }
        return .follow(depth: depth)
    }

    private func refusal(of link: Link, depth: Int) -> ScopeRefusal? {
        let url = link.url
        let length = url.serialized.utf8.count
        let isRequisite = link.isRequisite && options.takesRequisites
        guard url.isHTTP else { return .scheme(url.scheme) }
        guard length <= options.maximumURLLength else { return .length(length, limit: options.maximumURLLength) }
        if link.isNoFollow, !options.followsNoFollow, !isRequisite { return .noFollow }
        if let maximum = options.maximumDepth, depth > (isRequisite ? maximum.saturatingSum(Self.requisiteDepth) : maximum) {
            return .depth(depth, limit: maximum)
        }
        let authority = url.authority
        guard visits(url, authority: authority) else { return .host(authority) }
        if options.staysBelowSeeds, !isRequisite, !seeds.containsDirectory(of: url, authority: authority) { return .parent }
        if let finding = options.pathTrap?.finding(in: url) { return .path(finding) }
        if let rejects = options.rejects, rejects(url.serialized) { return .rejected }
        if let accepts = options.accepts, !accepts(url.serialized) { return .notAccepted }
        return nil
    }

    /// Whether `url` is on the site of a seed.
    package func isSiteOfSeed(_ url: WebURL) -> Bool {
        seeds.contains(authority: url.authority)
    }

    /// Whether the host of `url` belongs to the scope.
    package func visits(_ url: WebURL) -> Bool {
        visits(url, authority: url.authority)
    }

    private func visits(_ url: WebURL, authority: String) -> Bool {
        if seeds.contains(authority: authority) { return true }
        if !domains.isEmpty, Self.isBelow(url.host, domains) { return true }
        switch options.hosts {
        case .seedSites:
            return false
        case .any:
            return domains.isEmpty
        case .registrableDomains:
            return suffixes.registrableDomain(of: url.host).map(seedDomains.contains) ?? false
        }
    }

    /// A domain as `Options.domains` wants it, from what a user writes: "Example.ORG", ".example.org", "*.example.org", "bücher.example".
    /// Nil where that is no host, or has a port or a path.
    package static func domain(_ text: String) -> String? {
        var rest = text[...]
        if rest.hasPrefix("*.") { rest.removeFirst(2) } else if rest.hasPrefix(".") { rest.removeFirst() }
        // Signs that would end a host in a URL, or be left out of it.
        guard !rest.utf8.contains(where: { $0 <= 0x20 || "/?#\\@".utf8.contains($0) }), rest.utf8.last != UInt8(ascii: ":"),
            let url = WebURL("http://" + rest + "/"), url.port == nil, !rest.hasSuffix(":80")
        else { return nil }
        return url.host.utf8.last == UInt8(ascii: ".") ? String(url.host.dropLast()) : url.host
    }

    /// Whether `host`, or what is left of it without its first labels, is one of `domains`.
    private static func isBelow(_ host: String, _ domains: Set<String>) -> Bool {
        var rest = host[...]
        if rest.utf8.last == UInt8(ascii: ".") { rest.removeLast() }
        // Addresses are equal or not: "1.2.3.4" is not below "3.4".
        if rest.utf8.allSatisfy({ URLText.isDigit($0) || $0 == UInt8(ascii: ".") }) { return domains.contains(String(rest)) }
        while true {
            if domains.contains(String(rest)) { return true }
            guard let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) else { return false }
            rest = rest[rest.utf8.index(after: dot)...]
        }
    }
}

extension Int {
    fileprivate func saturatingSum(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
