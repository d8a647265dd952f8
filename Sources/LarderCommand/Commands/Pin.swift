import ArgumentParser
import CacheStore

/// `larder pin`: keeps entries whatever the limits say.
struct Pin: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Keep entries whatever the limits say.",
        discussion: """
            gc and the limits of the cache (larder config) spare pinned entries; rm does not. A pin stays when the response is \
            fetched anew. A single URL that is not in the cache ends with exit code 20. larder ls --pinned lists them.

            Examples:
              larder pin 'https://example.com/manual/*'
              larder pin example.com --type application/pdf
            """)

    @OptionGroup var selection: EntrySelection
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func run() async throws {
        try await PinChange(selection: selection, shared: shared, isPinned: true).carryOut()
    }
}

/// `larder unpin`: takes pins away.
struct Unpin: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin",
        abstract: "Take the pins of entries away.",
        discussion: """
            The limits count for them again from now on. A single URL that is not in the cache ends with exit code 20.

            Examples:
              larder unpin https://example.com/manual/index.html
              larder unpin '*'
            """)

    @OptionGroup var selection: EntrySelection
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func run() async throws {
        try await PinChange(selection: selection, shared: shared, isPinned: false).carryOut()
    }
}

/// What `pin` and `unpin` do.
private struct PinChange {
    let selection: EntrySelection
    let shared: SharedOptions
    let isPinned: Bool

    func carryOut() async throws {
        let store = try StoredEntries.open(shared)
        let queries = selection.queries(now: SystemClock.now())
        let tally = try await EntryTally(queries, in: store)
        if tally.entries == 0 { try selection.endWithoutMatch(Console(shared)) }
        var changed: Int64 = 0
        for query in queries { changed += try await store.pin(isPinned, matching: query) }
        if let failure = await store.close() { throw failure }
        let output = OutputStream.standardOutput()
        if shared.json {
            var line = JSONLine()
            line.add(isPinned ? "pinned_entries" : "unpinned_entries", changed)
            line.add("matching_entries", tally.entries)
            try output.write(line.finished())
        } else {
            let same = tally.entries - changed
            let counted = NumberText.counted(changed, "entry", plural: "entries")
            try output.writeLine(
                "\(isPinned ? "pinned" : "unpinned") \(counted)"
                    + (same > 0 ? ", \(NumberText.count(same)) \(same == 1 ? "was" : "were") so before" : ""))
        }
        try output.flush()
    }
}
