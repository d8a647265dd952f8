import ArgumentParser
import CrawlEngine
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import Testing

@testable import LarderCommand

@Suite struct OptionGroupTests {
    @Test func `the defaults are those of the manual`() throws {
        let crawl = try Crawl.parse(["http://a/"])
        #expect(crawl.pool.jobs == 16)
        #expect(crawl.pool.maxPerHost == 4)
        #expect(crawl.pool.wait.milliseconds == 0)
        #expect(crawl.pool.retry == 2)
        #expect(crawl.times.connectTimeout.seconds == 10)
        #expect(crawl.times.timeout.seconds == 30)
        #expect(crawl.times.maxTime.seconds == 300)
        #expect(crawl.limits.maxRedirect == 20)
        #expect(crawl.freshness.reuse == ReuseOptions())
        #expect(crawl.request.method == .get)
        #expect(crawl.request.fields.first("Accept-Encoding") == "gzip, deflate")
    }

    @Test func `arguments are read before files, in order`() throws {
        let crawl = try Crawl.parse(["-i", "one", "http://a/", "-i", "-"])
        #expect(crawl.input.inputs == [.urls(["http://a/"]), .file("one"), .standardInput])
    }

    @Test func `freshness options choose how the cache is used`() throws {
        #expect(
            try Get.parse(["http://a/", "--max-age", "1h", "--max-stale", "5"]).freshness.reuse
                == ReuseOptions(maxAge: 3600, maxStale: 5))
        #expect(try Get.parse(["http://a/", "--refresh"]).freshness.reuse.mode == .refresh)
        #expect(try Get.parse(["http://a/", "--reload"]).freshness.reuse.mode == .reload)
        #expect(try Get.parse(["http://a/", "--offline"]).freshness.reuse.mode == .offline)
        #expect(try Get.parse(["http://a/", "--refresh", "--no-refresh", "--offline"]).freshness.reuse.mode == .offline)
    }

    @Test func `content makes a POST unless a method is given`() throws {
        let post = try Get.parse(["http://a/", "-d", "a=1", "-d", "b=2"]).request
        #expect(post.method == .post)
        #expect(try post.content() == Array("a=1&b=2".utf8))
        #expect(post.fields.first("Content-Type") == "application/x-www-form-urlencoded")
        #expect(try Get.parse(["http://a/", "-d", "x", "-X", "PUT"]).request.method == .put)
        #expect(try Get.parse(["http://a/"]).request.content() == nil)
    }

    @Test func `a header of the user takes the place of ours`() throws {
        let fields = try Get.parse(["http://a/", "-H", "accept: text/html", "-H", "X: 1", "-H", "X: 2"]).request.fields
        #expect(fields.values("Accept") == ["text/html"])
        #expect(fields.values("X") == ["1", "2"])
        let agent = try Get.parse(["http://a/", "--user-agent", "me", "-H", "User-Agent: you"]).request.fields
        #expect(agent.values("User-Agent") == ["me"])
    }

    @Test(arguments: [
        ("https://example.org/bot", "https://example.org/bot"), ("mailto:me@example.org", "mailto:me@example.org"),
        ("me@example.org", "mailto:me@example.org"),
    ])
    func `the User-Agent field says where whoever sends it can be reached`(contact: String, said: String) throws {
        let request = try Get.parse(["http://a/", "--contact", contact]).request
        #expect(request.fields.values("User-Agent") == ["larder/0.1.0 (+\(said))"])
        #expect(request.robotsAgent == .larder)
        let named = try Get.parse(["http://a/", "--contact", contact, "--user-agent", "me/1"]).request
        #expect(named.fields.values("User-Agent") == ["me/1"])
    }

    @Test(arguments: [
        "", "example.org", "me", "ftp://example.org/", "mailto:", "mailto:me", "@", "me@", "http://me:secret@example.org/",
        "https://example.org/)(", "https://example.org/\u{e9})",
    ])
    func `a contact that nobody can reach is a usage error`(contact: String) {
        #expect(throws: (any Error).self) { try Get.parse(["http://a/", "--contact", contact]) }
    }

    @Test(arguments: [
        ["crawl"], ["crawl", "-r", "-d", "x", "http://a/"],
        ["crawl", "-p", "http://a/"], ["crawl", "-r", "--accept-regex", "(", "http://a/"], ["crawl", "-j", "0", "http://a/"],
        ["crawl", "--retry", "-1", "http://a/"],
        ["crawl", "-i", "-", "-i", "-"], ["crawl", "--max-pages", "0", "http://a/"], ["get"], ["get", "a", "b"],
        ["get", "http://a/", "--refresh", "--reload"], ["get", "http://a/", "-I", "-d", "x"], ["get", "http://a/", "-X", "A B"],
        ["get", "http://a/", "-H", "Host: b"], ["get", "http://a/", "--max-filesize", "0"], ["ls", "--fresh", "--stale"],
        ["ls", "--csv", "--json"], ["ls", "--limit", "0"], ["ls", "--sort", "colour"], ["cat", "http://a/", "--json"],
        ["nonsense"], ["get", "http://a/", "--timeout", "0"],
    ])
    func `what cannot be meant is a usage error`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Larder.parse(arguments) }
    }

    @Test(arguments: [
        [
            "crawl", "--no-refresh", "--no-reload", "--no-offline", "--no-durable", "--no-json", "--no-quiet", "--no-verbose",
            "http://a/",
        ],
        ["get", "--no-include", "--no-head", "http://a/"], ["cat", "--no-raw", "--no-head", "http://a/"],
        ["ls", "--no-fresh", "--no-stale", "--no-long", "--no-count", "--no-csv"], ["show", "--no-config", "http://a/"],
    ])
    func `each flag has its opposite`(arguments: [String]) throws {
        _ = try Larder.parse(arguments)
    }

    @Test(arguments: [
        ["get", "--help"], ["get", "--version"], ["get"], ["get", "--", "--x"], ["crawl", "--bogus"], ["cat", "-h"],
        ["crawl", "help"],
        ["crawl", "--generate-completion-script", "bash"], ["cat", "http://a/", "--cache"],
    ])
    func `a command that parses its own arguments says what the program says`(arguments: [String]) {
        func message(_ parse: ([String]) throws -> any ParsableCommand) -> String {
            do {
                return "\(type(of: try parse(arguments)))"
            } catch {
                return "\(Larder.exitCode(for: error)) \(Larder.fullMessage(for: error))"
            }
        }
        #expect(message { try Larder.parse($0) } == message { try Larder.parseAsRoot($0) })
    }

    @Test func `a URL argument is absolute and of http or https`() throws {
        #expect(try URLArgument.parse("https://Example.com").serialized == "https://example.com/")
        for text in ["example.com", "ftp://example.com/", "", "http://", "/path"] {
            let failure = #expect(throws: CommandFailure.self) { try URLArgument.parse(text) }
            #expect(failure?.exit == .usage)
        }
    }
}
