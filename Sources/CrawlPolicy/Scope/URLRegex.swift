/// A regular expression over the bytes of a URL, found anywhere in it: what `--accept-regex` and `--reject-regex` take.
///
/// The syntax is that of POSIX extended regular expressions: `.`, `[...]` with ranges and classes such as `[:alnum:]`, `*`, `+`, `?`,
/// `{m,n}`, `|`, `( )`, `^` and `$`; beside it `\d`, `\w`, `\s` with their opposites, and `(?: )`, which is the same as `( )` as nothing
/// is captured. A backslash before any other sign takes it as it is. Upper and lower case differ.
///
/// Matching takes time in proportion to the URL times the expression, whatever both are: all ways to match are followed side by side.
/// Expressions that try one way after the other, the standard library's among them, need ages for some URLs ("(a+)+$" on 30 times
/// "a"), and URLs are written by strangers.
package struct URLRegex: Sendable, CustomStringConvertible {
    /// Why a text is no expression.
    package struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
        package enum Reason: Hashable, Sendable {
            case unclosedGroup
            case unexpectedClosingParenthesis
            case unclosedSet
            case unknownClass
            case invalidRange
            case nothingToRepeat
            case invalidCount
            case unknownEscape
            /// More than 100 groups in each other, or more than 4,000 steps with its counts written out.
            case tooLarge
        }

        package let reason: Reason
        /// Where in the expression, in bytes from its beginning.
        package let offset: Int

        /// A sentence for users, without its full stop.
        package var description: String {
            let what =
                switch reason {
                case .unclosedGroup: "a group is not closed"
                case .unexpectedClosingParenthesis: "a parenthesis is closed that was not opened"
                case .unclosedSet: "a set of characters is not closed"
                case .unknownClass: "there is no such class of characters"
                case .invalidRange: "a range ends before it begins"
                case .nothingToRepeat: "there is nothing to repeat"
                case .invalidCount: "a count is no number up to 255, or smaller than the one before it"
                case .unknownEscape: "a backslash stands before a letter or digit without a meaning"
                case .tooLarge: "the expression is too large"
                }
            return "\(what) (at byte \(offset + 1))"
        }
    }

    /// The expression as given.
    package let description: String
    private let program: URLRegexProgram

    /// - Throws: `SyntaxError`; nothing is taken for something else without a word.
    package init(_ text: String) throws(SyntaxError) {
        description = text
        var parser = URLRegexParser(Array(text.utf8))
        program = try URLRegexProgram(parser.parse())
    }

    /// Whether the expression matches somewhere in `url`.
    package func matches(_ url: String) -> Bool {
        var url = url
        return url.withUTF8 { program.matches($0) }
    }
}

/// An expression as a tree.
indirect enum URLRegexNode {
    case byte(ByteSet)
    case start
    case end
    case sequence([URLRegexNode])
    case choice([URLRegexNode])
    case repetition(URLRegexNode, minimum: Int, maximum: Int?)
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>()

    init() {}

    init(_ ranges: ClosedRange<UInt8>...) {
        for range in ranges { insert(range) }
    }

    static let all = ByteSet(0...255)

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] &>> UInt64(byte & 63) & 1 != 0
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    }

    mutating func formUnion(_ other: ByteSet) {
        words |= other.words
    }

    var inverted: ByteSet {
        var copy = self
        copy.words = ~words
        return copy
    }
}
