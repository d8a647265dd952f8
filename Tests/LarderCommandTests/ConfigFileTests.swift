import ArgumentParser
import TestSupport
import Testing

@testable import LarderCommand

@Suite struct ConfigFileTests {
    @Test func `reads sections, strings, numbers, booleans, arrays and comments`() throws {
        let file = try ConfigFile(
            parsing: """
                # all commands
                cache = "/var/cache/\\"x\\"" # where
                verbose=true\r
                [crawl]
                  jobs = 1_000
                  max_per_host = 2
                  refresh = false
                  header = ["A: b, c", 'D: \\e',]
                """)
        #expect(
            file.settings == [
                .init(section: nil, name: "cache", value: .text("/var/cache/\"x\""), line: 2),
                .init(section: nil, name: "verbose", value: .flag(true), line: 3),
                .init(section: "crawl", name: "jobs", value: .text("1000"), line: 5),
                .init(section: "crawl", name: "max-per-host", value: .text("2"), line: 6),
                .init(section: "crawl", name: "refresh", value: .flag(false), line: 7),
                .init(section: "crawl", name: "header", value: .list(["A: b, c", "D: \\e"]), line: 8),
            ])
    }

    @Test(arguments: [
        ("jobs 3", 1), ("\n\njobs =", 3), ("jobs = three", 1), ("jobs = \"3", 1), ("jobs = 'a", 1), ("[crawl", 1), ("[]", 1),
        ("jobs = 3 4", 1), ("a = 1\na = 2", 2), ("header = [\"a\"", 1), ("a = \"\\q\"", 1), ("= 3", 1), ("[a] b = 1", 1),
    ])
    func `an error names its line`(text: String, line: Int) {
        let error = #expect(throws: ConfigFile.SyntaxError.self) { try ConfigFile(parsing: text) }
        #expect(error?.line == line)
    }
}

@Suite struct ConfigArgumentsTests {
    private func merged(_ text: String, _ arguments: [String], _ variables: [String: String] = [:]) throws -> [String] {
        let directory = try TemporaryDirectory()
        try directory.write(text, to: "larder/config.toml")
        return try ConfigArguments.merged(
            into: arguments, environment: ProcessEnvironment(variables.merging(["XDG_CONFIG_HOME": directory.path]) { $1 }))
    }

    @Test func `settings stand below the command line`() throws {
        let arguments = try merged("[crawl]\njobs = 3\nrefresh = true", ["crawl", "-j", "5", "http://a/"])
        #expect(arguments == ["crawl", "--jobs=3", "--refresh", "-j", "5", "http://a/"])
        #expect(try Crawl.parse(Array(arguments.dropFirst())).pool.jobs == 5)
    }

    @Test func `a setting is for the commands that have the option`() throws {
        #expect(try merged("jobs = 3", ["ls"]) == ["ls"])
        #expect(try merged("cache = \"c\"", ["ls"]) == ["ls", "--cache=c"])
        #expect(try merged("[ls]\nlong = true", ["crawl", "http://a/"]) == ["crawl", "http://a/"])
    }

    @Test func `what is said to all commands does not reach those that remove`() throws {
        let text = "cache = \"c\"\nmax-age = \"12h\"\nstale = true\n[gc]\nmax-size = \"9M\"\n[rm]\npinned = false"
        #expect(try merged(text, ["crawl", "http://a/"]) == ["crawl", "--cache=c", "--max-age=12h", "http://a/"])
        #expect(try merged(text, ["ls"]) == ["ls", "--cache=c", "--stale"])
        #expect(try merged(text, ["gc"]) == ["gc", "--cache=c", "--max-size=9M"])
        #expect(try merged(text, ["rm", "a"]) == ["rm", "--cache=c", "--no-pinned", "a"])
        #expect(try merged(text, ["pin", "a"]) == ["pin", "--cache=c", "a"])
    }

    @Test func `the cache's own settings are no options`() throws {
        let arguments = try merged(
            "cache = \"c\"\nmax-age = \"12h\"\n[config]\njson = true", ["config", "set", "max-age", "30d"])
        #expect(arguments == ["config", "--cache=c", "--json", "set", "max-age", "30d"])
        let command = try Config.parse(Array(arguments.dropFirst()))
        #expect(command.action == .set && command.name == .maxAge && command.value == "30d" && command.shared.json)
        #expect(throws: CommandFailure.self) { try merged("[config]\nmax-size = \"1G\"", ["config"]) }
    }

    @Test func `the environment stands above the file`() throws {
        #expect(try merged("cache = \"c\"", ["ls"], ["LARDER_CACHE": "d"]) == ["ls"])
        #expect(try merged("color = \"always\"", ["ls"], ["NO_COLOR": "1"]) == ["ls"])
    }

    @Test func `a flag takes the place of one that it excludes`() throws {
        #expect(try merged("json = true", ["ls", "--csv"]) == ["ls", "--csv"])
        #expect(try merged("[ls]\nfresh = true", ["ls", "--stale"]) == ["ls", "--stale"])
        #expect(try merged("refresh = true", ["crawl", "--offline", "http://a/"]) == ["crawl", "--offline", "http://a/"])
        #expect(try merged("json = true", ["ls", "--", "--csv"]) == ["ls", "--json", "--", "--csv"])
    }

    @Test func `no-config passes the file over`() throws {
        #expect(try merged("nonsense", ["ls", "--no-config"]) == ["ls", "--no-config"])
        #expect(throws: CommandFailure.self) { try merged("nonsense", ["ls", "--", "--no-config"]) }
    }

    @Test(arguments: [
        "jobz = 3", "[crawl]\njobs = \"x\"", "[crawl]\njobs = 0", "[craw]\njobs = 1", "[ls]\njobs = 1", "config = false",
    ])
    func `what no command understands is a usage error with its line`(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try merged(text, ["crawl", "http://a/"]) }
        #expect(failure?.exit == .usage)
        #expect(failure?.message.contains("config.toml:\(text.contains("\n") ? 2 : 1): ") == true)
    }
}

@Suite struct CacheLocationTests {
    @Test func `flag, environment, XDG, home`() throws {
        let all = ["LARDER_CACHE": "/l", "XDG_CACHE_HOME": "/x", "HOME": "/h"]
        func directory(_ option: String?, without names: String...) throws -> String {
            try CacheLocation.directory(option: option, environment: ProcessEnvironment(all.filter { !names.contains($0.key) }))
        }
        #expect(try directory("/o") == "/o")
        #expect(try directory(nil) == "/l")
        #expect(try directory(nil, without: "LARDER_CACHE") == "/x/larder")
        #expect(try directory(nil, without: "LARDER_CACHE", "XDG_CACHE_HOME") == "/h/.cache/larder")
        #expect(throws: CommandFailure.self) { try directory(nil, without: "LARDER_CACHE", "XDG_CACHE_HOME", "HOME") }
        #expect(throws: CommandFailure.self) { try directory("") }
    }
}
