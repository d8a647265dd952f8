import CacheStore
import CrawlPolicy
import HTTPSemantics

/// What a job keeps of the command that made it: the directory it ran in, and its arguments without anything secret
/// (`UnsecretArguments`). One a line.
struct JobSettings: Equatable {
    /// Where relative names of files count from.
    var directory: String
    /// The arguments of `larder crawl`.
    var arguments: [String]

    init(directory: String, arguments: [String]) {
        self.directory = directory
        self.arguments = arguments
    }

    /// The settings of this process' own command line.
    ///
    /// - Parameters:
    ///   - urls: those of the arguments that are URLs.
    ///   - headers: the values of `--header`, wherever they stand among the arguments.
    static func current(_ arguments: [String], urls: [String], headers: [String]) -> JobSettings {
        JobSettings(
            directory: WorkingDirectory.path ?? "/",
            arguments: UnsecretArguments(urls: urls, headers: headers).of(arguments))
    }

    /// The arguments and these options, which count before those that are kept: the last one does. `--` ends the options.
    func arguments(with options: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end] + options + arguments[end...]
    }

    // MARK: - As text

    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.unescaped($0) }
        guard let directory = lines.first, !directory.isEmpty else { return nil }
        self.directory = directory
        arguments = Array(lines.dropFirst())
    }

    var text: String { ([directory] + arguments).map(Self.escaped).joined(separator: "\n") }

    /// Sign by sign: a carriage return and a line feed behind it would be one character of a string.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func unescaped(_ text: Substring) -> String {
        var (result, isEscaped) = ("".unicodeScalars, false)
        for scalar in text.unicodeScalars {
            if isEscaped {
                result.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    // MARK: - Names

    /// The name of the job of a command that gives none: the host of its first URL, and a number that stands for all that decides
    /// which URLs belong to it, so that the same command finds its job again.
    ///
    /// - Parameter seeds: URLs and files of the command line, and what decides on links.
    static func name(firstURL: String?, deciding: [String]) -> JobName? {
        let host = firstURL.flatMap { WebURL($0)?.host } ?? "list"
        let safe = host.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" }
        let hash = URLFingerprint(ofText: deciding.joined(separator: "\u{0}"), key: FingerprintKey(low: 0, high: 0)).rawValue
        let trimmed = String(safe.drop { $0 == "." }.prefix(60))
        return JobName("\(trimmed.isEmpty ? "job" : trimmed)-\(String(hash & 0xFFFF_FFFF, radix: 16))")
    }
}
