import CacheStore
import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// One round: who runs, who is killed when, and what must hold afterwards.
struct TortureRound {
    let number: Int
    let larder: Larder
    let site: TortureSite
    var random: SplitMix64

    private static let sizeLimit = "8M"

    private var origin: TestOrigin { site.origin }
    /// Two of five rounds drop entries while others write: by `gc`, and by a limit that all keep.
    private var collects: Bool { number % 5 == 2 }
    private var isLimited: Bool { number % 5 == 4 }

    mutating func run() async throws {
        origin.clearLog()
        site.revise(TortureSite.targets.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
        if isLimited { try await set("max-size", Self.sizeLimit) }

        let serving = try await Serving(larder, ["-q"])
        let clients = Clients(serving, site: site, targets: TortureSite.shortTargets.shuffled(using: &random))
        let crawls = try (0..<3).map { _ in try startCrawl() }
        let collector = collects ? try larder.start("gc", "--max-size", Self.sizeLimit) : nil

        let editor = site.edit(seed: random.next())

        var everybody = crawls + [serving.program]
        if let collector { everybody.append(collector) }
        let victims = try await killSome(of: everybody, whileOneRuns: crawls)
        let isVictim = { (program: Program) in victims.contains { $0 === program } }

        var told: [(url: String, etag: String)] = []
        for (index, crawl) in crawls.enumerated() {
            let result = await crawl.wait()
            if isVictim(crawl) {
                expectKilledOrDone(result, "crawl \(index)")
            } else {
                #expect(result.status == 0, "\(name) crawl \(index): \(result.errors)")
            }
            #expect(result.errors == "", "\(name) crawl \(index)")
            told += Self.told(result.text)
        }
        editor.cancel()
        if let collector {
            let result = await collector.wait()
            if isVictim(collector) {
                expectKilledOrDone(result, "gc")
            } else {
                #expect(result.status == 0, "\(name) gc: \(result.errors)")
            }
        }
        try await clients.finish(mayFail: isVictim(serving.program), name)
        if isVictim(serving.program) {
            #expect(await serving.program.wait().status == 137)
        } else {
            let result = await serving.stop()
            #expect(result.status == 0, "\(name) serve: \(result.errors)")
        }
        if isLimited { try await set("max-size", "none") }
        try await check(told)
        try await expectNobodyIsWaitedFor()
    }

    private var name: String { "round \(number)" }

    private func set(_ setting: String, _ value: String) async throws {
        let result = try await larder.run("config", "set", setting, value)
        #expect(result.status == 0, "\(name): \(result.errors)")
    }

    private mutating func startCrawl() throws -> Program {
        let count = Int.random(in: 80...TortureSite.targets.count, using: &random)
        let targets = TortureSite.targets.shuffled(using: &random).prefix(count)
        return try larder.startCrawl(
            targets.map(origin.url), ["--max-per-host", "24", "-j", "\(Int.random(in: 2...24, using: &random))"])
    }

    /// Kills one or two at a moment that is drawn as a number of requests, so that it lies under load on any machine.
    private mutating func killSome(of programs: [Program], whileOneRuns crawls: [Program]) async throws -> [Program] {
        let victims = Array(programs.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)))
        for victim in victims {
            let requests = origin.requestCount + Int.random(in: 0...120, using: &random)
            while origin.requestCount < requests, victim.isRunning, crawls.contains(where: \.isRunning) {
                try await Task.sleep(for: .microseconds(Int.random(in: 50...1500, using: &random)))
            }
            victim.signal(SIGKILL)
        }
        return victims
    }

    private func expectKilledOrDone(_ result: Program.Result, _ who: String) {
        #expect(result.status == 137 || result.status == 0, "\(name) \(who): \(result.status) \(result.errors)")
    }

    /// What whole lines say was stored, confirmed or found; the last line of a killed program may be cut.
    private static func told(_ text: String) -> [(url: String, etag: String)] {
        let whole = text.hasSuffix("\n") ? text[...] : text.prefix(upTo: text.lastIndex(of: "\n") ?? text.startIndex)
        return ((try? JSONValue.lines(String(whole))) ?? []).compactMap { line in
            guard ["hit", "revalidated", "miss"].contains(line["cache"].string), let url = line["url"].string,
                let etag = line["etag"].string
            else { return nil }
            return (url, etag)
        }
    }

    // MARK: - Afterwards

    /// All that was told is in the cache, in that version or a later one; every entry has the body of its version; the whole
    /// store is sound.
    private func check(_ told: [(url: String, etag: String)]) async throws {
        guard FileManager.default.fileExists(atPath: "\(larder.cache)/cache.db") else {
            #expect(told.isEmpty, "\(name): there is no database")
            return
        }
        try await expectClean(larder.cache)
        let store = try CacheStore.openExisting(directory: larder.cache)
        var revisions: [String: Int] = [:]
        let pages = store.entries(EntryQuery(now: UnixTime(seconds: 0)))
        while let page = try await pages.next() {
            for entry in page where !entry.isPartial {
                let target = String(entry.url.dropFirst(origin.baseURL.utf8.count))
                let revision = (0...site.revision(target)).reversed().first { site.digest(target, $0) == entry.digest }
                #expect(revision != nil, "\(name): the body of \(target) is none that the origin has had")
                revisions[entry.url] = revision
            }
        }
        await store.close()
        if collects || isLimited { return }
        for (url, etag) in told {
            guard let least = TortureSite.revision(ofTag: etag) else {
                Issue.record("\(name): \(etag)")
                continue
            }
            let found = revisions[url]
            #expect(found.map { $0 >= least } == true, "\(name): \(url) was told in version \(least), and is \(found as Int?)")
        }
    }

    /// Leases and turns of the dead are free: nobody runs into a limit.
    private func expectNobodyIsWaitedFor() async throws {
        let report = try await larder.crawl(site.urls, "--lock-timeout", "20s", "-j", "24", "--max-per-host", "24")
        #expect(report.status == 0 && report.errors == "", "\(name): \(report.errors)")
        #expect(report.results.count == TortureSite.targets.count)
        for result in report.results {
            #expect(["hit", "revalidated", "miss"].contains(result["cache"].string), "\(name): \(result)")
        }
        try await check(Self.tellable(report))
    }

    private static func tellable(_ report: CrawlReport) -> [(url: String, etag: String)] {
        report.results.compactMap { result in
            guard let url = result["url"].string, let etag = result["etag"].string else { return nil }
            return (url, etag)
        }
    }
}

/// Clients of the proxy, one request after the other, until all targets are read or the server is gone.
private final class Clients: Sendable {
    private let task: Task<[String], Never>

    init(_ serving: Serving, site: TortureSite, targets: [String]) {
        task = Task.detached {
            var failures: [String] = []
            for target in targets {
                do {
                    let answer = try await serving.get(site.origin.url(target))
                    let revision = answer["ETag"].flatMap(TortureSite.revision(ofTag:)) ?? -1
                    let isWhole = revision >= 0 && Array(answer.body.utf8) == TortureSite.content(target, revision)
                    if answer.status != 200 || !isWhole {
                        failures.append("\(target): \(answer.head) and \(answer.body.utf8.count) bytes")
                    }
                } catch {
                    failures.append("\(target): \(error)")
                }
                if !serving.program.isRunning { break }
            }
            return failures
        }
    }

    func finish(mayFail: Bool, _ name: String) async throws {
        let failures = await task.value
        #expect(mayFail || failures.isEmpty, "\(name): \(failures.prefix(3))")
    }
}
