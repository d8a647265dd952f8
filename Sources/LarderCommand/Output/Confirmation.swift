#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A question to whoever sits at the terminal.
enum Confirmation {
    /// Whether there is somebody to ask: standard input is a terminal, and so is standard error, where the question stands.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks, and waits for a line. `question` is escaped.
    ///
    /// - Returns: whether the answer is `y` or `yes`; the end of the input is no.
    static func ask(_ question: String) -> Bool {
        let bytes = Array((TerminalText.escaped(question) + " [y/N] ").utf8)
        guard FileDescriptor.writeAll(bytes, to: STDERR_FILENO) == nil else { return false }
        return isConsent(readLine() ?? "")
    }

    static func isConsent(_ answer: String) -> Bool {
        let word = answer.trimmingPrefix { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" && $0 != "\r" }
        return ["y", "yes"].contains(word.lowercased())
    }
}
