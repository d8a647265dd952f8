import ArgumentParser
import CachingClient

/// The program `larder`: every command is a file in Commands, named here once. Each says its own name, which the parser would else
/// make of the name of its type, for all of them in each process.
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

    /// The command that a command line asks for.
    ///
    /// A command that is asked for by its first argument parses the rest by itself: as the root's child it would first have all
    /// others and their options looked at, which takes longer than an answer from the cache. What it cannot make sense of (help and
    /// errors too, which name the whole command) is the root's to say.
    static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        if let name = arguments.first, let command = frequent[name], let parsed = try? command.parse(Array(arguments.dropFirst())) {
            return parsed
        }
        return try parseAsRoot(arguments)
    }

    /// What scripts call by the thousand.
    private static let frequent: [String: any ParsableCommand.Type] = ["crawl": Crawl.self, "get": Get.self, "cat": Cat.self]
}

/// A command of the program.
protocol Subcommand: AsyncParsableCommand {
    var shared: SharedOptions { get }
}
