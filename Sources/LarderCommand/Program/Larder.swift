import ArgumentParser
import CachingClient

/// The program `larder`: every command is a file in Commands, named here once.
struct Larder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larder",
        abstract: "Fetch the web once: a crawler and its persistent cache.",
        discussion: """
            Examples:
              larder crawl -i urls.txt
              larder cat https://example.com/
            """,
        version: RequestDefaults.version,
        subcommands: [
            Crawl.self, Get.self, List.self, Show.self, Explain.self, Cat.self, Stats.self, Remove.self, Collect.self, Pin.self,
            Unpin.self, Verify.self, Config.self, Serve.self, Jobs.self, Resume.self, JobLog.self,
        ])
}

/// A command of the program.
protocol Subcommand: AsyncParsableCommand {
    var shared: SharedOptions { get }
}
