/// Reads a regular expression (POSIX.1-2017, Base Definitions, section 9.4) into a tree. Total and linear.
struct URLRegexParser {
    typealias Failure = URLRegex.SyntaxError

    private static let maximumDepth = 100
    /// POSIX's RE_DUP_MAX.
    private static let maximumCount = 255

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parse() throws(Failure) -> URLRegexNode {
        let node = try choice()
        guard index == bytes.count else { throw failure(.unexpectedClosingParenthesis) }
        return node
    }

    private func failure(_ reason: Failure.Reason) -> Failure {
        Failure(reason: reason, offset: min(index, bytes.count))
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        index += 1
        return true
    }

    private mutating func choice() throws(Failure) -> URLRegexNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Failure) -> URLRegexNode {
        var nodes: [URLRegexNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            var node = try atom()
            while let (minimum, maximum) = try count() { node = .repetition(node, minimum: minimum, maximum: maximum) }
            nodes.append(node)
        }
        return .sequence(nodes)
    }

    private mutating func atom() throws(Failure) -> URLRegexNode {
        guard let byte = next else { return .sequence([]) }
        switch Unicode.Scalar(byte) {
        case "*", "+", "?", "{":
            throw failure(.nothingToRepeat)
        case "(":
            return try group()
        case "[":
            return .byte(try set())
        case "\\":
            return .byte(try escape())
        default:
            index += 1
            switch Unicode.Scalar(byte) {
            case ".": return .byte(.all)
            case "^": return .start
            case "$": return .end
            default: return .byte(ByteSet(byte...byte))
            }
        }
    }

    private mutating func group() throws(Failure) -> URLRegexNode {
        let start = index
        index += 1
        if take("?"), !take(":") { throw failure(.nothingToRepeat) }
        depth += 1
        guard depth <= Self.maximumDepth else { throw failure(.tooLarge) }
        let node = try choice()
        depth -= 1
        guard take(")") else { throw Failure(reason: .unclosedGroup, offset: start) }
        return node
    }

    /// How often what stands before is repeated; nil where no count follows.
    private mutating func count() throws(Failure) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        let minimum = try number()
        guard let minimum else { throw failure(.invalidCount) }
        var maximum: Int? = minimum
        if take(",") { maximum = try number() }
        guard take("}"), maximum ?? minimum >= minimum else { throw failure(.invalidCount) }
        return (minimum, maximum)
    }

    private mutating func number() throws(Failure) -> Int? {
        var value: Int?
        while let byte = next, URLText.isDigit(byte) {
            let sum = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            guard sum <= Self.maximumCount else { throw failure(.invalidCount) }
            value = sum
            index += 1
        }
        return value
    }

    // MARK: - Sets

    private static let digits = ByteSet(0x30...0x39)
    private static let letters = ByteSet(0x41...0x5A, 0x61...0x7A)
    private static let words = ByteSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
    private static let spaces = ByteSet(0x09...0x0D, 0x20...0x20)

    private mutating func escape() throws(Failure) -> ByteSet {
        index += 1
        guard let byte = next else { throw failure(.unknownEscape) }
        let set: ByteSet
        switch Unicode.Scalar(byte) {
        case "d": set = Self.digits
        case "D": set = Self.digits.inverted
        case "w": set = Self.words
        case "W": set = Self.words.inverted
        case "s": set = Self.spaces
        case "S": set = Self.spaces.inverted
        default:
            guard !URLText.isLetter(byte), !URLText.isDigit(byte) else { throw failure(.unknownEscape) }
            set = ByteSet(byte...byte)
        }
        index += 1
        return set
    }

    /// A bracket expression. As in POSIX "]" is itself where it comes first, and "-" first and last; other than there, a backslash
    /// escapes.
    private mutating func set() throws(Failure) -> ByteSet {
        let start = index
        index += 1
        let isInverted = take("^")
        var set = ByteSet()
        var isFirst = true
        while let byte = next, byte != UInt8(ascii: "]") || isFirst {
            isFirst = false
            if byte == UInt8(ascii: "["), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ":") {
                set.formUnion(try namedClass())
            } else if byte == UInt8(ascii: "\\") {
                set.formUnion(try escape())
            } else if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"), bytes[index + 2] != UInt8(ascii: "]") {
                guard byte <= bytes[index + 2] else { throw failure(.invalidRange) }
                set.insert(byte...bytes[index + 2])
                index += 3
            } else {
                set.insert(byte...byte)
                index += 1
            }
        }
        guard take("]") else { throw Failure(reason: .unclosedSet, offset: start) }
        return isInverted ? set.inverted : set
    }

    private mutating func namedClass() throws(Failure) -> ByteSet {
        let rest = bytes[(index + 2)...]
        let name = rest.prefix { $0 != UInt8(ascii: ":") }
        let end = index + 2 + name.count
        guard end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "]") else { throw failure(.unknownClass) }
        let set: ByteSet
        switch String(decoding: name, as: UTF8.self) {
        case "alnum": set = ByteSet(0x30...0x39, 0x41...0x5A, 0x61...0x7A)
        case "alpha": set = Self.letters
        case "digit": set = Self.digits
        case "lower": set = ByteSet(0x61...0x7A)
        case "upper": set = ByteSet(0x41...0x5A)
        case "xdigit": set = ByteSet(0x30...0x39, 0x41...0x46, 0x61...0x66)
        case "space": set = Self.spaces
        case "blank": set = ByteSet(0x09...0x09, 0x20...0x20)
        case "cntrl": set = ByteSet(0x00...0x1F, 0x7F...0x7F)
        case "graph": set = ByteSet(0x21...0x7E)
        case "print": set = ByteSet(0x20...0x7E)
        case "punct": set = ByteSet(0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E)
        default: throw failure(.unknownClass)
        }
        index = end + 2
        return set
    }
}
