import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Flag before environment before configuration file before default; and command lines that make no sense.
@Suite struct ConfigurationTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory("larder-configuration")
    }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Result {
        try await Program.run(
            Larder.program, arguments,
            environment: [
                "HOME": directory.file("home"), "XDG_CONFIG_HOME": directory.file("config"),
                "XDG_CACHE_HOME": directory.file("xdg"),
            ].merging(environment) { $1 })
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.file(name) + "/cache.db")
    }

    @Test func theCacheDirectoryIsFoundInItsOrder() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=600"]))
            let url = origin.url("/a")
            #expect(try await run("get", url, environment: ["XDG_CACHE_HOME": ""]).status == 0)
            #expect(exists("home/.cache/larder"))
            #expect(try await run("get", url).status == 0)
            #expect(exists("xdg/larder"))

            try directory.write("cache = \"\(directory.file("configured"))\"\n", to: "config/larder/config.toml")
            #expect(try await run("get", url).status == 0)
            #expect(exists("configured"))
            #expect(try await run("get", url, environment: ["LARDER_CACHE": directory.file("environment")]).status == 0)
            #expect(exists("environment"))
            #expect(
                try await run(
                    "get", "--cache", directory.file("flag"), url, environment: ["LARDER_CACHE": directory.file("unused")]
                ).status == 0)
            #expect(exists("flag") && !exists("unused"))
            // Without the file the default is back.
            origin.clearLog()
            #expect(try await run("get", "--no-config", url).status == 0)
            #expect(origin.requestCount == 0)
        }
    }

    @Test func theFileSetsOptionsOfCommands() async throws {
        try await withOrigin { origin in
            try directory.write(
                """
                # defaults of mine
                user-agent = "configured/1"
                [get]
                header = ["X-One: 1", "X-Two: 2"]
                [ls]
                limit = 1
                """, to: "config/larder/config.toml")
            let url = origin.url(TestOrigin.echoPath)
            #expect(try await run("get", url).status == 0)
            let request = try #require(origin.requests.last)
            #expect(request.fields.first("User-Agent") == "configured/1")
            #expect(request.fields.first("X-Two") == "2")
            #expect(try await run("get", "--user-agent", "flag/1", url).status == 0)
            #expect(origin.requests.last?.fields.first("User-Agent") == "flag/1")
            #expect(try await run("crawl", url).status == 0)
            #expect(origin.requests.last?.fields.contains("X-One") == false)
            #expect(try await run("get", "--no-config", url).status == 0)
            #expect(origin.requests.last?.fields.first("User-Agent")?.hasPrefix("larder/") == true)
        }
    }

    @Test(arguments: ["nonsense = 1", "cache = ", "jobs = \"many\"", "[serve-me]\nx = 1", "cache \"x\""])
    func aMistakeInTheFileIsNamedWithItsLine(line: String) async throws {
        try directory.write("# first\n\(line)\n", to: "config/larder/config.toml")
        let result = try await run("crawl", "http://127.0.0.1:9/")
        #expect(result.status == 2)
        #expect(result.errors.contains("config.toml:2") || result.errors.contains("config.toml:3"))
        #expect(result.errors.contains("--no-config"))
    }

    @Test(arguments: [
        ["crawl"], ["crawl", "--nonsense", "http://127.0.0.1:9/"], ["crawl", "-j", "0", "http://127.0.0.1:9/"],
        ["crawl", "-j", "many", "http://127.0.0.1:9/"], ["crawl", "--max-filesize", "5X", "http://127.0.0.1:9/"],
        ["crawl", "--timeout", "0", "http://127.0.0.1:9/"], ["crawl", "-H", "no colon", "http://127.0.0.1:9/"],
        ["crawl", "-X", "GET IT", "http://127.0.0.1:9/"], ["crawl", "-i", "-", "-i", "-"],
        ["get"], ["get", "example.com"], ["get", "ftp://127.0.0.1/"], ["get", "-I", "-d", "x", "http://127.0.0.1:9/"],
        ["ls", "--status", "6"], ["ls", "--fresh", "--stale"], ["ls", "--csv", "--json"], ["show"], ["cat", "--json", "http://a/"],
        ["stats", "--by", "colour"], ["nonsense"],
    ])
    func aCommandLineThatMakesNoSenseIsExitCode2(arguments: [String]) async throws {
        let result = try await Program.run(
            Larder.program, arguments, environment: ["LARDER_CACHE": directory.file("cache"), "HOME": directory.path])
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("larder: "))
        #expect(!exists("cache"))
    }

    @Test func aSecretInABadHeaderIsNotRepeated() async throws {
        let result = try await run("get", "-H", "Authorization: opensesame\u{1}", "http://127.0.0.1:9/")
        #expect(result.status == 2)
        #expect(!result.errors.contains("opensesame"))
    }

    @Test(arguments: [["--help"], ["--version"], ["crawl", "--help"], ["help", "get"]])
    func helpIsDataAndNoFailure(arguments: [String]) async throws {
        let result = try await Program.run(Larder.program, arguments, environment: ["HOME": directory.path])
        #expect(result.status == 0)
        #expect(!result.output.isEmpty)
        #expect(result.errors.isEmpty)
    }
}
