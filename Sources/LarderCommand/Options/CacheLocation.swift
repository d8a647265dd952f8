import CacheStore

/// Where the cache lies.
enum CacheLocation {
    /// The directory as given, else where the environment says (`CacheStore.standardDirectory`).
    static func directory(option: String?, environment: ProcessEnvironment) throws -> String {
        if let option {
            guard !option.isEmpty else {
                throw CommandFailure("the cache directory has an empty name. Give one with --cache DIR.", exit: .usage)
            }
            return option
        }
        if let directory = CacheStore.standardDirectory(variable: { environment[$0] }) { return directory }
        throw CommandFailure(
            "no place for the cache: neither LARDER_CACHE nor XDG_CACHE_HOME nor HOME is set. Give one with --cache DIR.",
            exit: .usage)
    }

    /// The configuration file: `$XDG_CONFIG_HOME/larder/config.toml`, else `~/.config/larder/config.toml`; nil without a home.
    static func configFile(_ environment: ProcessEnvironment) -> String? {
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") { return base + "/larder/config.toml" }
        return environment["HOME"].map { $0 + "/.config/larder/config.toml" }
    }
}
