import CacheStore

/// Which URLs the problems of a check concern: the check itself names rows only.
struct ProblemPlaces {
    /// URLs that are named for one problem.
    static let maximumURLs = 10

    /// All URLs that are concerned.
    private(set) var urls: Set<String> = []
    private var byBody: [Int64: [String]] = [:]
    private var byEntry: [Int64: String] = [:]

    /// Looks through the list of entries, where there is something to look for. What cannot be listed because the list itself
    /// is damaged stays without a URL.
    init(of report: VerificationReport, in store: CacheStore) async {
        let bodies = Set(report.problems.compactMap(\.body))
        let entries = Set(report.problems.compactMap(\.entry))
        guard !bodies.isEmpty || !entries.isEmpty else { return }
        let pages = store.entries(EntryQuery(now: SystemClock.now()))
        while let page = try? await pages.next() {
            for entry in page {
                if bodies.contains(entry.id.body) {
                    urls.insert(entry.url)
                    if byBody[entry.id.body, default: []].count < Self.maximumURLs {
                        byBody[entry.id.body, default: []].append(entry.url)
                    }
                }
                if entries.contains(entry.id.row) {
                    urls.insert(entry.url)
                    byEntry[entry.id.row] = entry.url
                }
            }
        }
    }

    func urls(of problem: VerificationReport.Problem) -> [String] {
        if let entry = problem.entry { return byEntry[entry].map { [$0] } ?? [] }
        return problem.body.flatMap { byBody[$0] } ?? []
    }
}
