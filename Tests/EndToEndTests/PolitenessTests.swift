import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// What a server sees of a crawl: pauses, bounds, and its own wishes obeyed.
@Suite struct PolitenessTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func urls(_ origin: TestOrigin, _ count: Int) -> [String] {
        for number in 0..<count { origin.script("/\(number)", .text("page \(number)")) }
        return (0..<count).map { origin.url("/\($0)") }
    }

    /// Milliseconds between the requests, in the order in which they came.
    private func gaps(_ origin: TestOrigin) -> [Int64] {
        let times = origin.requests.map(\.time)
        return zip(times, times.dropFirst()).map { $1.milliseconds(since: $0) }
    }

    @Test func waitKeepsTheServerInPeaceBetweenRequests() async throws {
        try await withOrigin { origin in
            let report = try await larder.crawl(urls(origin, 5), "--wait", "0.3")
            #expect(report.outcomes == ["miss": 5])
            #expect(gaps(origin).count == 4)
            // Both clocks count whole milliseconds.
            #expect(gaps(origin).allSatisfy { $0 >= 299 }, "\(gaps(origin))")
        }
    }

    @Test func waitDoesNotHoldBackOtherHostsOrWhatIsFresh() async throws {
        try await withOrigin { origin in
            origin.script("/fresh", .text("fresh", fields: ["Cache-Control": "max-age=600"]))
            let fresh = origin.url("/fresh")
            _ = try await larder.crawl([fresh])
            try await withOrigin { other in
                try await withOrigin { third in
                    let list = [fresh, fresh] + urls(other, 1) + urls(third, 1) + Array(repeating: fresh, count: 50)
                    let report = try await larder.crawl(list, "--wait", "300")
                    #expect(report.status == 0)
                    #expect((report.summary["elapsed_ms"].integer ?? .max) < 250_000)
                }
            }
        }
    }

    @Test func aPauseCountsFromWhatAnEarlierRunAsked() async throws {
        try await withOrigin { origin in
            let list = urls(origin, 2)
            for (url, wait) in zip(list, ["0", "3"]) {
                let report = try await larder.crawl([url], "--wait", wait)
                #expect(report.status == 0)
            }
            #expect(gaps(origin).allSatisfy { $0 >= 2999 }, "\(gaps(origin))")
        }
    }

    @Test func rateSpreadsRequestsEvenly() async throws {
        try await withOrigin { origin in
            let report = try await larder.crawl(urls(origin, 5), "--rate", "5/s")
            #expect(report.outcomes == ["miss": 5])
            // Requests may be slow on their way, so a single gap may be shorter than what was sent.
            let (first, last) = (origin.requests.first?.time, origin.requests.last?.time)
            #expect((last ?? .init(seconds: 0)).milliseconds(since: first ?? .init(seconds: 0)) >= 750)
        }
    }

    @Test(arguments: [1, 3])
    func maxPerHostBoundsWhatIsUnderWay(bound: Int) async throws {
        try await withOrigin { origin in
            for number in 0..<24 {
                origin.script("/\(number)", ScriptedResponse(body: .bytes([1]), delay: .milliseconds(30)))
            }
            let list = (0..<24).map { origin.url("/\($0)") }
            let report = try await larder.crawl(list, "-j", "16", "--max-per-host", "\(bound)")
            #expect(report.outcomes == ["miss": 24])
            #expect(origin.maximumOpenConnections == bound)
        }
    }

    @Test func connectionsAreKeptAlive() async throws {
        try await withOrigin { origin in
            let report = try await larder.crawl(urls(origin, 60), "--max-per-host", "4")
            #expect(report.status == 0)
            #expect(origin.acceptedConnections <= 4)
        }
    }

    @Test(arguments: [429, 503], [false, true])
    func retryAfterHoldsBackTheWholeHost(status: Int, asDate: Bool) async throws {
        try await withOrigin { origin in
            let list = urls(origin, 6)
            origin.script("/2") { request in
                let isFirst = origin.count(target: "/2") == 1
                guard isFirst else { return .text("page 2") }
                // A date has whole seconds: two of them are more than one.
                let value = asDate ? HTTPDate.format(request.time.advanced(byMilliseconds: 2_000)) : "1"
                return ScriptedResponse(status: status, fields: ["Retry-After": value])
            }
            let report = try await larder.crawl(list, "-j", "1", "--max-per-host", "1")
            #expect(report.status == 0)
            #expect(report.outcomes == ["miss": 6])
            #expect(report[list[2]]["attempts"] == 2)
            let refusal = origin.requests.firstIndex { $0.target == "/2" } ?? 0
            #expect(refusal == 2)
            // Nothing at all was asked before the server's time.
            #expect(gaps(origin)[refusal] >= 950, "\(gaps(origin))")
            #expect(try await larder.cat(list[2]) == Array("page 2".utf8))
        }
    }

    @Test func aHostThatWantsTooLongAPauseIsPutAside() async throws {
        try await withOrigin { origin in
            let list = urls(origin, 4)
            origin.script("/0", ScriptedResponse(status: 503, fields: ["Retry-After": "86400"]))
            let report = try await larder.crawl(list, "-j", "1", "--max-per-host", "1")
            #expect(report.outcomes["skipped"] == 3)
            #expect(report[list[1]]["error"]["code"] == "host_put_aside")
            #expect(origin.requestCount == 1)
            #expect(report.status == 8)
        }
    }

    @Test func aTransientStatusIsTriedAgain() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("not now", status: 500), .text("not yet", status: 502), .text("here"))
            let url = origin.url("/a")
            let report = try await larder.crawl([url], "--retry", "2")
            #expect(report.status == 0)
            #expect(report[url]["attempts"] == 3)
            #expect(report[url]["cache"] == "miss")
            // Pauses grow: at least half a second, then at least one.
            #expect(gaps(origin)[0] >= 490 && gaps(origin)[1] >= 990, "\(gaps(origin))")
        }
    }

    @Test(arguments: [500, 503, 408, 429])
    func withoutRetriesAStatusIsTakenAtOnce(status: Int) async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("not now", status: status))
            let url = origin.url("/a")
            let report = try await larder.crawl([url], "--retry", "0")
            #expect(report.status == 8)
            #expect(report[url]["status"].integer == Int64(status))
            #expect(origin.requestCount == 1)
        }
    }

    @Test(arguments: [(404, 8), (410, 8), (501, 8), (401, 6), (407, 6)])
    func aFinalStatusIsNotTriedAgain(status: Int, exit: Int) async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("no", status: status))
            let url = origin.url("/a")
            let report = try await larder.crawl([url])
            #expect(Int(report.status) == exit)
            #expect(report[url]["status"].integer == Int64(status))
            #expect(report[url]["attempts"] == 1)
            #expect(report.errors.contains("\(url): the server answered with status \(status)"))
            #expect(report.summary["http_failures"] == 1)
        }
    }

    @Test func aPostThatMayHaveBeenCarriedOutIsNotSentAgain() async throws {
        try await withOrigin { origin in
            origin.script("/form", .silence(.close))
            let report = try await larder.crawl([origin.url("/form")], "-X", "POST", "-d", "a=b", "--retry", "2")
            #expect(report.status == 4)
            #expect(origin.requestCount == 1)
        }
    }

    @Test func aTransientFailureLeavesTheGoodCopy() async throws {
        try await withOrigin { origin in
            origin.script("/a", good)
            let url = origin.url("/a")
            _ = try await larder.crawl([url])
            origin.script("/a", .text("gone wrong", status: 503))
            let report = try await larder.crawl([url], "--retry", "0")
            #expect(report.status == 8)
            #expect(try await larder.cat(url) == Array("the good copy".utf8))
        }
    }

    @Test func limitRateBoundsTheBytesASecond() async throws {
        try await withOrigin { origin in
            let report = try await larder.crawl(
                [origin.url("/bytes/300000"), origin.url("/bytes/300001")], "--limit-rate", "400k")
            #expect(report.outcomes == ["miss": 2])
            #expect((report.summary["elapsed_ms"].integer ?? 0) >= 700)
        }
    }
}
