import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard error of a command: lines of notice, and below them one line of progress that is redrawn in place.
///
/// Failing to write there is no reason to end the work, so nothing here throws.
final class Console: Sendable {
    private struct State {
        /// Lines that wait for the next redraw; only used where there is a progress line.
        var waiting: [UInt8] = []
        var isProgressShown = false
    }

    let style: TextStyle
    let isQuiet: Bool
    let isVerbose: Bool
    let terminal: Terminal
    /// Whether a progress line is shown.
    let showsProgress: Bool
    private let stream: OutputStream
    private let state = Mutex(State())

    /// - Parameter wantsProgress: show progress if standard error is a terminal that can redraw a line.
    init(_ options: SharedOptions, stream: OutputStream = .standardError(), wantsProgress: Bool = false) {
        self.stream = stream
        self.style = TextStyle(options.color, isTerminal: stream.isTerminal)
        self.isQuiet = options.quiet
        self.isVerbose = options.verbose && !options.quiet
        self.terminal = Terminal(descriptor: STDERR_FILENO, isTerminal: stream.isTerminal)
        self.showsProgress = wantsProgress && !options.quiet && terminal.redrawsLines
    }

    /// One line, unless the user wants quiet. `text` is escaped. Where there is a progress line it waits for the next redraw, else
    /// it is written at once.
    func notice(_ text: String) {
        guard !isQuiet else { return }
        line("larder: " + TerminalText.escaped(text))
        if !showsProgress { flush() }
    }

    /// One line that is printed even if the user wants quiet: the reason of a failing exit code.
    func failure(_ text: String) {
        line(style.red("larder:") + " " + TerminalText.escaped(text))
    }

    /// One line as it is: escape what comes from the network first.
    func line(_ text: String) {
        guard showsProgress else {
            try? stream.writeLine(text)
            return
        }
        state.withLock { state in
            state.waiting += text.utf8
            state.waiting.append(0x0A)
        }
    }

    /// Prints what waits and draws the progress line anew.
    func redraw(_ progress: String) {
        guard showsProgress else { return }
        let bytes = state.withLock { state in
            defer {
                state.waiting = []
                state.isProgressShown = true
            }
            return Self.clearing(state) + state.waiting + Array(progress.utf8)
        }
        try? stream.write(bytes)
    }

    /// Writes out what was printed, so that it is read at once.
    func flush() {
        try? stream.flush()
    }

    /// Takes the progress line away, prints what waits, and writes everything out.
    func finish() {
        let bytes = state.withLock { state in
            defer { state = State() }
            return Self.clearing(state) + state.waiting
        }
        if !bytes.isEmpty { try? stream.write(bytes) }
        try? stream.flush()
    }

    private static func clearing(_ state: State) -> [UInt8] {
        state.isProgressShown ? Array("\r\u{1B}[K".utf8) : []
    }
}
