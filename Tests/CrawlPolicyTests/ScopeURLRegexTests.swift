import TestSupport
import Testing

@testable import CrawlPolicy

@Suite struct ScopeURLRegexTests {
    @Test(arguments: [
        ("abc", "xxabcxx", true), ("abc", "ab", false), ("", "", true), ("", "x", true), ("a.c", "abc", true),
        ("a\\.c", "abc", false),
        ("^http", "http://h/", true), ("^http", "xhttp", false), ("html$", "a.html", true), ("html$", "a.html?", false),
        ("^$", "", true), ("^$", "x", false), ("^a|b$", "xb", true), ("^(a|b)$", "xb", false), ("a|", "x", true),
        ("\\.(png|jpe?g|gif)$", "http://h/a.jpeg", true), ("\\.(png|jpe?g|gif)$", "http://h/a.jpegs", false),
        ("[0-9]{4}/[0-9]{2}", "/2024/05/", true), ("[0-9]{4}/[0-9]{2}", "/204/05/", false), ("^a{2,3}$", "aaaa", false),
        ("^a{2,3}$", "aaa", true), ("^a{2,}$", "aaaaa", true), ("^a{0}$", "", true), ("^(ab){0,1}c", "ababc", false),
        ("[^/]+/$", "a/b/", true), ("^[^/]+/$", "a/b/", false), ("[]x]", "]", true), ("[a-]", "-", true), ("[^]]", "]", false),
        ("[[:digit:]x]+$", "ax1", true), ("^[[:upper:]]", "a", false), ("\\d\\w\\S", "1a%", true), ("\\D", "123", false),
        ("(?:a|b)+c", "ababc", true), ("(a*)*b", "aaab", true), ("(a*)*$", "aaac", true), ("(|a)+b", "b", true),
        ("x*", "y", true), ("(^a|b)c", "bc", true), ("(^a|b)c", "ac", true), ("(^a|b)c", "xac", false), ("[\\]\\d]", "]", true),
        ("a**", "", true), ("é", "caf\u{E9}", true), ("\\/\\?", "/?", true), ("]}", "]}", true),
    ])
    func matching(pattern: String, text: String, expected: Bool) throws {
        #expect(try URLRegex(pattern).matches(text) == expected)
    }

    @Test(
        arguments: [
            ("(a", .unclosedGroup, 0), ("a)", .unexpectedClosingParenthesis, 1), ("x[a", .unclosedSet, 1), ("[]", .unclosedSet, 0),
            ("[[:no:]]", .unknownClass, 1), ("[[:alpha", .unknownClass, 1), ("[z-a]", .invalidRange, 1),
            ("*a", .nothingToRepeat, 0),
            ("a|+", .nothingToRepeat, 2), ("(?=a)", .nothingToRepeat, 2), ("a{256}", .invalidCount, 4),
            ("a{3,2}", .invalidCount, 6),
            ("a{,2}", .invalidCount, 2), ("a{2", .invalidCount, 3), ("\\", .unknownEscape, 1), ("\\b", .unknownEscape, 1),
            ("a{255}{255}", .tooLarge, 0),
        ] as [(String, URLRegex.SyntaxError.Reason, Int)])
    func refusals(pattern: String, reason: URLRegex.SyntaxError.Reason, offset: Int) {
        #expect(throws: URLRegex.SyntaxError(reason: reason, offset: offset)) { try URLRegex(pattern) }
    }

    @Test func nestingIsBounded() {
        let deep = String(repeating: "(", count: 100_000)
        #expect(throws: URLRegex.SyntaxError.self) { try URLRegex(deep) }
        #expect(throws: URLRegex.SyntaxError.self) { try URLRegex(String(repeating: "(((a{9}){9}){9}){9}", count: 100)) }
        #expect(throws: URLRegex.SyntaxError.self) { try URLRegex("((((((((){255}){255}){255}){255}){255}){255}){255}){255}") }
    }

    /// What takes ages where one way is tried after the other.
    @Test(arguments: ["(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x$", "(a?){200}a{200}b"])
    func hostileTextsTakeLinearTime(pattern: String) throws {
        #expect(try !URLRegex(pattern).matches(String(repeating: "a", count: 2_000) + "!"))
    }

    /// The standard library's expressions are the other opinion.
    @Test(arguments: 0..<8 as Range<UInt64>) func sameAsTheStandardLibrary(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<150 {
            let pattern = Self.pattern(depth: 3, &generator)
            let other = try Regex(pattern).matchingSemantics(.unicodeScalar)
            let ours = try URLRegex(pattern)
            for _ in 0..<8 {
                let count = Int.random(in: 0...7, using: &generator)
                let text = String((0..<count).map { _ in "abc/".randomElement(using: &generator) ?? "a" })
                #expect(ours.matches(text) == (text.firstMatch(of: other) != nil), "\(pattern) on \(text)")
            }
        }
    }

    private static func pattern(depth: Int, _ generator: inout SplitMix64) -> String {
        guard depth > 0 else {
            return ["a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", "\\/", "\\w", "^", "$"].randomElement(using: &generator) ?? "a"
        }
        let one = pattern(depth: depth - 1, &generator)
        let other = pattern(depth: depth - 1, &generator)
        return switch Int.random(in: 0..<8, using: &generator) {
        case 0: "(\(one)|\(other))"
        case 1: "(\(one))*"
        case 2: "(\(one))?\(other)"
        case 3: "(\(one))+\(other)"
        case 4: "(\(one)){1,2}"
        case 5: "(\(one)){2}"
        default: one + other
        }
    }
}
