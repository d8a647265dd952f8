import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder serve` as a program.
@Suite(.timeLimit(.minutes(5))) struct ServeTests {
    var larder: Larder

    init() throws {
        larder = try Larder()
    }

    private static let fresh: FieldSection = ["Cache-Control": "max-age=600"]

    // MARK: - Beginning and end

    @Test func itSaysWhereItServesAndEndsInOrder() async throws {
        try await withOrigin { origin in
            origin.script("/x", .text("content", fields: Self.fresh))
            let url = origin.url("/x")
            let serving = try await Serving(larder)
            #expect(serving.program.errorsSoFar == "larder: serving http://127.0.0.1:\(serving.port) (cache \(larder.cache))\n")
            let first = try await serving.get(url)
            #expect(first.status == 200 && first.body == "content" && !first.isHit)
            #expect(try await serving.hits("/\(url)"))
            let result = await serving.stop()
            #expect(result.status == 0)
            #expect(result.errors.hasSuffix("larder: SIGTERM: finishing what is under way.\n"))
            // The next one has what this one has stored.
            let next = try await Serving(larder)
            #expect(try await next.get(url).isHit)
            #expect(await next.stop(SIGINT).status == 0)
            try await expectClean(larder.cache)
        }
    }

    @Test func itListensAtSeveralAddresses() async throws {
        let path = larder.directory.file("socket")
        let options = ["--listen", "127.0.0.1:0", "--listen", "localhost:0", "--listen", "unix:\(path)"]
        let serving = try await Serving(larder, options, listeners: 3)
        #expect(serving.ports.count == 2 && Set(serving.ports).count == 2)
        #expect(serving.program.errorsSoFar.contains("serving unix:\(path) "))
        #expect(try await serving.get("/larder/status", port: serving.ports.last).status == 200)
        #expect(await serving.stop().status == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func eachRequestIsALineOfJSON() async throws {
        try await withOrigin { origin in
            origin.script("/x", .text("content", fields: Self.fresh))
            let url = origin.url("/x")
            let serving = try await Serving(larder, ["--json"])
            #expect(try await serving.get(url).body == "content")
            #expect(try await serving.hits(url))
            #expect(try await serving.get("/favicon.ico").status == 404)
            let lines = try JSONValue.lines(await serving.stop())
            #expect(lines.first?["cache"] == "miss")
            #expect(lines.suffix(2).map { $0["status"] } == [200, 404])
            #expect(lines.suffix(2).map { $0["cache"] } == ["hit", "error"])
            let first = try #require(lines.first)
            #expect(first["method"] == "GET" && first["url"].string == url && first["client"] == "127.0.0.1")
            #expect(first["bytes"] == 7 && first["complete"] == true)
            #expect(first["time"].number ?? 0 > 1_700_000_000)
        }
    }

    @Test func aReaderThatHasStoppedHoldsUpNoEnd() async throws {
        // More lines than a pipe takes, and nobody reads them.
        var ends: [Int32] = [-1, -1]
        #expect(mkfifo(larder.directory.file("pipe"), 0o600) == 0)
        ends[0] = open(larder.directory.file("pipe"), O_RDWR | O_CLOEXEC)
        defer { close(ends[0]) }
        let program = try larder.start(
            ["serve", "--json", "--listen", "127.0.0.1:0"], output: .file(larder.directory.file("pipe")))
        try await program.waitForOutput { $0.contains("serving") && $0.hasSuffix("\n") }
        let port = try #require(program.errorsSoFar.components(separatedBy: "127.0.0.1:").last?.split(separator: " ").first)
        let long = String(repeating: "x", count: 4000)
        let request = "GET /\(long) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        let last = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        for _ in 0..<3 {
            let requests = String(repeating: request, count: 20) + last
            #expect(try await LoopbackSocket.exchange(try #require(UInt16(port)), requests).contains("connections: 1 open"))
        }
        let start = ContinuousClock.now
        program.signal(SIGTERM)
        #expect(await program.wait().status == 0)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    // MARK: - Usage

    @Test(arguments: [
        (["--listen", "nowhere"], "--listen 'nowhere' is no HOST:PORT"),
        (["--listen", "0.0.0.0:8118"], "0.0.0.0:8118 can be reached from other machines. Give --allow-remote"),
        (["--listen", "[::]:8118"], "[::]:8118 can be reached from other machines."),
        (["--connect-ports", "443,x"], "--connect-ports '443,x' is neither any nor ports"),
        (["--connect-ports", ""], "--connect-ports '' is neither any nor ports"),
        (["--connect-ports", "0"], "from 1 to 65535"),
        (["--max-connections", "0"], "--max-connections must be from 1"),
        (["--threads", "0"], "--threads must be from 1 to 64"),
        (["--timeout", "0"], "--timeout must be more than 0"),
        (["--upstream", "ftp://a"], "--upstream: an upstream must be an http or https URL"),
        (["--upstream", "http://a", "--balance", "luck"], "--balance 'luck' is none of"),
    ])
    func wrongOptionsAreUsageErrors(_ options: [String], _ text: String) async throws {
        let result = try await larder.run(["serve"] + options)
        #expect(result.status == 2)
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: larder.cache))
    }

    @Test func aPortInUseIsAnError() async throws {
        let taken = try LoopbackSocket()
        let result = try await larder.run("serve", "--listen", "127.0.0.1:\(taken.port)")
        #expect(result.status == 1)
        #expect(result.errors.contains("127.0.0.1:\(taken.port) is in use by another program."), "\(result.errors)")
    }

    // MARK: - Proxies and tunnels

    /// A port that was free a moment ago.
    private func freePort() throws -> UInt16 { try LoopbackSocket().port }

    @Test(arguments: ["http_proxy", "https_proxy", "all_proxy"])
    func aProxyThatIsTheServerItselfIsNotUsed(_ variable: String) async throws {
        try await withOrigin { origin in
            origin.script("/x", .text("content", fields: Self.fresh))
            let port = try freePort()
            var larder = larder
            larder.environment[variable] = "http://localhost:\(port)"
            let serving = try await Serving(larder, ["--listen", "127.0.0.1:\(port)"])
            #expect(serving.program.errorsSoFar.contains("the proxy localhost:\(port) of the environment is this server itself"))
            #expect(try await serving.get(origin.url("/x")).body == "content")
            let tunnelled = try await LoopbackSocket.exchange(
                port,
                "CONNECT 127.0.0.1:\(origin.port) HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            #expect(tunnelled.hasPrefix("HTTP/1.1 200 ") && tunnelled.hasSuffix("content"), "\(tunnelled)")
            // This request's, the one before, and the tunnel's.
            let status = try await serving.get("/")
            #expect(status.body.contains(" 3 accepted"), "\(status.body)")
            #expect(await serving.stop().status == 0)
        }
    }

    @Test func tunnelsLeadToTheNamedPortsAlone() async throws {
        try await withOrigin { origin in
            let allowing = try await Serving(larder, ["--connect-ports", "443,\(origin.port)"])
            let refused = try await allowing.get("127.0.0.1:22", method: "CONNECT")
            #expect(refused.status == 403 && refused.body.contains("--connect-ports"))
            #expect(try await allowing.get("127.0.0.1:+\(origin.port)", method: "CONNECT").status == 400)
            let request = "CONNECT 127.0.0.1:\(origin.port) HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n"
            #expect(try await LoopbackSocket.exchange(allowing.port, request).hasPrefix("HTTP/1.1 200 "))
            #expect(await allowing.stop().status == 0)

            // Whom other machines may ask leads to 443 alone, unless it is told to.
            let remote = try await Serving(larder, ["--allow-remote", "--allow-private-destinations"])
            #expect(try await remote.get("127.0.0.1:\(origin.port)", method: "CONNECT").status == 403)
            #expect(await remote.stop().status == 0)
        }
    }

    // MARK: - In front of servers

    @Test func aReverseProxyGoesOnWithTheServerThatIsLeft() async throws {
        try await withOrigin { left in
            let right = try await TestOrigin.start()
            for (origin, name) in [(left, "left"), (right, "right")] {
                for number in 0..<40 { origin.script("/\(number)", .text(name, fields: Self.fresh)) }
            }
            let upstreams = ["--upstream", left.baseURL, "--upstream", right.baseURL]
            let serving = try await Serving(larder, upstreams)
            var bodies: Set<String> = []
            for number in 0..<10 { bodies.insert(try await serving.get("/\(number)").body) }
            #expect(bodies == ["left", "right"])
            await right.stop()
            for number in 10..<40 { #expect(try await serving.get("/\(number)").body == "left") }
            for number in 0..<40 { #expect(try await serving.hits("/\(number)")) }
            let text = try await serving.get("/larder/").body
            #expect(text.contains("\n  \(left.baseURL): in service, 0 under way, 0 failures in a row\n"), "\(text)")
            #expect(text.contains("\n  \(right.baseURL): out for "))
            let status = try #require(try JSONValue.lines(try await serving.get("/larder/status").body).first)
            #expect(status["upstreams"].array.map { $0["url"].string } == [left.baseURL, right.baseURL])
            #expect(status["upstreams"].array.map { $0["state"].string } == ["in_service", "out"])
            let tunnel = try await serving.get("127.0.0.1:\(left.port)", method: "CONNECT")
            #expect(tunnel.status == 403 && tunnel.body.contains("opens no tunnels"))
            #expect(await serving.stop().status == 0)
        }
    }

    @Test func theOnlyServersAnswersArePassedOn() async throws {
        try await withOrigin { origin in
            origin.script("/busy", .text("busy", status: 503))
            origin.script("/x", .text("content"))
            let serving = try await Serving(larder, ["--upstream", origin.baseURL])
            for _ in 0..<6 {
                let answer = try await serving.get("/busy")
                #expect(answer.status == 503 && answer.body == "busy")
            }
            #expect(try await serving.get("/x").body == "content")
            #expect(await serving.stop().status == 0)
        }
    }

    // MARK: - One cache for several programs

    @Test func otherCommandsSeeTheSameCacheAtOnce() async throws {
        try await withOrigin { origin in
            for name in ["/a", "/b"] { origin.script(name, .text("old \(name)", fields: Self.fresh)) }
            let serving = try await Serving(larder)
            let (first, second) = (origin.url("/a"), origin.url("/b"))
            // What a command stores, the server has.
            #expect(try await larder.run("get", first).text == "old /a")
            #expect(try await serving.get(first).isHit)
            // What the server stores, a command has.
            #expect(try await serving.get(second).body == "old /b")
            #expect(try await serving.hits(second))
            #expect(try await larder.run("get", second).text == "old /b")
            #expect(try await larder.crawl([first, second]).outcomes == ["hit": 2])
            // What a command has replaced, the server does not serve from its memory.
            for _ in 0..<3 { #expect(try await serving.get(second).body == "old /b") }
            for name in ["/a", "/b"] { origin.script(name, .text("new \(name)", fields: Self.fresh)) }
            #expect(try await larder.run("get", "--reload", second).text == "new /b")
            let replaced = try await serving.get(second)
            #expect(replaced.body == "new /b" && replaced.isHit)
            #expect(try await larder.crawl([first], "--reload").outcomes == ["miss": 1])
            #expect(try await serving.get(first).body == "new /a")
            #expect(await serving.stop().status == 0)
            try await expectClean(larder.cache)
        }
    }
}
