import ArgumentParser

/// Requests in a time on the command line: `5/s`, `30/m`, `1000/h`; a plain number is requests a second.
struct RateLimit: Hashable, Sendable, ExpressibleByArgument {
    /// One or more.
    let count: Int
    /// The time in which that many may begin.
    let milliseconds: Int64

    init(count: Int, milliseconds: Int64) {
        self.count = count
        self.milliseconds = milliseconds
    }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        let isNumber = parts.first?.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        guard isNumber, parts.count <= 2, let count = parts.first.flatMap({ Int($0) }), count >= 1 else { return nil }
        let units: [Substring: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000]
        guard let milliseconds = units[parts.count == 2 ? parts[1] : "s"] else { return nil }
        self.init(count: count, milliseconds: milliseconds)
    }

    var defaultValueDescription: String {
        switch milliseconds {
        case 60_000: "\(count)/m"
        case 3_600_000: "\(count)/h"
        default: "\(count)/s"
        }
    }
}
