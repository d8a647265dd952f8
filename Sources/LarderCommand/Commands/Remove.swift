import ArgumentParser
import CacheStore

/// `larder rm`: removes entries.
struct Remove: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove entries from the cache.",
        discussion: """
            Patterns and filters are those of ls, which shows what they match. On a terminal it asks first; elsewhere give --yes. \
            Pinned entries are removed too, unless --no-pinned is given. The room is used by what is stored next; larder gc gives \
            it back to the disk. A single URL that is not in the cache ends with exit code 20.

            Examples:
              larder rm 'https://example.com/old/*'
              larder rm example.com --stale --larger 10M --yes
            """)

    @OptionGroup var selection: EntrySelection

    @Flag(inversion: .prefixedNo, help: "Tell how much would be removed, and remove nothing.")
    var dryRun = false

    @Flag(name: [.short, .long], inversion: .prefixedNo, help: "Remove without asking.")
    var yes = false

    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func run() async throws {
        let console = Console(shared)
        let store = try StoredEntries.open(shared, durable: storage.durable)
        let queries = selection.queries(now: SystemClock.now())
        let tally = try await EntryTally(queries, in: store)
        guard tally.entries > 0 else {
            await store.close()
            try selection.endWithoutMatch(console)
            return try print(RemovalText(entries: 0, bytes: 0, isDryRun: dryRun))
        }
        if dryRun {
            await store.close()
            return try print(RemovalText(entries: tally.entries, bytes: tally.storedBytes, isDryRun: true))
        }
        if !yes { try confirm(tally) }
        let interruption = Interruption(shared, advice: "what was removed stays removed; run it again for the rest.")
        var removed = RemovalText(entries: 0, bytes: 0, isDryRun: false)
        for query in queries {
            let report = try await store.remove(matching: query)
            removed.entries += report.entries
            removed.bytes += report.storedBytes
        }
        if let failure = await store.close() { throw failure }
        withExtendedLifetime(interruption) {}
        try print(removed)
    }

    private func confirm(_ tally: EntryTally) throws {
        let what =
            "\(NumberText.counted(tally.entries, "entry", plural: "entries")), \(NumberText.bytes(tally.storedBytes))"
            + (tally.pinnedEntries > 0 ? ", \(NumberText.count(tally.pinnedEntries)) of them pinned" : "")
        guard Confirmation.isPossible else {
            throw CommandFailure(
                "that is \(what). Nobody is there to ask: give --yes to remove them, or --dry-run to see what it comes to.",
                exit: .usage)
        }
        guard Confirmation.ask("Remove \(what)?") else {
            throw CommandFailure("nothing was removed.", exit: .generic, code: "not_confirmed")
        }
    }

    private func print(_ removal: RemovalText) throws {
        let output = OutputStream.standardOutput()
        if shared.json { try output.write(removal.jsonLine()) } else { try output.writeLine(removal.line) }
        try output.flush()
    }
}

/// What `larder rm` tells.
struct RemovalText: Equatable {
    var entries: Int64
    /// Stored bytes of bodies that nobody refers to any more; of a dry run those of all entries that match.
    var bytes: Int64
    let isDryRun: Bool

    var line: String {
        let counted = NumberText.counted(entries, "entry", plural: "entries")
        return isDryRun
            ? "would remove \(counted), \(NumberText.bytes(bytes))" : "removed \(counted), \(NumberText.bytes(bytes)) freed"
    }

    func jsonLine() -> [UInt8] {
        var line = JSONLine()
        line.add("removed_entries", entries)
        line.add("freed_bytes", bytes)
        line.add("dry_run", isDryRun)
        return line.finished()
    }
}
