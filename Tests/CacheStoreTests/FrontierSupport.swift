import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

extension TemporaryDirectory {
    var jobPath: String { cache + "/jobs/job.db" }

    /// Opens the job `job`, which is made where it is missing.
    func openJob(_ change: (inout FrontierStore.Options) -> Void = { _ in }) throws -> FrontierStore {
        var options = FrontierStore.Options()
        options.knownBytes = 1 << 16
        options.now = { noon }
        change(&options)
        return try FrontierStore.open(
            cacheDirectory: cache, name: jobName(), create: JobFacts(settings: "-r", fingerprintKey: [0, 1, 255]), options: options)
    }

    func jobInteger(_ sql: String) throws -> Int64 {
        let connection = try SQLiteConnection(path: jobPath, mode: .readOnly)
        connection.setBusyTimeout(milliseconds: 10_000)
        return try connection.integer(sql)
    }

    func jobExecute(_ sql: String) throws {
        let connection = try SQLiteConnection(path: jobPath, mode: .readWrite)
        try connection.execute(sql)
    }

    /// Checks the file: sound, each URL of the round in one place and noted as known, and the counts those of the rows.
    func checkJob(_ location: SourceLocation = #_sourceLocation) throws {
        let connection = try SQLiteConnection(path: jobPath, mode: .readOnly)
        connection.setBusyTimeout(milliseconds: 10_000)
        // One view of it all: others may be writing.
        try connection.execute("BEGIN")
        #expect(try connection.text("PRAGMA integrity_check") == "ok", sourceLocation: location)
        let progress = try FrontierProgress(connection.prepare(FrontierProgress.select), path: jobPath)
        let places = """
            SELECT fingerprint FROM queue UNION ALL SELECT fingerprint FROM delayed UNION ALL SELECT fingerprint FROM inflight
            UNION ALL SELECT fingerprint FROM page WHERE round = \(progress.round)
            """
        #expect(try connection.integer("SELECT count(*) FROM (\(places))") == progress.known, sourceLocation: location)
        #expect(
            try connection.integer("SELECT count(DISTINCT fingerprint) FROM (\(places))") == progress.known,
            sourceLocation: location)
        #expect(try connection.integer("SELECT count(*) FROM queue") == progress.queued, sourceLocation: location)
        #expect(try connection.integer("SELECT count(*) FROM delayed") == progress.delayed, sourceLocation: location)
        #expect(try connection.integer("SELECT count(*) FROM inflight") == progress.inflight, sourceLocation: location)
        #expect(try connection.integer("SELECT count(*) FROM seen") == progress.seen, sourceLocation: location)
        let finished = progress.finished.reduce(0, +)
        #expect(progress.queued + progress.delayed + progress.inflight + finished == progress.known, sourceLocation: location)

        let unlisted = """
            SELECT count(*) FROM page p LEFT JOIN page_known k ON k.fingerprint = p.fingerprint AND k.page_id = p.page_id
            WHERE p.page_id <= \(progress.listedPage) AND k.page_id IS NULL
            """
        #expect(try connection.integer(unlisted) == 0, sourceLocation: location)

        var noted: Set<Int64> = []
        let seen = try connection.prepare("SELECT fingerprint FROM seen")
        while try seen.step() { noted.insert(seen.integer(0)) }
        try SeenTables(connection).forEachBatch(after: 0) { _, batch in noted.formUnion(batch) }
        #expect(noted.count == progress.known, sourceLocation: location)
        let placed = try connection.prepare(places)
        var missing = 0
        while try placed.step() { missing += noted.contains(placed.integer(0)) ? 0 : 1 }
        #expect(missing == 0, sourceLocation: location)
    }
}

func jobName(_ text: String = "job") throws -> JobName {
    try #require(JobName(text))
}

/// Page `number` of a server; fingerprints are as well mixed as real ones.
func makeURL(_ number: Int, host: String = "a", depth: Int = 0) -> FrontierURL {
    let authority = "http://\(host).example"
    var generator = SplitMix64(seed: UInt64(number))
    return FrontierURL(url: "\(authority)/\(number)", authority: authority, fingerprint: generator.next(), depth: depth)
}

func makeAnswer(_ status: Int? = 200, digest: UInt64? = 1) -> FinishedAnswer {
    FinishedAnswer(status: status, errorCode: status == nil ? "timeout" : nil, digest: digest, time: noon)
}

extension FrontierStore {
    func addAll(_ urls: [FrontierURL]) async throws {
        try await add(urls).value
    }

    /// Takes URLs and tells their paths' numbers.
    func take(_ count: Int, skipping: Set<FrontierHostID> = [], perHost: Int = .max, at time: UnixTime = noon) async throws
        -> [LeasedURL]
    {
        try await lease(atMost: count, now: time, skippingHosts: skipping, perHost: perHost).urls
    }

    func finish(_ urls: [LeasedURL], _ answer: FinishedAnswer = makeAnswer(), links: [FrontierURL] = []) async throws {
        try await complete(urls.map { Completion($0, answer, links: links) }).value
    }

    func beginNextRound() async throws -> Bool {
        try await beginRound(after: counts().round)
    }

    /// All pages of a selection.
    func allPages(_ selection: PageSelection) async throws -> [ReportedPage] {
        let report = pages(selection)
        var all: [ReportedPage] = []
        while let part = try await report.next() { all += part }
        return all
    }
}
