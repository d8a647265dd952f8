#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Work that may be cut off at any moment, because all that it does to the cache is done in transactions.
enum Interruptible {
    /// Runs `work`. SIGINT or SIGTERM ends the process at once, with exit code 23.
    ///
    /// - Parameter advice: what has been done by then, and how to go on; one sentence, printed after the signal's name.
    static func run<Value>(_ options: SharedOptions, advice: String, _ work: () async throws -> Value) async throws -> Value {
        let watch = SignalWatch { signal in
            let failure = CommandFailure("\(signal): stopped; \(advice)", exit: .interrupted)
            let errors = OutputStream.standardError()
            // The line may hold half a progress line.
            if errors.isTerminal { try? errors.write(Array("\r\u{1B}[K".utf8)) }
            try? errors.writeLine("larder: " + TerminalText.escaped(failure.message))
            try? errors.flush()
            if options.json { _ = FileDescriptor.writeAll(failure.jsonLine(), to: STDOUT_FILENO) }
            _exit(failure.exit.rawValue)
        }
        defer { withExtendedLifetime(watch) {} }
        return try await work()
    }
}
