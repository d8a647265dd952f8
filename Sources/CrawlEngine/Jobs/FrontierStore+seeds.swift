import CacheStore
import CrawlPolicy
import HTTPSemantics

extension FrontierStore {
    /// Takes up the seeds of the present round as the job knows them: the URLs that the user has named.
    func addSeeds(
        _ use: JobConfiguration.KnownSeeds, to scope: inout CrawlScope, _ fields: inout JobFields
    ) async throws(StoreError) {
        if use == .none { return }
        (scope, fields) = try await roots(into: (scope, fields)) { known, url, flags in
            let flags = LinkFlags(flags)
            guard flags.isSeed, flags.redirects == 0, let url = WebURL(url) else { return }
            known.0.addSeed(url)
            if use == .own { known.1.addSeed(url) }
        }
    }

    /// Parts of the report on a job's pages that are looked at: seeds are among the first pages of a job.
    private static let partsWithSeeds = 10

    /// Where the redirects of seeds have led to at last, in this run or an earlier one, of any process: that belongs to the scope, as if
    /// the user had named it. The hops between belong to it no more than those of other pages do.
    func seedTargets() async throws(StoreError) -> [WebURL] {
        let report = pages(.all)
        var targets: [String] = []
        var sources: Set<String> = []
        for _ in 0..<Self.partsWithSeeds {
            guard let pages = try await report.next() else { break }
            for page in pages where LinkFlags(Int64(page.answer.outcome)).isSeed {
                guard let target = page.answer.redirectURL, page.answer.errorCode == nil else { continue }
                sources.insert(page.url)
                targets.append(target)
            }
        }
        return targets.filter { !sources.contains($0) }.compactMap { WebURL($0) }
    }
}
