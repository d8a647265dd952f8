package import CrawlPolicy

/// What a job follows, beside what `CrawlConfiguration` says of each fetch.
package struct JobConfiguration: Sendable {
    /// Which links are followed. Seeds are added to it as they are read.
    package var scope: CrawlScope
    package var canonicalizer: URLCanonicalizer
    /// Whether links are followed at all; without it a job is a list that can go on.
    package var followsLinks: Bool
    /// Whether robots.txt is obeyed.
    package var obeysRobots: Bool
    /// Whose group of robots.txt counts.
    package var robotsAgent: RobotsAgent
    /// Whether the sitemaps of the seeds' sites are read: `/sitemap.xml`, and those that robots.txt names
    /// on the crawl's hosts, where it is obeyed.
    package var readsSitemaps: Bool
    /// What the seeds that the job knows, of earlier commands and from standard input, mean to this one.
    package enum KnownSeeds: Sendable {
        /// There are none but those that are handed in.
        case none
        /// Their sites belong to the scope.
        case scope
        /// They are this command's own: credentials go there too.
        case own
    }

    /// None by default.
    package var knownSeeds = KnownSeeds.none
    /// Kept with the job once the seeds have been read; nil: what it has stays.
    package var settings: String?
    /// What ends traps.
    package var budget: PatternBudget.Options
    /// Links taken from one page.
    package var maximumLinks: Int

    package init(
        scope: CrawlScope = CrawlScope(), canonicalizer: URLCanonicalizer = URLCanonicalizer(), followsLinks: Bool = true,
        obeysRobots: Bool = true, robotsAgent: RobotsAgent = .larder, readsSitemaps: Bool = false,
        budget: PatternBudget.Options = PatternBudget.Options(), maximumLinks: Int = 100_000
    ) {
        self.scope = scope
        self.canonicalizer = canonicalizer
        self.followsLinks = followsLinks
        self.obeysRobots = obeysRobots
        self.robotsAgent = robotsAgent
        self.readsSitemaps = readsSitemaps
        self.budget = budget
        self.maximumLinks = max(0, maximumLinks)
    }
}
