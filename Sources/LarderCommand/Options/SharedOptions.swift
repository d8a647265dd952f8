import ArgumentParser

/// What every command understands.
struct SharedOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The cache directory; it is made when something is to be stored. Also LARDER_CACHE.",
            discussion: "Default: $XDG_CACHE_HOME/larder, else ~/.cache/larder.", valueName: "dir"))
    var cache: String?

    @Flag(inversion: .prefixedNo, help: "JSON Lines on stdout: one object a line, times in seconds since 1970, sizes in bytes.")
    var json = false

    @Flag(
        name: [.short, .long], inversion: .prefixedNo,
        help: "Print no notices, no progress and no summary; errors are told all the same.")
    var quiet = false

    @Flag(name: [.short, .long], inversion: .prefixedNo, help: "Say on stderr what is being done.")
    var verbose = false

    @Option(help: ArgumentHelp("Colour on a terminal: auto, always or never. NO_COLOR turns it off.", valueName: "when"))
    var color = ColorChoice.auto

    @Flag(inversion: .prefixedNo, help: "Read $XDG_CONFIG_HOME/larder/config.toml.")
    var config = true

    /// The cache directory in use: the option, else the environment, else the default.
    func cacheDirectory(_ environment: ProcessEnvironment = .current) throws -> String {
        try CacheLocation.directory(option: cache, environment: environment)
    }
}

/// When output is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
    /// On a terminal that understands colours, unless NO_COLOR is set.
    case auto
    case always
    case never
}
