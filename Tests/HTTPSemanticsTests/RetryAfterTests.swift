import HTTPSemantics
import Testing

@Suite("Retry-After, RFC 9110 section 10.2.3")
struct RetryAfterTests {
    let now = UnixTime(seconds: 784_111_700)

    @Test(
        "10.2.3: a number of seconds or a date",
        arguments: [
            ("120", 784_111_820), (" 0 ", 784_111_700), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("99999999999", 784_111_700 + (1 << 31)), ("-1", nil), ("1.5", nil), ("soon", nil), ("", nil),
        ] as [(String, Int64?)])
    func parse(text: String, expected: Int64?) {
        #expect(RetryAfter.parse(text, now: now)?.seconds == expected)
    }
}
