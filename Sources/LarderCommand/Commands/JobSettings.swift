import CacheStore
import CrawlPolicy
import HTTPSemantics

/// What a job keeps of the command that made it: the directory it ran in, and its arguments without anything secret. One a line.
struct JobSettings: Equatable {
    /// Where relative names of files count from.
    var directory: String
    /// The arguments of `larder crawl`.
    var arguments: [String]

    init(directory: String, arguments: [String]) {
        self.directory = directory
        self.arguments = Self.withoutSecrets(arguments)
    }

    /// The settings of this process' own command line.
    static func current(_ arguments: [String]) -> JobSettings {
        JobSettings(directory: WorkingDirectory.path ?? "/", arguments: arguments)
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

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func unescaped(_ text: Substring) -> String {
        var (result, isEscaped) = ("", false)
        for character in text {
            if isEscaped {
                result.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    // MARK: - Secrets

    /// Fields that are never written down.
    private static let secretFields = ["authorization", "proxy-authorization", "cookie"]

    /// The arguments without fields that hold credentials, and without user and password in URLs.
    static func withoutSecrets(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "-H" || argument == "--header" {
                guard let value = rest.popFirst() else { break }
                if !isSecret(value) { result += [argument, value] }
            } else if argument.hasPrefix("--header=") || argument.hasPrefix("-H") && !argument.hasPrefix("--") {
                let value = argument.hasPrefix("-H") ? argument.dropFirst(2) : argument.dropFirst("--header=".count)
                if !isSecret(String(value)) { result.append(argument) }
            } else if let url = WebURL(argument), url.isHTTP, url.withoutUserinfo() != url {
                result.append(url.withoutUserinfo().serialized)
            } else {
                result.append(argument)
            }
        }
        return result
    }

    private static func isSecret(_ field: String) -> Bool {
        let name = field.prefix { $0 != ":" && $0 != ";" }.lowercased()
        return secretFields.contains(name.filter { $0 != " " && $0 != "=" })
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
