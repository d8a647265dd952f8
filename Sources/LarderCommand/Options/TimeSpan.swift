import ArgumentParser

/// A span of time on the command line: digits and `s`, `m`, `h`, `d` or `w`; a plain number is seconds; `ms` is milliseconds.
/// A decimal fraction is allowed (`1.5h`, `0.2`).
struct TimeSpan: Hashable, Sendable, ExpressibleByArgument {
    /// Zero or more.
    let milliseconds: Int64

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    init(seconds: Int64) {
        self.init(milliseconds: seconds * 1000)
    }

    init?(argument: String) {
        let units: [String: Int64] = [
            "": 1000, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        guard let value = ScaledNumber.parse(argument, units: units) else { return nil }
        self.milliseconds = value
    }

    /// Whole seconds, rounded down.
    var seconds: Int64 { milliseconds / 1000 }

    var defaultValueDescription: String {
        milliseconds % 1000 == 0 ? TimeText.span(seconds: seconds) : "\(milliseconds)ms"
    }
}

/// A pause in seconds, with a decimal fraction (`--wait 0.5`); the units of `TimeSpan` are understood too.
typealias WaitTime = TimeSpan
