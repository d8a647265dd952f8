import HTTPSemantics
import Testing

@Suite("Structured fields, RFC 9651")
struct StructuredFieldTests {
    @Test(
        "4.1.3.1: values as they are written; what can't be written is nil",
        arguments: [
            (.integer(0), "0"), (.integer(-42), "-42"), (.integer(999_999_999_999_999), "999999999999999"),
            (.integer(1_000_000_000_000_000), nil), (.integer(.min), nil), (.boolean(true), "?1"), (.boolean(false), "?0"),
            (.token("fwd-x/*:1"), "fwd-x/*:1"), (.token("*"), "*"), (.token("1a"), nil), (.token(""), nil), (.token("a b"), nil),
            (.string(""), "\"\""), (.string("a\"b\\c"), "\"a\\\"b\\\\c\""), (.string("ä"), nil), (.string("a\nb"), nil),
        ] as [(StructuredValue, String?)])
    func values(value: StructuredValue, expected: String?) {
        #expect(value.text == expected)
    }

    @Test("A word is a token where it can be, else a string")
    func word() {
        #expect(StructuredValue.word("larder").text == "larder")
        #expect(StructuredValue.word("proxy.example:8118").text == "proxy.example:8118")
        #expect(StructuredValue.word("1.example").text == "\"1.example\"")
        #expect(StructuredValue.word("").text == "\"\"")
    }

    @Test("4.1.3: an item with parameters; a parameter that is true is its key")
    func item() {
        let items = [
            StructuredItem(.token("OriginCache"), parameters: [.init("hit", .boolean(true)), .init("ttl", .integer(-1100))]),
            StructuredItem(.string("CDN, Here"), parameters: [.init("fwd", .token("stale")), .init("stored", .boolean(false))]),
        ]
        #expect(items.map(\.text) == ["OriginCache;hit;ttl=-1100", "\"CDN, Here\";fwd=stale;stored=?0"])
        #expect(StructuredItem(.token("")).text == nil)
    }

    @Test("3.1.2: keys", arguments: [("a", true), ("*a1_-.*", true), ("A", false), ("1a", false), ("", false), ("a b", false)])
    func keys(key: String, isKey: Bool) {
        #expect((StructuredItem(.integer(1), parameters: [.init(key, .integer(2))]).text != nil) == isKey)
    }
}

@Suite("Dictionaries, RFC 9651 section 4.2.2")
struct StructuredFieldDictionaryTests {
    @Test("4.2.2: members with and without values, parameters passed over")
    func members() throws {
        let dictionary = try #require(
            StructuredFieldDictionary(
                "  max-age=60;x;y=\"z\", no-store ,\tprivate=?0;a=?1, word=a/b:c, "
                    + "text=\"q \\\" \\\\ , r\", n=-5, flag;p, max-age=30  "))
        #expect(
            dictionary.members == [
                "max-age": .item(.integer(30)), "no-store": .item(.boolean(true)), "private": .item(.boolean(false)),
                "word": .item(.token("a/b:c")), "text": .item(.string("q \" \\ , r")), "n": .item(.integer(-5)),
                "flag": .item(.boolean(true)),
            ])
    }

    @Test(
        "4.2: types that are not kept are valid",
        arguments: [
            "a=1.5", "a=-123456789012.123", "a=:aGVsbG8=:", "a=::", "a=@1659578233", "a=@-1", "a=%\"f%c3%bc\"", "a=%\"\"", "a=()",
            "a=( 1  \"x\" tok;p=1 )", "a=(1);p;q=2", "a=(a b);p=:eA==:", "a=(1 2.5 ?0 @5 %\"x\")",
        ])
    func otherTypes(text: String) throws {
        let dictionary = try #require(StructuredFieldDictionary(text + ", b=1"))
        #expect(dictionary.members == ["a": .other, "b": .item(.integer(1))])
    }

    @Test(
        "4.2: a field that breaks the grammar anywhere is ignored as a whole",
        arguments: [
            "a,", "a, ", ",a", "a,,b", "a b", "a;", "a; ,b", "a;P", "a=", "a=;p", "a= 1", "a =1", "A=1", "1=1", "\"a\"", "a=\"open",
            "a=\"x\\y\"", "a=\"x\\", "a=\"\u{7F}\"", "a=\"ä\"", "a=?", "a=?2", "a=?1x", "a=-", "a=--1", "a=1234567890123456",
            "a=1.", "a=.5",
            "a=1.2345", "a=1234567890123.1", "a=:x", "a=:!:", "a=@", "a=@1.5", "a=@x", "a=%", "a=%x", "a=%\"", "a=%\"%C3\"",
            "a=%\"%c3\"",
            "a=%\"%c\"", "a=(", "a=(1", "a=(1,2)", "a=((1))", "a=(1\t2)", "a=(1\"x\")", "a=)", "a=1;b=(1)", "a=@@1", "\ta", "a=é",
            "é",
        ])
    func invalid(text: String) {
        #expect(StructuredFieldDictionary(text) == nil)
    }

    @Test("4.2: field lines are read as one; an absent field is none, an empty one has no members")
    func lines() throws {
        let fields: FieldSection = ["CDN-Cache-Control": "max-age=60", "cdn-cache-control": "no-store", "Empty": ""]
        #expect(StructuredFieldDictionary("CDN-Cache-Control", in: fields)?.members.count == 2)
        #expect(StructuredFieldDictionary("Empty", in: fields)?.members == [:])
        #expect(StructuredFieldDictionary("None", in: fields) == nil)
    }

    @Test("Deep nesting and long input end")
    func long() {
        #expect(StructuredFieldDictionary("a=" + String(repeating: "(", count: 100_000)) == nil)
        let many = (0..<5000).map { "k\($0)=\($0)" }.joined(separator: ",")
        #expect(StructuredFieldDictionary(many)?.members.count == 5000)
    }
}
