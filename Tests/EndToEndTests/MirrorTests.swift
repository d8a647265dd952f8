import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `--mirror`: several servers for the URLs of one host.
@Suite struct MirrorTests {
    let larder: Larder
    private let targets = (0..<40).map { "/page/\($0)" }

    init() throws {
        larder = try Larder()
    }

    private var urls: [String] { targets.map { "http://mirrored.test" + $0 } }

    /// Two origins with the same pages, fresh for ten minutes.
    private func withMirrors(
        delay: Duration = .zero, _ body: (_ left: TestOrigin, _ right: TestOrigin) async throws -> Void
    ) async throws {
        try await withOrigin { left in
            try await withOrigin { right in
                fill(left, delay: delay)
                fill(right, delay: delay)
                try await body(left, right)
            }
        }
    }

    private func fill(_ origin: TestOrigin, delay: Duration) {
        for target in targets {
            var page = ScriptedResponse.text("page \(target)", fields: ["Cache-Control": "max-age=600"])
            page.delay = delay
            origin.script(target, page)
        }
    }

    @Test func mirrorsShareTheRequests() async throws {
        try await withMirrors { left, right async throws in
            let mirror = "mirrored.test=127.0.0.1:\(left.port),127.0.0.1:\(right.port)"
            let report = try await larder.crawl(urls, "--mirror", mirror)
            #expect(report.status == 0 && report.outcomes == ["miss": 40])
            #expect(left.requestCount + right.requestCount == 40)
            #expect(abs(left.requestCount - right.requestCount) <= 1)
            // They are asked for the URL's host, and what they say is stored under the URL.
            #expect(left.requests.allSatisfy { $0.fields.first("Host") == "mirrored.test" })
            #expect(try await larder.run("ls", "mirrored.test", "--count").text == "40\n")
            #expect(try await larder.crawl(urls, "--mirror", mirror).outcomes == ["hit": 40])
            #expect(left.requestCount + right.requestCount == 40)
        }
    }

    @Test func weightsDivideTheRequests() async throws {
        try await withMirrors { left, right async throws in
            let report = try await larder.crawl(
                urls, "--mirror", "mirrored.test=127.0.0.1:\(left.port)*3,127.0.0.1:\(right.port)")
            #expect(report.status == 0)
            #expect(left.requestCount == 30 && right.requestCount == 10)
        }
    }

    @Test func aHashKeepsAURLWithItsServer() async throws {
        try await withMirrors { left, right async throws in
            let mirror = "mirrored.test=127.0.0.1:\(left.port),127.0.0.1:\(right.port)"
            // In turn, the second run would ask the other server for each.
            for list in [urls, urls.reversed()] {
                let report = try await larder.crawl(list, "--reload", "-j", "1", "--balance", "hash", "--mirror", mirror)
                #expect(report.status == 0)
            }
            for target in targets { #expect([left.count(target: target), right.count(target: target)].sorted() == [0, 2]) }
            #expect(left.requestCount > 0 && right.requestCount > 0)
        }
    }

    @Test func whereOneServerDiesAllURLsSucceed() async throws {
        try await withOrigin { left in
            let right = try await TestOrigin.start()
            for origin in [left, right] { fill(origin, delay: .milliseconds(20)) }
            let list = try larder.directory.write(urls.map { $0 + "\n" }.joined(), to: "list")
            async let running = larder.run(
                "crawl", "--json", "--max-per-host", "2", "-i", list, "--mirror",
                "mirrored.test=127.0.0.1:\(left.port),127.0.0.1:\(right.port)")
            // 40 pages, two at a time, take 400 ms at least: it dies in the middle.
            let isAsked = await until { right.requestCount >= 5 }
            await right.stop()
            let report = try CrawlReport(try await running)
            #expect(isAsked)
            #expect(report.status == 0 && report.outcomes == ["miss": 40], "\(report.errors)")
            #expect(right.requestCount < 20)
            #expect(left.requestCount >= 20)
        }
    }

    /// Waits until it is so; false after two minutes, for programs wait for their turn.
    private func until(_ isSo: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(120)
        while !isSo(), ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(1)) }
        return isSo()
    }

    @Test func aServerThatIsNotThereCostsNoURL() async throws {
        try await withMirrors { left, _ async throws in
            let report = try await larder.crawl(
                urls, "--retry", "0", "--mirror", "mirrored.test=127.0.0.77:9,127.0.0.1:\(left.port)")
            #expect(report.status == 0 && report.outcomes == ["miss": 40])
            #expect(report.results.allSatisfy { $0["attempts"] == 1 })
            #expect(left.requestCount == 40)
        }
    }

    @Test func mirrorsOfOneHostAreSparedAsOne() async throws {
        try await withMirrors(delay: .milliseconds(20)) { left, right async throws in
            let report = try await larder.crawl(
                urls, "-j", "8", "--max-per-host", "1", "--mirror",
                "mirrored.test=127.0.0.1:\(left.port),127.0.0.1:\(right.port)")
            #expect(report.status == 0)
            #expect(left.maximumOpenConnections == 1 && right.maximumOpenConnections == 1)
            // One after another.
            #expect(report.summary["elapsed_ms"].integer ?? 0 >= 800)
        }
    }

    @Test func otherHostsGoWhereTheirURLsSay() async throws {
        try await withMirrors { left, right async throws in
            let url = left.url("/page/0")
            #expect(try await larder.run("get", url, "--mirror", "mirrored.test=127.0.0.1:\(right.port)").status == 0)
            #expect(left.requestCount == 1 && right.requestCount == 0)
            // A mirror for a port is for no other one.
            let elsewhere = "127.0.0.1:\(right.port)=127.0.0.77:9"
            #expect(try await larder.run("get", "--reload", url, "--mirror", elsewhere).status == 0)
            #expect(left.requestCount == 2)
        }
    }

    @Test(arguments: [
        ("example.com", "is no mirror"), ("example.com=", "names no server"), ("a=b:99999", "port"), ("a=b*0", "weight"),
        ("a=ftp://b", "scheme"), ("a b=c", "is no host"),
    ])
    func whatNamesNoMirrorIsAUsageError(_ mirror: String, _ part: String) async throws {
        for command in ["crawl", "get"] {
            let result = try await larder.run(command, refusingURL, "--mirror", mirror)
            #expect(result.status == 2)
            #expect(result.errors.contains(part), "\(result.errors)")
        }
    }

    @Test func oneHostHasOneMirrorOption() async throws {
        #expect(try await larder.run("get", refusingURL, "--mirror", "a=b", "--mirror", "a=c").status == 2)
        #expect(try await larder.run("get", refusingURL, "--mirror", "a=b", "--balance", "luck").status == 2)
    }
}
