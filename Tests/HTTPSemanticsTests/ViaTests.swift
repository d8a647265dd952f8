import HTTPSemantics
import Testing

@Suite("Via and Max-Forwards, RFC 9110 sections 7.6.2 and 7.6.3")
struct ViaTests {
    @Test("7.6.3: the own entry comes behind all others, with the version received")
    func append() {
        var fields: FieldSection = ["Via": "1.0 fred", "Host": "a"]
        Via.append("larder", to: &fields)
        Via.append("other", version: .http1_0, to: &fields)
        #expect(fields.values("Via") == ["1.0 fred", "1.1 larder", "1.0 other"])
    }

    @Test(
        "7.6.3: whether a proxy is among the members",
        arguments: [
            ("1.1 larder", true), ("1.0 fred, 1.1 larder", true), ("1.1 LARDER (x)", true), ("HTTP/1.1 larder", true),
            ("1.1\tlarder", true), ("1.1 larder(comment)", true), ("1.1 (comment) larder", true), ("1.1 larder, 1.0 fred", true),
            (",,1.1 larder,", true), ("1.1 larder:80", false), ("1.1 larder2", false), ("1.1 fred larder", false),
            ("larder", false),
            ("larder 1.1", false), ("", false), ("1.1 fred (by larder)", false), ("1.1 fred (a, 1.1 larder)", false),
            ("1.1 fred (a (nested, 1.1 larder) b)", false), ("1.1 fred (a \\), 1.1 larder)", false),
            ("1.1 fred (a \\( b), 1.1 larder", true), ("1.1 fred (a) b), 1.1 larder", true),
            // What is never closed hides nothing.
            ("1.1 fred (open, 1.1 larder", true), ("1.1 fred (\"open), 1.1 larder", true), ("1.1 \"fred, 1.1 larder", true),
        ])
    func contains(value: String, expected: Bool) {
        #expect(Via.contains("larder", in: ["Via": value]) == expected)
        #expect(Via.contains("Larder", in: ["Via": "1.1 (", "via": value]) == expected)
    }

    @Test func none() {
        #expect(!Via.contains("larder", in: ["X-Via": "1.1 larder"]))
        #expect(Via.contains("proxy.example:8118", in: ["Via": "1.1 Proxy.Example:8118"]))
    }
}

@Suite("Max-Forwards, RFC 9110 section 7.6.2")
struct MaxForwardsTests {
    private func number(_ method: HTTPMethod, _ fields: FieldSection) throws -> String {
        let request = RequestHead(method: method, url: try #require(WebURL("http://a/")), fields: fields)
        switch MaxForwards.decide(request) {
        case .answer: return "answer"
        case .forward(let request): return request.fields.combined("Max-Forwards") ?? "none"
        }
    }

    @Test(
        "7.6.2: counted down for TRACE and OPTIONS", arguments: [HTTPMethod.trace, .options],
        [
            ("10", "9"), ("1", "0"), ("0", "answer"), ("00", "answer"), ("99999999999999999999", "2147483647"), ("x", "x"),
            ("-1", "-1"),
            ("1.5", "1.5"), ("", ""), ("5, 3", "2"), ("5, 0", "answer"), ("5, x", "5, x"),
        ])
    func counted(method: HTTPMethod, value: (String, String)) throws {
        #expect(try number(method, ["Max-Forwards": value.0]) == value.1)
    }

    @Test("7.6.2: several lines become one; without the field there is no limit")
    func lines() throws {
        #expect(try number(.trace, ["Max-Forwards": "5", "A": "b", "max-forwards": "4"]) == "3")
        #expect(try number(.trace, [:]) == "none")
    }

    @Test("7.6.2: other methods go on unchanged", arguments: [HTTPMethod.get, .head, .post])
    func others(method: HTTPMethod) throws {
        #expect(try number(method, ["Max-Forwards": "0"]) == "0")
    }
}
