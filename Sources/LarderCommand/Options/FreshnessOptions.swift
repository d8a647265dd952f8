import ArgumentParser
import HTTPCaching

/// What may be answered from the cache. Without any of these, what RFC 9111 says.
struct FreshnessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take entries younger than this as fresh whatever the server said, and validate older ones: 30s, 10m, 12h, 7d.",
            valueName: "time"))
    var maxAge: TimeSpan?

    @Option(
        help: ArgumentHelp("Accept entries that have been stale for no longer than this: 30s, 10m, 12h, 7d.", valueName: "time"))
    var maxStale: TimeSpan?

    @Flag(inversion: .prefixedNo, help: "Validate every entry with its server, fresh or not.")
    var refresh = false

    @Flag(inversion: .prefixedNo, help: "Fetch everything again, unconditionally.")
    var reload = false

    @Flag(inversion: .prefixedNo, help: "Never touch the network: any entry serves, stale or not; a miss ends with exit code 20.")
    var offline = false

    func validate() throws {
        let chosen = [refresh ? "--refresh" : nil, reload ? "--reload" : nil, offline ? "--offline" : nil].compactMap { $0 }
        guard chosen.count < 2 else {
            throw ValidationError("\(chosen.joined(separator: " and ")) exclude each other. Give one of them.")
        }
    }

    var reuse: ReuseOptions {
        ReuseOptions(
            mode: refresh ? .refresh : reload ? .reload : offline ? .offline : .standard, maxAge: maxAge?.seconds,
            maxStale: maxStale?.seconds)
    }
}
