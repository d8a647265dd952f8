import HTTPSemantics
import TestSupport
import Testing

@Suite("Grammar, RFC 9110 section 5.6")
struct GrammarTests {
    @Test("5.6.2: tokens are the visible ASCII characters without delimiters")
    func tokenBytes() {
        let delimiters = Set("\"(),/:;<=>?@[\\]{}".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(Grammar.isTokenByte(byte) == (byte > 0x20 && byte < 0x7F && !delimiters.contains(byte)), "byte \(byte)")
        }
        #expect(!Grammar.isToken(""))
        #expect(!Grammar.isToken("a b"))
    }

    @Test(
        "RFC 9111 section 1.2.2: delta-seconds are digits alone and saturate at 2^31",
        arguments: [
            ("0", 0), ("60", 60), ("007", 7), ("2147483648", 1 << 31), ("2147483649", 1 << 31),
            ("99999999999999999999999999999999", 1 << 31), ("", nil), ("-1", nil), ("+1", nil), ("1.5", nil), (" 1", nil),
            ("1 ", nil),
            ("1s", nil), ("٣", nil), ("0x10", nil),
        ] as [(String, Int64?)])
    func deltaSeconds(text: String, expected: Int64?) {
        #expect(Grammar.deltaSeconds(text) == expected)
    }

    @Test(
        "5.6.1: lists are cut at commas outside quoted strings, empty elements left out",
        arguments: [
            ("", []), (" , ,\t,", []), ("a", ["a"]), ("a, b ,c", ["a", "b", "c"]), ("a,,b", ["a", "b"]),
            ("a=\"x, y\", b", ["a=\"x, y\"", "b"]), ("\"a\\\", b\", c", ["\"a\\\", b\"", "c"]), ("a=\"open, b", ["a=\"open, b"]),
            ("\"trailing\\", ["\"trailing\\"]), ("é,ü", ["é", "ü"]),
        ] as [(String, [String])])
    func listElements(text: String, expected: [String]) {
        #expect(Grammar.listElements(text).map(String.init) == expected)
    }

    @Test(
        "5.6.4: quoted strings lose quotes and backslashes, and nothing else is one",
        arguments: [
            ("\"\"", ""), ("\"a b\"", "a b"), ("\"a\\\"b\\\\\"", "a\"b\\"), ("\"é\"", "é"), ("a", nil), ("\"a", nil),
            ("\"a\"b", nil),
            ("\"a\\\"", nil), ("", nil), ("\"", nil),
        ] as [(String, String?)])
    func unquoted(text: String, expected: String?) {
        #expect(Grammar.unquoted(text[...]) == expected)
    }

    @Test("Random bytes never trap, and lists lose nothing but separators")
    func hostileBytes() {
        var generator = SplitMix64(seed: 7)
        let alphabet = Array("ab,\"\\ \t=;é".utf8)
        for _ in 0..<2000 {
            let bytes = (0..<Int(generator.next() % 24)).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
            let text = String(decoding: bytes, as: UTF8.self)
            let elements = Grammar.listElements(text)
            #expect(elements.allSatisfy { !$0.isEmpty && Grammar.trimmed($0) == $0 })
            #expect(
                elements.joined().utf8.filter { $0 == UInt8(ascii: "a") }.count == bytes.filter { $0 == UInt8(ascii: "a") }.count)
            _ = Grammar.unquoted(text[...])
            _ = MediaType(text)
            _ = EntityTag(text)
        }
    }
}
