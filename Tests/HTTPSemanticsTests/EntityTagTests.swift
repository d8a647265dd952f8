import HTTPSemantics
import Testing

@Suite("Entity tags, RFC 9110 section 8.8.3")
struct EntityTagTests {
    @Test(
        "8.8.3: a tag is a quoted opaque string, weak after W/",
        arguments: [
            ("\"xyzzy\"", false, "xyzzy"), ("W/\"xyzzy\"", true, "xyzzy"), ("\"\"", false, ""), (" \"a b\" ", false, "a b"),
            ("\"é\"", false, "é"),
        ])
    func reads(text: String, isWeak: Bool, opaque: String) throws {
        let tag = try #require(EntityTag(text))
        #expect(tag.isWeak == isWeak)
        #expect(tag.opaque == opaque)
        #expect(EntityTag(tag.text) == tag)
    }

    @Test(
        "8.8.3: nothing else is one",
        arguments: ["", "*", "xyzzy", "\"", "w/\"a\"", "W/a", "\"a\"b\"", "\"a", "W/\"", "\"a\", \"b\"", "\"a\u{1}\""])
    func refuses(text: String) {
        #expect(EntityTag(text) == nil)
    }

    @Test(
        "8.8.3.2: the table of strong and weak comparison",
        arguments: [
            ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false), ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ])
    func comparison(left: String, right: String, strongly: Bool, weakly: Bool) throws {
        let left = try #require(EntityTag(left))
        let right = try #require(EntityTag(right))
        #expect(left.stronglyMatches(right) == strongly)
        #expect(left.weaklyMatches(right) == weakly)
    }
}
