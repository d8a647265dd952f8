import ArgumentParser
import TestOrigin

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program `larder-test-origin`: the generated site on loopback, for demonstrations and measurements.
@main
struct TestOriginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larder-test-origin",
        abstract: "Serves a small generated web site on this machine, with validators, gzip and conditional requests.",
        discussion: """
            Prints the site's URL and runs until SIGTERM or SIGINT; then it prints to standard error what it was asked.
            With --list it starts nothing and prints the URLs of pages.
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port = 0

    @Option(help: "How many pages the site has.")
    var pages = 500

    @Option(help: "About how many bytes a page has before compression.")
    var pageBytes = 10_000

    @Option(help: "Adds a web of this many small pages, ten links each: /web/0.html and so on.")
    var web: Int?

    @Flag(help: "Adds the traps that crawlers fall into: /trap/.")
    var traps = false

    @Option(help: ArgumentHelp("Takes requests for this host and never answers; may be given several times.", valueName: "host"))
    var stall: [String] = []

    @Option(
        help: ArgumentHelp(
            "Answers 429 with Retry-After: 7200 to requests for this host; may be given several times.", valueName: "host"))
    var refuse: [String] = []

    @Option(help: "How many threads serve connections.")
    var threads = 1

    @Option(help: ArgumentHelp("Writes the port number to this file once the site is up.", valueName: "file"))
    var portFile: String?

    @Option(help: ArgumentHelp("Prints the URLs of this many pages, one a line, and exits.", valueName: "count"))
    var list: Int?

    @Option(help: ArgumentHelp("The base URL of the listed pages.", valueName: "url"))
    var base: String?

    func validate() throws {
        guard 0...65535 ~= port else { throw ValidationError("--port is a number from 0 to 65535") }
        guard web.map({ $0 > 0 }) ?? true else { throw ValidationError("--web is at least 1") }
        guard pages > 0 else { throw ValidationError("--pages is at least 1") }
        guard 0...(16 << 20) ~= pageBytes else { throw ValidationError("--page-bytes is at most \(16 << 20)") }
        guard 1...64 ~= threads else { throw ValidationError("--threads is a number from 1 to 64") }
        if let list {
            guard list >= 0 else { throw ValidationError("--list is not negative") }
            guard base != nil else { throw ValidationError("--list needs --base, the URL that the running site printed") }
        }
    }

    func run() async throws {
        let site = GeneratedSite(pageCount: pages, pageBytes: pageBytes)
        if let list, let base {
            printList(site, count: list, base: base)
        } else {
            try await serve(site)
        }
    }

    private func printList(_ site: GeneratedSite, count: Int, base: String) {
        var root = base[...]
        while root.hasSuffix("/") { root.removeLast() }
        for target in site.pageTargets(count) { print(root + target) }
    }

    private func serve(_ site: GeneratedSite) async throws {
        let stop = StopSignals()
        var configuration = TestOrigin.Configuration()
        configuration.host = host
        configuration.port = port
        configuration.threads = threads
        configuration.site = site
        configuration.web = web.map { LinkedSite(pageCount: $0) }
        configuration.traps = traps
        // The totals are enough here: no memory for single requests.
        configuration.maximumLoggedRequests = 0
        let origin = try await TestOrigin.start(configuration)
        for host in stall { origin.script(host: host, .silence(.stall)) }
        for host in refuse { origin.script(host: host, .tooManyRequests(retryAfter: 7200)) }
        do {
            if let portFile { try TextFile.write("\(origin.port)\n", to: portFile) }
            print(origin.baseURL + "/")
            fflush(nil)  // Whoever waits for the line may read through a pipe.
            await stop.wait()
        } catch {
            await origin.stop()
            throw error
        }
        let counts = origin.countsByStatus.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let summary =
            "\(origin.requestCount) requests on \(origin.acceptedConnections) connections"
            + (counts.isEmpty ? "" : " (\(counts.joined(separator: ", ")))") + "\n"
        await origin.stop()
        _ = summary.withCString { write(2, $0, strlen($0)) }
    }
}
