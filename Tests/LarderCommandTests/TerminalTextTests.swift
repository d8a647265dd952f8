import Testing

@testable import LarderCommand

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("https://example.com/ä?q=日本", "https://example.com/ä?q=日本"),
        ("a\u{1B}[31mb", "a\\x1B[31mb"),
        ("a\r\nb\tc\u{0}\u{7F}", "a\\x0D\\x0Ab\\x09c\\x00\\x7F"),
        ("a\u{9B}31m", "a\\u{9B}31m"),
        ("abc\u{202E}cba", "abc\\u{202E}cba"),
        ("\u{2066}x\u{2069}\u{200B}\u{FEFF}\u{2028}", "\\u{2066}x\\u{2069}\\u{200B}\\u{FEFF}\\u{2028}"),
        ("", ""),
    ])
    func `what a terminal acts upon becomes visible`(text: String, expected: String) {
        #expect(TerminalText.escaped(text) == expected)
    }

    @Test func `bytes that are no UTF-8 are escaped one by one`() {
        var filter = TerminalFilter(keepsLines: false)
        // A lone continuation, an overlong slash, a surrogate, a scalar beyond the last.
        let bytes: [UInt8] = [0x80, 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xFF]
        let expected = bytes.map { "\\x" + String($0, radix: 16, uppercase: true) }.joined()
        #expect(String(decoding: filter.filter(bytes) + filter.finish(), as: UTF8.self) == expected)
    }

    @Test func `lines and tabs of a body pass, a lone carriage return does not`() {
        var filter = TerminalFilter(keepsLines: true)
        let text = filter.filter(Array("a\tb\r\nc\rd\n\u{1B}".utf8)) + filter.finish()
        #expect(String(decoding: text, as: UTF8.self) == "a\tb\r\nc\\x0Dd\n\\x1B")
    }

    @Test func `pieces of any size give what the whole gives`() {
        let whole = Array("ä日本🙂\r\n\u{202E}\u{1B}x\r".utf8) + [0xE2, 0x80]
        var once = TerminalFilter(keepsLines: true)
        let expected = once.filter(whole) + once.finish()
        for size in 1...5 {
            var filter = TerminalFilter(keepsLines: true)
            var result: [UInt8] = []
            for start in stride(from: 0, to: whole.count, by: size) {
                result += filter.filter(Array(whole[start..<min(start + size, whole.count)]))
            }
            #expect(result + filter.finish() == expected)
        }
        #expect(String(decoding: expected, as: UTF8.self) == "ä日本🙂\r\n\\u{202E}\\x1Bx\\x0D\\xE2\\x80")
    }
}
