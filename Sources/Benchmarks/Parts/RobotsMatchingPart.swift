import CrawlPolicy
import HTTPSemantics

/// Verdicts of one robots.txt about the links of pages.
struct RobotsMatchingPart: MeasuredPart {
    private let rules: RobotsRules
    private let urls: [WebURL]

    /// As many links of a page are asked about.
    private static let linksOfPage = 40

    init(_ pages: [Page]) throws {
        guard let source = WebURL("https://www.example.org/robots.txt") else { throw BenchmarkFailure("robots.txt has no URL") }
        rules = RobotsRules.after(
            .answered(status: 200), body: Array(RobotsSample.text.utf8), from: source, now: UnixTime(seconds: 1_800_000_000),
            lifetimeSeconds: nil)
        let links = pages.flatMap { page in page.references.prefix(Self.linksOfPage).compactMap { WebURL(utf8: $0, page: page) } }
        urls = links + RobotsSample.targets.compactMap { WebURL($0, base: source) }
    }

    func pass() throws -> Int {
        var allowedCount = 0
        for url in urls where rules.verdict(for: url).isAllowed { allowedCount += 1 }
        guard allowedCount > 0, allowedCount < urls.count else { throw BenchmarkFailure("robots.txt does not decide") }
        return urls.count
    }
}

extension WebURL {
    fileprivate init?(utf8 reference: [UInt8], page: Page) {
        guard let url = reference.withUnsafeBufferPointer({ WebURL(utf8: $0, base: page.url) }), url.isHTTP else { return nil }
        self = url
    }
}
