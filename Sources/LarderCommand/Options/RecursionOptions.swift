import ArgumentParser
import CrawlEngine
import CrawlPolicy

/// Which links a crawl follows.
struct RecursionOptions: ParsableArguments {
    @Flag(name: [.short, .long], inversion: .prefixedNo, help: "Follow links from page to page; such a crawl is a job (--job).")
    var recursive = false

    @Option(
        name: [.short, .long], help: ArgumentHelp("Follow links so far from the given URLs; 0: without end.", valueName: "count"))
    var level = 5

    @Flag(inversion: .prefixedNo, help: "Follow links above the directory of the given URLs; --no-parent never does.")
    var parent = true

    @Flag(inversion: .prefixedNo, help: "Follow links to any host. Default: the hosts of the given URLs.")
    var spanHosts = false

    @Option(
        help: ArgumentHelp(
            "Follow links to these domains and the hosts below them, a list with commas: example.com,example.org.",
            valueName: "list"))
    var domains: DomainList?

    @Flag(
        inversion: .prefixedNo, help: "Follow links to all hosts of the given URLs' own domains: www.example.com, docs.example.com."
    )
    var sameDomain = false

    @Option(help: ArgumentHelp("Follow only links whose whole URL this regular expression finds something in.", valueName: "regex"))
    var acceptRegex: URLExpression?

    @Option(help: ArgumentHelp("Follow no links whose URL this regular expression finds something in.", valueName: "regex"))
    var rejectRegex: URLExpression?

    @Flag(
        name: [.customShort("p"), .long], inversion: .prefixedNo,
        help: "Fetch what pages need to be shown, also beyond --level and --no-parent.")
    var pageRequisites = false

    @Flag(
        inversion: .prefixedNo,
        help: """
            Read the sitemaps of the given URLs' sites: /sitemap.xml, and what robots.txt names on the crawl's hosts, where it is \
            obeyed.
            """)
    var sitemaps = false

    @Flag(
        inversion: .prefixedNo,
        help: "Obey robots.txt. Default: when links are followed; for a plain list only where this is given.")
    var robots: Bool?

    @Flag(inversion: .prefixedNo, help: "Follow links that ask not to be followed (rel=nofollow, meta robots).")
    var followNofollow = false

    @Flag(inversion: .prefixedNo, help: "Take session ids out of URLs.")
    var stripSessions = false

    @Flag(inversion: .prefixedNo, help: "Take parameters that only track visitors out of URLs: utm_source, gclid and so on.")
    var stripTracking = false

    @Option(
        help: ArgumentHelp(
            "Pages of one kind that may bring nothing new before that kind is left alone; a host with twice as many, of all its kinds, "
                + "is given no further kinds. 0: no end.", valueName: "count"))
    var trapBudget = 500

    @Option(
        help: ArgumentHelp("The job's name: letters, digits, '.', '-', '_'. Default: made from the command.", valueName: "name"))
    var job: JobNameArgument?

    func validate() throws {
        guard level >= 0 else { throw ValidationError("--level is 0 or more.") }
        guard (0...1_000_000_000).contains(trapBudget) else { throw ValidationError("--trap-budget is 0 or more.") }
        guard recursive || !pageRequisites && !sitemaps && !spanHosts && domains == nil else {
            throw ValidationError("--page-requisites, --sitemaps, --span-hosts and --domains go with --recursive.")
        }
    }

    /// Whether the crawl is a job.
    var isJob: Bool { recursive || job != nil || robots == true }

    /// What decides which URLs belong to a crawl.
    var deciding: [String] {
        [
            "\(recursive) \(level) \(parent) \(spanHosts) \(sameDomain) \(pageRequisites) \(sitemaps) \(followNofollow) \(stripSessions)",
            "\(stripTracking)", domains?.names.joined(separator: ",") ?? "", acceptRegex?.text ?? "", rejectRegex?.text ?? "",
        ]
    }

    var jobConfiguration: JobConfiguration {
        var scope = CrawlScope.Options()
        scope.maximumDepth = level == 0 ? nil : level
        scope.hosts = spanHosts ? .any : sameDomain ? .registrableDomains : .seedSites
        scope.domains = domains?.names ?? []
        scope.staysBelowSeeds = !parent
        scope.takesRequisites = pageRequisites
        scope.followsNoFollow = followNofollow
        scope.accepts = acceptRegex?.expression.matches
        scope.rejects = rejectRegex?.expression.matches
        var canonical = URLCanonicalizer.Options()
        canonical.removesSessions = stripSessions
        canonical.removesTracking = stripTracking
        var budget = PatternBudget.Options()
        budget.patternAllowance = Int64(trapBudget)
        budget.hostAllowance = Int64(trapBudget)
        budget.memoryBytes = 16 << 20
        return JobConfiguration(
            scope: CrawlScope(scope, suffixes: sameDomain ? PublicSuffixFile.list : PublicSuffixList()),
            canonicalizer: URLCanonicalizer(canonical), followsLinks: recursive, obeysRobots: robots ?? recursive,
            readsSitemaps: sitemaps, budget: budget)
    }
}
