import ArgumentParser
import CacheStore

/// `larder config`: the settings that are kept in the cache itself.
struct Config: Subcommand {
    enum Action: String, CaseIterable, ExpressibleByArgument {
        case get, set, unset
    }

    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show or change the limits that are kept in the cache.",
        discussion: """
            These settings belong to one cache, lie in it, and are kept by every process that writes to it: crawl, get, serve. \
            (The file config.toml is something else: options of yours that stand in for the command line, whichever cache you \
            use.)

            max-size  The most that the cache directory may take on the disk, database and write-ahead log together: 500M, 20G, \
            none. Whoever writes makes room: what was used longest ago goes first, pinned entries stay. Default: none.
            max-age   Entries that nothing has used for this long may go: 12h, 30d, none. Default: none.
            reserve   Free space of the file system that the cache leaves alone: 1G, none, default. Below it nothing new is \
            stored; what is there is served, and crawl ends with exit code 25. Default: 256M, or 5% of the file system where \
            that is less.

            Without arguments all settings are listed. A smaller max-size takes effect with the next write; larder gc applies \
            it at once.

            Examples:
              larder config set max-size 20G
              larder config get max-size
              larder config unset max-size
            """)

    @Argument(help: ArgumentHelp("What to do: get, set or unset. Without it all settings are listed.", valueName: "action"))
    var action: Action?

    @Argument(help: ArgumentHelp("The setting: max-size, max-age or reserve.", valueName: "name"))
    var name: CacheSetting?

    @Argument(help: ArgumentHelp("With set: the new value.", valueName: "value"))
    var value: String?

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        guard let action else { return }
        guard let name else { throw ValidationError("Name the setting: \(CacheSetting.names).") }
        switch (action, value) {
        case (.set, nil): throw ValidationError("Give the value: larder config set \(name.rawValue) VALUE.")
        case (.set, let value?): _ = try name.parse(value)
        case (_, nil): break
        case (_, _?): throw ValidationError("Only set takes a value: larder config set \(name.rawValue) VALUE.")
        }
    }

    func run() async throws {
        let output = OutputStream.standardOutput()
        switch (action, name) {
        case (.get?, let name?):
            let settings = try await read()
            try shared.json
                ? output.write(name.jsonLine(settings)) : output.writeLine(CacheSettingText.value(of: name, in: settings))
        case (.set?, let name?):
            let settings = try await change(name, to: name.parse(value ?? ""))
            if shared.json { try output.write(name.jsonLine(settings)) }
        case (.unset?, let name?):
            let settings = try await change(name, to: nil)
            if shared.json { try output.write(name.jsonLine(settings)) }
        default:
            let settings = try await read()
            if shared.json {
                for setting in CacheSetting.allCases { try output.write(setting.jsonLine(settings)) }
            } else {
                for line in CacheSettingText.table(settings) { try output.writeLine(line) }
            }
        }
        try output.flush()
    }

    private func read() async throws -> StoreSettings {
        let store = try StoredEntries.open(shared)
        let settings = try await store.settings()
        await store.close()
        return settings
    }

    /// - Parameter value: nil: the default.
    private func change(_ name: CacheSetting, to value: Int64?) async throws -> StoreSettings {
        let directory = try shared.cacheDirectory()
        // A cache may be given its limits before anything is stored in it.
        let store =
            action == .set
            ? try CacheStore.open(directory: directory, options: StoredEntries.options(durable: true))
            : try CacheStore.openExisting(directory: directory, options: StoredEntries.options(durable: true))
        let settings = try await store.changeSettings { name.change(&$0, to: value) }
        let size = try await store.statistics().directoryBytes
        if let failure = await store.close() { throw failure }
        if name == .maxSize, let limit = settings.maximumBytes, size > limit {
            Console(shared).notice(
                "the cache has \(NumberText.bytes(size)) now; whoever writes next makes it smaller. `larder gc` does it at once.")
        }
        return settings
    }
}
