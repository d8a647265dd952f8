import ArgumentParser
import CacheStore
import HTTPCaching
import HTTPSemantics

/// `larder show`: what is known of one entry.
struct Show: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one entry: status, fields, validators, sizes, times, freshness.",
        discussion: """
            Where several responses are stored for a URL (Vary), all are shown, the latest first. A URL that is not in the cache \
            ends with exit code 20.

            Examples:
              larder show https://example.com/
              larder show --json https://example.com/ | jq .etag
            """)

    @Argument(help: ArgumentHelp("An http or https URL.", valueName: "url"))
    var url: String

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func run() async throws {
        let store = try StoredEntries.open(shared)
        let variants = try await StoredEntries.variants(of: url, in: store)
        await store.close()
        let output = OutputStream.standardOutput()
        let style = TextStyle(shared.color, isTerminal: output.isTerminal)
        let now = SystemClock.now()
        for (index, entry) in variants.enumerated() {
            let description = EntryDescription(entry, now: now)
            if shared.json {
                try output.write(description.jsonLine())
            } else {
                if index > 0 { try output.writeLine("") }
                for line in description.lines(style: style) { try output.writeLine(line) }
            }
        }
        try output.flush()
    }
}
