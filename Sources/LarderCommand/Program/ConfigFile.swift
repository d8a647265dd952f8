/// The configuration file: the part of TOML 1.0 that options need. `[command]` begins a section, `name = value` sets an option;
/// values are strings in double or single quotes, integers, booleans, and arrays of these in one line; `#` begins a comment.
struct ConfigFile: Equatable {
    /// One value, as it is written on a command line.
    enum Value: Equatable {
        case text(String)
        case flag(Bool)
        case list([String])
    }

    struct Setting: Equatable {
        /// The command it is for; nil: every command that has the option.
        let section: String?
        /// The option's long name, without dashes.
        let name: String
        let value: Value
        /// Counted from 1.
        let line: Int
    }

    /// What is wrong with the file, and in which line.
    struct SyntaxError: Error, Equatable {
        let line: Int
        let reason: String
    }

    private(set) var settings: [Setting] = []

    init(parsing text: String) throws(SyntaxError) {
        var section: String?
        var number = 0
        // CR LF is one character.
        for raw in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
            number += 1
            var scanner = ConfigScanner(raw, line: number)
            scanner.skipBlanks()
            if scanner.isAtEnd { continue }
            if scanner.take("[") {
                section = try Self.header(&scanner)
                continue
            }
            let name = try scanner.name()
            scanner.skipBlanks()
            guard scanner.take("=") else { throw scanner.error("there is no '=' after '\(name)'") }
            scanner.skipBlanks()
            let value = try scanner.value()
            try scanner.end()
            if settings.contains(where: { $0.section == section && $0.name == name }) {
                throw scanner.error("'\(name)' is set a second time")
            }
            settings.append(Setting(section: section, name: name, value: value, line: number))
        }
    }

    private static func header(_ scanner: inout ConfigScanner) throws(SyntaxError) -> String {
        scanner.skipBlanks()
        let section = try scanner.name()
        scanner.skipBlanks()
        guard scanner.take("]") else { throw scanner.error("there is no ']' after '[\(section)'") }
        try scanner.end()
        return section
    }
}

/// Reads one line of the configuration file.
struct ConfigScanner {
    private var rest: Substring
    private let line: Int

    init(_ text: Substring, line: Int) {
        rest = text
        self.line = line
    }

    /// Whether nothing follows but a comment.
    var isAtEnd: Bool { rest.isEmpty || rest.first == "#" }

    func error(_ reason: String) -> ConfigFile.SyntaxError {
        ConfigFile.SyntaxError(line: line, reason: reason)
    }

    mutating func skipBlanks() {
        rest = rest.drop { $0 == " " || $0 == "\t" }
    }

    mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    mutating func end() throws(ConfigFile.SyntaxError) {
        skipBlanks()
        guard isAtEnd else { throw error("'\(rest.prefix(20))' follows where the line should end") }
    }

    /// A bare key: letters, digits, `-` and `_`; the latter stands for `-`.
    mutating func name() throws(ConfigFile.SyntaxError) -> String {
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        guard !name.isEmpty else { throw error("a name is expected before '\(rest.prefix(20))'") }
        rest.removeFirst(name.count)
        return String(name.map { $0 == "_" ? "-" : $0 })
    }

    mutating func value() throws(ConfigFile.SyntaxError) -> ConfigFile.Value {
        guard take("[") else {
            switch try scalar() {
            case "true" where !wasQuoted: return .flag(true)
            case "false" where !wasQuoted: return .flag(false)
            case let text: return .text(text)
            }
        }
        var elements: [String] = []
        while true {
            skipBlanks()
            if take("]") { return .list(elements) }
            elements.append(try scalar())
            skipBlanks()
            if take(",") { continue }
            guard take("]") else { throw error("an array ends with ']' in the same line") }
            return .list(elements)
        }
    }

    private var wasQuoted = false

    private mutating func scalar() throws(ConfigFile.SyntaxError) -> String {
        wasQuoted = true
        if take("\"") { return try basicString() }
        if take("'") {
            guard let end = rest.firstIndex(of: "'") else { throw error("a string has no closing quote") }
            defer { rest = rest[rest.index(after: end)...] }
            return String(rest[..<end])
        }
        wasQuoted = false
        let word = rest.prefix { $0 != " " && $0 != "\t" && $0 != "," && $0 != "]" && $0 != "#" }
        let digits = word.drop { $0 == "+" || $0 == "-" }.replacing("_", with: "")
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        guard isNumber || word == "true" || word == "false" else {
            throw error(word.isEmpty ? "there is no value" : "'\(word.prefix(20))' is no number, true or false; put text in quotes")
        }
        rest.removeFirst(word.count)
        return isNumber ? (word.first == "-" ? "-" : "") + digits : String(word)
    }

    private mutating func basicString() throws(ConfigFile.SyntaxError) -> String {
        var result = ""
        while let character = rest.popFirst() {
            if character == "\"" { return result }
            guard character == "\\" else {
                result.append(character)
                continue
            }
            switch rest.popFirst() {
            case "\""?: result.append("\"")
            case "\\"?: result.append("\\")
            case "n"?: result.append("\n")
            case "t"?: result.append("\t")
            case let other?: throw error("'\\\(other)' is no escape that is known here")
            case nil: break
            }
        }
        throw error("a string has no closing quote")
    }
}
