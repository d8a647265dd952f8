#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the terminal at the other end can show.
struct Terminal: Sendable {
    /// Whether a line can be redrawn in place.
    let redrawsLines: Bool
    private let descriptor: Int32
    private let environment: ProcessEnvironment

    init(descriptor: Int32, isTerminal: Bool, environment: ProcessEnvironment = .current) {
        self.descriptor = descriptor
        self.environment = environment
        self.redrawsLines = isTerminal && Self.understandsEscapes(environment)
    }

    /// `TERM=dumb` and a missing TERM say no.
    static func understandsEscapes(_ environment: ProcessEnvironment) -> Bool {
        environment["TERM"].map { $0 != "dumb" } ?? false
    }

    /// The width in columns: `COLUMNS`, else what the terminal says, else 80. Asked each time, for windows change.
    var columns: Int {
        if let text = environment["COLUMNS"], let columns = Int(text), columns > 0 { return min(columns, 1000) }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 80
    }
}

/// Colours as escape sequences, or none.
struct TextStyle: Sendable {
    let isEnabled: Bool

    init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    init(_ choice: ColorChoice, isTerminal: Bool, environment: ProcessEnvironment = .current) {
        switch choice {
        case .always: isEnabled = true
        case .never: isEnabled = false
        case .auto:
            isEnabled = isTerminal && environment["NO_COLOR"] == nil && Terminal.understandsEscapes(environment)
        }
    }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func red(_ text: String) -> String { wrap(text, "31") }
    func green(_ text: String) -> String { wrap(text, "32") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        isEnabled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
