import ArgumentParser
import HTTPTransport

/// How long to wait for a server.
struct TimeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The longest time to reach a server, TLS included.", valueName: "time"))
    var connectTimeout = TimeSpan(seconds: 10)

    @Option(help: ArgumentHelp("The longest time with no byte arriving.", valueName: "time"))
    var timeout = TimeSpan(seconds: 30)

    @Option(
        help: ArgumentHelp("The longest time for one URL, its redirects and retries included; 0 means no limit.", valueName: "time")
    )
    var maxTime = TimeSpan(seconds: 300)

    @Option(
        help: ArgumentHelp(
            "The longest time to wait for another process that is fetching the same URL, or keeps its host busy.",
            valueName: "time"))
    var lockTimeout = TimeSpan(seconds: 300)

    /// `maxTime` as the engine takes it; nil means no limit.
    var maximumTime: Duration? {
        maxTime.milliseconds > 0 ? .milliseconds(maxTime.milliseconds) : nil
    }

    func validate() throws {
        guard connectTimeout.milliseconds > 0 else { throw ValidationError("--connect-timeout must be more than 0.") }
        guard timeout.milliseconds > 0 else { throw ValidationError("--timeout must be more than 0.") }
        guard lockTimeout.milliseconds > 0 else { throw ValidationError("--lock-timeout must be more than 0.") }
    }
}
