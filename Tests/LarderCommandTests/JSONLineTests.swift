import HTTPSemantics
import Testing

@testable import LarderCommand

@Suite struct JSONLineTests {
    private func text(_ fill: (inout JSONLine) -> Void) -> String {
        var line = JSONLine()
        fill(&line)
        return String(decoding: line.finished(), as: UTF8.self)
    }

    @Test func `an object is one line with its members in order`() {
        let line = text {
            $0.add("url", "https://example.com/")
            $0.add("status", 200)
            $0.add("none", nil as String?)
            $0.add("big", Int64.max)
            $0.add("fresh", true)
            $0.addObject("error") { $0.add("code", "x") }
            $0.addCounts("counts", [("a", 1), ("b", 2)])
            $0.addArray("names", ["p", "q"])
            $0.addArray("empty", [])
            $0.add("last", 0)
        }
        #expect(
            line == """
                {"url":"https://example.com/","status":200,"none":null,"big":9223372036854775807,"fresh":true,\
                "error":{"code":"x"},"counts":{"a":1,"b":2},"names":["p","q"],"empty":[],"last":0}

                """)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\"b\\c", "a\\\"b\\\\c"), ("\n\r\t\u{1}\u{1F}", "\\n\\r\\t\\u0001\\u001f"), ("äöü€🙂", "äöü€🙂"),
        ("\u{7F}\u{9B}\u{202E}\u{2028}", "\\u007f\\u009b\\u202e\\u2028"), ("\u{E0041}", "\\udb40\\udc41"), ("", ""),
    ])
    func `strings are escaped as RFC 8259 section 7 asks, and for terminals`(value: String, expected: String) {
        #expect(text { $0.add("s", value) } == "{\"s\":\"\(expected)\"}\n")
    }

    @Test(arguments: [
        (0.0, "0"), (1.5, "1.5"), (1234.0, "1234"), (0.0005, "0.001"), (2.25, "2.25"), (-0.5, "-0.5"), (-0.0001, "0"),
        (.infinity, "null"), (.nan, "null"), (1e300, "null"), (10.01, "10.01"),
    ])
    func `numbers have at most three digits after the point`(value: Double, expected: String) {
        #expect(text { $0.add("n", value) } == "{\"n\":\(expected)}\n")
    }

    @Test func `fields keep order and repetition`() {
        let fields: FieldSection = ["Set-Cookie": "a", "Vary": "x", "set-cookie": "b"]
        #expect(
            text { $0.add("fields", fields) }
                == #"{"fields":[{"name":"Set-Cookie","value":"a"},{"name":"Vary","value":"x"},{"name":"set-cookie","value":"b"}]}"#
                + "\n")
    }
}

@Suite struct CSVLineTests {
    @Test func `values are quoted where RFC 4180 demands it`() {
        let line = CSVLine.bytes(["plain", "a,b", "say \"x\"", "two\nlines", ""])
        #expect(String(decoding: line, as: UTF8.self) == "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\r\n")
    }
}
