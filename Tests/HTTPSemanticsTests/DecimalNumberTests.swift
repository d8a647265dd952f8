import HTTPSemantics
import Testing

@Suite("Numbers, RFC 9110 section 2.2")
struct DecimalNumberTests {
    @Test(
        "1*DIGIT within 64 bits",
        arguments: [
            ("0", 0), ("007", 7), ("9223372036854775807", .max), ("9223372036854775808", nil), ("9223372036854775810", nil),
            ("92233720368547758070", nil), ("", nil), ("-1", nil), ("+1", nil), (" 1", nil), ("1 ", nil), ("1.0", nil), ("x", nil),
            ("١", nil),
        ] as [(Substring, Int64?)])
    func decimal(text: Substring, expected: Int64?) {
        #expect(Grammar.decimal(text) == expected)
    }

    @Test(
        "A number above the limit counts as the limit; what is no number does not",
        arguments: [
            ("99", 99), ("100", 100), ("101", 100), ("9223372036854775808", 100), ("999999999999999999999", 100), ("", nil),
            ("-1", nil),
            ("9x", nil),
        ] as [(Substring, Int64?)])
    func saturating(text: Substring, expected: Int64?) {
        #expect(Grammar.decimal(text, saturatingAt: 100) == expected)
    }
}
