import CachingClient
import CrawlEngine
import HTTPSemantics

/// The JSON objects of a crawl. Names are a contract with users' scripts.
enum CrawlJSON {
    static func line(_ result: CrawlResult, now: UnixTime) -> [UInt8] {
        var line = JSONLine()
        line.add("url", result.url)
        let answer = result.answer
        line.add("final_url", answer?.url.serialized)
        line.add("status", answer?.status)
        line.add("cache", result.outcome.rawValue)
        line.add("reason", result.reason)
        line.add("age", answer?.age)
        line.add("body_bytes", answer?.bodyBytes)
        line.add("stored_bytes", answer?.storedBytes)
        line.add("content_type", answer?.fields.first(.contentType))
        line.add("etag", answer?.fields.first(.entityTag))
        line.add("last_modified", answer?.fields.first(.lastModified).flatMap { HTTPDate.parse($0, now: now) }?.seconds)
        line.add("elapsed_ms", result.elapsedMilliseconds)
        line.add("attempts", result.attempts)
        line.add("depth", result.depth)
        add(result.error, to: &line)
        return line.finished()
    }

    /// A line of the input that is no URL: the same names, and where the line stands.
    static func line(_ seed: InvalidSeed) -> [UInt8] {
        var line = JSONLine()
        line.add("url", seed.text)
        line.addNull("final_url")
        line.addNull("status")
        line.add("cache", CacheOutcome.error.rawValue)
        line.add("reason", "invalid_url")
        line.addObject("error") { error in
            error.add("code", "invalid_url")
            error.add("message", CrawlText.sentence(seed))
        }
        line.add("source", seed.source)
        line.add("line", seed.line)
        return line.finished()
    }

    static func line(_ summary: CrawlSummary, exit: ExitStatus) -> [UInt8] {
        var line = JSONLine()
        line.add("type", "summary")
        line.add("urls", summary.total)
        line.addCounts("outcomes", CacheOutcome.allCases.map { ($0.rawValue, summary.outcomes[$0] ?? 0) })
        line.add("invalid_seeds", summary.invalidSeeds)
        line.add("http_failures", summary.httpFailures)
        line.addCounts("errors", summary.errors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        line.add("network_bytes", summary.networkBytes)
        line.add("saved_bytes", summary.savedBytes)
        line.add("saved_requests", summary.savedRequests)
        line.add("elapsed_ms", summary.elapsedMilliseconds)
        line.add("urls_per_second", summary.urlsPerSecond)
        line.add("longest_commit_ms", summary.longestCommitMilliseconds)
        line.add("interrupted", summary.interrupted)
        line.add("exit_code", Int(exit.rawValue))
        return line.finished()
    }

    static func add(_ error: FetchError?, to line: inout JSONLine) {
        guard let error else {
            line.addNull("error")
            return
        }
        line.addObject("error") { object in
            object.add("code", error.code.rawValue)
            object.add("message", error.message)
        }
    }
}
