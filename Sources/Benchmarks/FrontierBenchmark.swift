import ArgumentParser
import CacheStore
import HTTPSemantics

/// A frontier that is filled, drained, and begins its next round.
struct FrontierBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frontier",
        abstract: "Adds URLs to the frontier of a job, finishes them all, and begins the next round.",
        discussion: """
            All URLs are new and lie at random places of the tables, on servers drawn by lot: each transaction touches the end of every \
            server's queue, which is the worst case. Ten million take about 10 minutes and 2.5 GB in the directory.
            """)

    @Option(help: "How many URLs.")
    var urls = 10_000_000

    @Option(help: "How many servers they are on.")
    var servers = 1000

    @Option(help: "The cache directory that the job is made in; there must be none of its name.")
    var directory: String

    @Option(help: "The memory that must be enough, in MiB.")
    var memory = 400

    /// URLs in one list, as a sitemap brings them.
    private static let listLength = 1000

    /// URLs that are taken at a time, and of one server.
    private static let (leaseSize, leaseOfServer) = (2048, 64)

    /// What the project aims at, without failing by it: a busy machine is slower.
    private static let aim = (perSecond: 50_000, share: 0.7)

    func validate() throws {
        guard urls >= 10 else { throw ValidationError("--urls is at least 10") }
        guard servers > 0 else { throw ValidationError("--servers is at least 1") }
    }

    func run() async throws {
        let name = try jobName()
        let time = CacheStore.systemTime()
        let store = try FrontierStore.open(
            cacheDirectory: directory, name: name, create: JobFacts(settings: "", fingerprintKey: [1]))
        guard try await store.counts().known == 0 else { throw BenchmarkFailure("\(directory) holds the job \(name.text) already") }
        report("\(grouped(urls)) URLs on \(grouped(servers)) servers, in \(directory)")

        let adding = try await add(to: store)
        report(
            "added: \(grouped(adding.average)) URLs/s, \(grouped(adding.first)) in the first tenth and \(grouped(adding.last)) in the "
                + "last, \(adding.shareOfLast) of it (aim: \(grouped(Self.aim.perSecond)) and \(Self.aim.share)); \(sizes())")
        let finishing = try await finishAll(of: store, at: time)
        report(
            "finished: \(grouped(finishing.average)) pages/s, \(grouped(finishing.first)) in the first tenth and "
                + "\(grouped(finishing.last)) in the last, \(finishing.shareOfLast) of it; \(sizes())")
        try await beginRound(of: store, name)
        if let failure = await store.close() { throw failure }

        let peak = ProcessUsage.now.peakMebibytes
        report("peak of memory: \(peak) MiB (at most \(memory))")
        if peak > memory { throw ExitCode(1) }
    }

    private func add(to store: FrontierStore) async throws -> TenthRates {
        let source = SyntheticURLs(serverCount: servers)
        var rates = TenthRates()
        for tenth in 0..<10 {
            let end = urls * (tenth + 1) / 10
            let start = urls * tenth / 10
            var last: CommitHandle?
            for number in stride(from: start, to: end, by: Self.listLength) {
                last = try await store.add((number..<min(end, number + Self.listLength)).map(source.url))
            }
            try await last?.value
            report(rates.lap(count: end - start, of: "added") + "; " + sizes())
        }
        return rates
    }

    /// Takes and finishes one after another what was added, each URL in a write of its own, as a crawl does. The next lease is on its
    /// way meanwhile.
    private func finishAll(of store: FrontierStore, at time: UnixTime) async throws -> TenthRates {
        var rates = TenthRates()
        var (finished, reported) = (0, 0)
        var present = try await Self.lease(from: store, at: time)
        while !present.isEmpty {
            async let following = Self.lease(from: store, at: time)
            for leased in present {
                let answer = FinishedAnswer(status: 200, digest: leased.fingerprint, time: time)
                _ = try await store.complete([Completion(leased, answer)])
            }
            finished += present.count
            present = try await following
            if finished - reported >= urls / 10 || present.isEmpty {
                try await store.flush()
                report(rates.lap(count: finished - reported, of: "finished") + "; " + sizes())
                reported = finished
            }
        }
        guard finished == urls else { throw BenchmarkFailure("\(finished) of \(urls) URLs were taken") }
        return rates
    }

    private static func lease(from store: FrontierStore, at time: UnixTime) async throws -> [LeasedURL] {
        try await store.lease(atMost: leaseSize, now: time, perHost: leaseOfServer).urls
    }

    /// Begins the next round, while another user of the job writes all the time.
    private func beginRound(of store: FrontierStore, _ name: JobName) async throws {
        var options = FrontierStore.Options()
        options.knownBytes = 1024
        options.cacheBytes = 1 << 20
        let other = try FrontierStore.open(cacheDirectory: directory, name: name, options: options)
        // What others have written is read with the first transaction.
        try await other.flush()
        let probe = Task { try await Self.longestWait(of: other) }
        let began = ContinuousClock.now
        let hasBegun = try await store.beginRound(after: 1)
        let duration = ContinuousClock.now - began
        probe.cancel()
        let wait = try await probe.value
        if let failure = await other.close() { throw failure }
        guard hasBegun else { throw BenchmarkFailure("the round could not be begun") }
        report(
            "next round: begun in \(seconds(duration)) s; another process waited at most \(seconds(wait)) s to write; \(sizes())")
    }

    /// Writes every 20 ms until cancelled, and returns the longest time that took.
    private static func longestWait(of store: FrontierStore) async throws -> Duration {
        var longest = Duration.zero
        while !Task.isCancelled {
            let began = ContinuousClock.now
            try await store.flush()
            longest = max(longest, ContinuousClock.now - began)
            try? await Task.sleep(for: .milliseconds(20))
        }
        return longest
    }

    private func jobName() throws -> JobName {
        guard let name = JobName("benchmark") else { throw BenchmarkFailure("the job has no name") }
        return name
    }

    /// Memory and files so far.
    private func sizes() -> String {
        let path = "\(directory)/jobs/benchmark.db"
        return
            "peak \(ProcessUsage.now.peakMebibytes) MiB, file \(mebibytes(of: path)) MiB, log \(mebibytes(of: path + "-wal")) MiB"
    }
}
