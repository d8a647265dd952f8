import Foundation
import TestSupport

/// The program `larder` with a cache of its own, as a user runs it.
struct Larder: Sendable {
    private static let turnstile = Turnstile(4)

    let directory: TemporaryDirectory
    /// The cache directory; not there before the first command that stores something.
    let cache: String
    var environment: [String: String] = [:]

    init() throws {
        directory = try TemporaryDirectory("larder-e2e")
        cache = directory.file("cache")
    }

    private init(sharing other: Larder, cache: String) {
        directory = other.directory
        self.cache = cache
    }

    /// The same program with another cache directory.
    func with(cache: String) -> Larder { Larder(sharing: self, cache: cache) }

    /// Runs a command to its end.
    @discardableResult
    func run(
        _ arguments: String..., input: String? = nil, output: Program.Output = .pipes, measuresMemory: Bool = false
    ) async throws -> Program.Result {
        try await run(arguments, input: input, output: output, measuresMemory: measuresMemory)
    }

    func run(
        _ arguments: [String], input: String? = nil, output: Program.Output = .pipes, measuresMemory: Bool = false
    ) async throws -> Program.Result {
        try await Self.turnstile.pass {
            try await Program.run(
                Self.program, arguments, environment: variables, input: input.map { Data($0.utf8) }, output: output,
                measuresMemory: measuresMemory)
        }
    }

    /// Starts a command and leaves it to the caller to end it.
    func start(_ arguments: String..., output: Program.Output = .pipes) throws -> Program {
        try start(arguments, output: output)
    }

    func start(_ arguments: [String], output: Program.Output = .pipes) throws -> Program {
        try Program(Self.program, arguments, environment: variables, output: output)
    }

    /// `larder crawl --json` of these URLs, which stand in a file.
    func crawl(_ urls: [String], _ options: String...) async throws -> CrawlReport {
        let list = try directory.write(urls.map { $0 + "\n" }.joined(), to: "list-\(UUID().uuidString)")
        return try CrawlReport(try await run(["crawl", "--json", "-i", list] + options))
    }

    /// `larder cat`: the stored body.
    func cat(_ url: String) async throws -> [UInt8] {
        try await run("cat", url).bytes
    }

    /// `larder show --json`.
    func show(_ url: String) async throws -> JSONValue {
        try JSONValue.lines(try await run("show", "--json", url)).first ?? .null
    }

    /// The totals of `larder stats --json`.
    func stats() async throws -> JSONValue {
        try JSONValue.lines(try await run("stats", "--json")).first ?? .null
    }

    /// The program beside the tests, unless `LARDER_TEST_PROGRAM` names another one, such as a release build.
    static let program = ProcessInfo.processInfo.environment["LARDER_TEST_PROGRAM"] ?? Program.built("larder")

    private var variables: [String: String] {
        ["LARDER_CACHE": cache].merging(environment) { $1 }
    }
}

/// What `larder crawl --json` printed.
struct CrawlReport: Sendable {
    /// The objects of URLs, in the order in which they came to an end.
    let results: [JSONValue]
    /// The last object.
    let summary: JSONValue
    let status: Int32
    let errors: String

    init(_ result: Program.Result) throws {
        let lines = try JSONValue.lines(result)
        status = result.status
        errors = result.errors
        results = lines.filter { $0["type"].isMissing }
        summary = lines.last.flatMap { $0["type"] == "summary" ? $0 : nil } ?? .missing
    }

    /// The object of a URL; `missing` where there is none.
    subscript(_ url: String) -> JSONValue {
        results.first { $0["url"].string == url } ?? .missing
    }

    /// The values of `cache`, each with how often it came.
    var outcomes: [String: Int] {
        results.reduce(into: [:]) { $0[$1["cache"].string ?? "none", default: 0] += 1 }
    }
}
