import ArgumentParser

/// How many fetches run, and how they spare the servers.
struct PoolOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("Fetch this many URLs at once.", valueName: "count"))
    var jobs = 16

    @Option(help: ArgumentHelp("Fetch at most this many URLs at once from one host.", valueName: "count"))
    var maxPerHost = 4

    @Option(
        help: ArgumentHelp("Wait this long between two requests to one host; fractions are allowed: 0.5.", valueName: "seconds"))
    var wait = WaitTime(seconds: 0)

    @Option(
        help: ArgumentHelp(
            "Begin at most this many requests to one host: 5/s, 30/m, 1000/h; a plain 5 is 5/s. Default: no limit.",
            valueName: "count/unit"))
    var rate: RateLimit?

    @Option(help: ArgumentHelp("Receive at most this many bytes a second in all: 200k, 5M. Default: no limit.", valueName: "size"))
    var limitRate: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Try again this many times after connection errors, timeouts and the statuses 408, 429 and 5xx.", valueName: "count"))
    var retry = 2

    func validate() throws {
        guard (1...10_000).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 10000.") }
        guard (1...10_000).contains(maxPerHost) else { throw ValidationError("--max-per-host must be from 1 to 10000.") }
        guard (0...100).contains(retry) else { throw ValidationError("--retry must be from 0 to 100.") }
        guard limitRate.map({ $0.bytes > 0 }) ?? true else { throw ValidationError("--limit-rate must be more than 0.") }
    }
}
