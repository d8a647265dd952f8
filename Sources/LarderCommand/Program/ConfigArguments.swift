import ArgumentParser

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lays the configuration file under the command line: its settings become options that stand before those the user gave, so
/// that the last one, the user's, counts. Options that may be given several times add up.
enum ConfigArguments {
    /// The largest configuration file that is read.
    private static let maximumBytes = 1 << 20

    /// Flags that exclude each other: one that the user gives takes the place of the file's.
    private static let rivals: [Set<String>] = [["json", "csv"], ["fresh", "stale"], ["refresh", "reload", "offline"]]

    /// Commands that remove things, or say what may be removed. A setting for all commands does not reach them, for their options
    /// mean something else: `max-age = "12h"` tells a crawl what is fresh, and gc what to throw away. Their own section does, and so
    /// does what every command understands.
    private static let careful: Set<String> = ["gc", "rm", "pin", "unpin", "verify"]
    private static let everywhere: Set<String> = ["cache", "json", "quiet", "verbose", "color"]

    /// The command line with the file's settings laid under it; unchanged where there is no file, or `--no-config` is given.
    static func merged(into arguments: [String], environment: ProcessEnvironment) throws(CommandFailure) -> [String] {
        guard let name = arguments.first, let command = command(named: name), readsFile(arguments),
            let path = CacheLocation.configFile(environment), access(path, F_OK) == 0
        else { return arguments }
        let bytes = try FileDescriptor.readFile(path, limit: maximumBytes)
        let file: ConfigFile
        do {
            file = try ConfigFile(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw CommandFailure("\(path):\(error.line): \(error.reason). Correct the line, or give --no-config.", exit: .usage)
        }
        var merged: [String] = []
        for setting in file.settings
        where !isOutranked(setting.name, environment) && !isContradicted(setting.name, by: arguments) {
            let options = try self.options(setting, for: command, path: path)
            if setting.section == nil, careful.contains(name), !everywhere.contains(setting.name) { continue }
            merged += options
        }
        return [name] + merged + arguments.dropFirst()
    }

    private static func readsFile(_ arguments: [String]) -> Bool {
        let options = arguments.prefix { $0 != "--" }
        return options.last { $0 == "--no-config" || $0 == "--config" } != "--no-config"
    }

    /// The environment stands above the file.
    private static func isOutranked(_ name: String, _ environment: ProcessEnvironment) -> Bool {
        switch name {
        case "cache": environment["LARDER_CACHE"] != nil
        case "color": environment["NO_COLOR"] != nil
        default: false
        }
    }

    private static func isContradicted(_ name: String, by arguments: [String]) -> Bool {
        guard let others = rivals.first(where: { $0.contains(name) })?.subtracting([name]) else { return false }
        return arguments.prefix { $0 != "--" }.contains { $0.hasPrefix("--") && others.contains(String($0.dropFirst(2))) }
    }

    private static func command(named name: String) -> (any ParsableCommand.Type)? {
        Larder.configuration.subcommands.first { $0._commandName == name }
    }

    /// The setting as options of the command; none where it is meant for another one.
    private static func options(
        _ setting: ConfigFile.Setting, for command: any ParsableCommand.Type, path: String
    ) throws(CommandFailure) -> [String] {
        let options = options(setting)
        func failure(_ reason: String) -> CommandFailure {
            CommandFailure("\(path):\(setting.line): \(reason) Correct the line, or give --no-config.", exit: .usage)
        }
        guard setting.name != "config", setting.name != "help", setting.name != "version" else {
            throw failure("'\(setting.name)' has no meaning in this file.")
        }
        if let section = setting.section {
            guard let owner = self.command(named: section) else { throw failure("there is no command '\(section)'.") }
            if let reason = refusal(options, owner) { throw failure(reason) }
            return owner == command ? options : []
        }
        guard let reason = refusal(options, command) else { return options }
        let others = Larder.configuration.subcommands.filter { $0 != command }
        guard others.contains(where: { refusal(options, $0) == nil }) else { throw failure(reason) }
        return []
    }

    private static func options(_ setting: ConfigFile.Setting) -> [String] {
        switch setting.value {
        case .text(let text): ["--\(setting.name)=\(text)"]
        case .flag(let value): [value ? "--\(setting.name)" : "--no-\(setting.name)"]
        case .list(let elements): elements.map { "--\(setting.name)=\($0)" }
        }
    }

    /// Why the command does not take these options by themselves; nil where it does.
    private static func refusal(_ options: [String], _ command: any ParsableCommand.Type) -> String? {
        // Commands that need an argument get one, so that only the options decide.
        let argument = "http://localhost/"
        var reason = ""
        for trial in [options, options + [argument]] {
            do {
                _ = try command.parse(trial)
                return nil
            } catch {
                let message = command.message(for: error)
                if !message.contains(argument) { reason = message }
            }
        }
        return reason.hasSuffix(".") || reason.hasSuffix("?") ? reason : reason + "."
    }
}
