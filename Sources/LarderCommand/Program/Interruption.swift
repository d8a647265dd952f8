import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the first SIGINT or SIGTERM does to a command that changes nothing but in transactions: it ends the process at once, with
/// exit code 23, unless the command says for a while that it does something else. One for each command: sources of signals that
/// come and go lose signals.
final class Interruption {
    private final class Reaction: Sendable {
        let current: Mutex<@Sendable (_ signal: String) -> Void>

        init(_ first: @escaping @Sendable (String) -> Void) { current = Mutex(first) }
    }

    private let reaction: Reaction
    private let watch: SignalWatch
    private let isJSON: Bool

    /// - Parameter advice: what has been done by then, and how to go on; printed after the signal's name.
    init(_ options: SharedOptions, advice: String) {
        let isJSON = options.json
        let reaction = Reaction { Self.end($0, advice, isJSON: isJSON) }
        self.isJSON = isJSON
        self.reaction = reaction
        watch = SignalWatch { signal in reaction.current.withLock { $0 }(signal) }
    }

    /// From now on a signal ends the process with this advice.
    func endsProcess(advice: String) {
        reaction.current.withLock { [isJSON] in $0 = { Self.end($0, advice, isJSON: isJSON) } }
    }

    /// From now on a signal calls `stop`, and the command ends by itself.
    func calls(_ stop: @escaping @Sendable () -> Void) {
        reaction.current.withLock { $0 = { _ in stop() } }
    }

    /// Whether a signal has come.
    var hasSignalled: Bool { watch.hasSignalled }

    private static func end(_ signal: String, _ advice: String, isJSON: Bool) {
        let failure = CommandFailure("\(signal): stopped; \(advice)", exit: .interrupted)
        let errors = OutputStream.standardError()
        // The line may hold half a progress line.
        if errors.isTerminal { try? errors.write(Array("\r\u{1B}[K".utf8)) }
        try? errors.writeLine("larder: " + TerminalText.escaped(failure.message))
        try? errors.flush()
        if isJSON { _ = FileDescriptor.writeAll(failure.jsonLine(), to: STDOUT_FILENO) }
        _exit(failure.exit.rawValue)
    }
}
