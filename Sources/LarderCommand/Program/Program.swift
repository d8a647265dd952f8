import ArgumentParser
import CacheStore
import HTTPTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the process begins: configuration, command line, the command, the exit code.
@main
enum Program {
    static func main() async {
        SignalWatch.ignoreBrokenPipes()
        DescriptorLimit.raise()
        CacheStore.prepareProcess()
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs one command line and prints what ends it.
    static func run(_ arguments: [String]) async -> ExitStatus {
        var wantsJSON = false
        do {
            let configured = try ConfigArguments.merged(into: arguments, environment: .current)
            var command = try Larder.parse(configured)
            if var command = command as? any Subcommand {
                wantsJSON = command.shared.json
                try await command.run()
            } else {
                try command.run()
            }
            return .success
        } catch {
            return ending(with: error, wantsJSON: wantsJSON)
        }
    }

    private static func ending(with error: any Error, wantsJSON: Bool) -> ExitStatus {
        if let quiet = error as? QuietExit { return quiet.status }
        if isFromParser(error) { return ending(withParserMessage: error) }
        let failure = CommandFailure(error)
        printError(["larder: " + TerminalText.escaped(failure.message)])
        if wantsJSON, !failure.isInOutput {
            let output = OutputStream.standardOutput()
            try? output.write(failure.jsonLine())
            try? output.flush()
        }
        return failure.exit
    }

    private static func ending(withParserMessage error: any Error) -> ExitStatus {
        let text = Larder.fullMessage(for: error)
        guard Larder.exitCode(for: error) != .success else {
            // Help and version are what was asked for.
            let output = OutputStream.standardOutput()
            do {
                try output.writeLine(text)
                try output.flush()
                return .success
            } catch {
                return (error as? QuietExit)?.status ?? CommandFailure(error).exit
            }
        }
        // The parser repeats arguments, which may hold anything.
        let mark = "Error: "
        let body = text.hasPrefix(mark) ? "larder: " + text.dropFirst(mark.count) : text
        printError(body.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.escaped(String($0)) })
        return .usage
    }

    /// Whether ArgumentParser made the error: its own types are not public, but the exit codes it gives tell.
    private static func isFromParser(_ error: any Error) -> Bool {
        if error is ValidationError || error is CleanExit { return true }
        return !(error is CommandFailure) && String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }

    private static func printError(_ lines: [String]) {
        let stream = OutputStream.standardError()
        for line in lines { try? stream.writeLine(line) }
        try? stream.flush()
    }
}
