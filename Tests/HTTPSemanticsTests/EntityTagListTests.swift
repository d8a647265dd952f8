import HTTPSemantics
import Testing

@Suite("If-None-Match, RFC 9110 section 13.1.2")
struct EntityTagListTests {
    @Test(
        "13.1.2: which lists match a tag by weak comparison",
        arguments: [
            ("\"a\"", "\"a\"", true), ("\"a\"", "W/\"a\"", true), ("W/\"a\"", "\"a\"", true), ("\"b\"", "\"a\"", false),
            ("\"b\", \"a\"", "\"a\"", true), ("\"b\",W/\"a\" ,\"c\"", "\"a\"", true), (",, \"a\",", "\"a\"", true),
            ("*", "\"a\"", true), ("*", nil, true), ("\"a\"", nil, false), ("", "\"a\"", false), ("*, \"b\"", "\"a\"", false),
            ("*, b", "\"a\"", false),
            ("\"*\"", "\"a\"", false), ("\"a,b\"", "\"a,b\"", true), ("\"a,b\"", "\"a\"", false),
            // A backslash escapes nothing.
            ("\"x\\\", \"a\"", "\"a\"", true), ("\"x\\\"", "\"x\\\"", true),
            // Members that are no tags.
            ("a", "\"a\"", false), ("a, \"a\"", "\"a\"", true), ("w/\"a\"", "\"a\"", false), ("'a'", "\"a\"", false),
            ("\"b, \"a\"", "\"a\"", false),
            // A tag that its server sends without quotes.
            ("a", "a", true), ("b, a", "a", true), ("\"a\"", "a", false), ("*", "a", true), ("\"b\", *", "*", false),
        ] as [(String, String?, Bool)])
    func weaklyMatches(list: String, entityTag: String?, expected: Bool) throws {
        let list = try #require(EntityTagList("If-None-Match", in: ["if-none-match": list]))
        #expect(list.weaklyMatches(entityTag) == expected)
    }

    @Test("Several lines are one list; a quote left open hides nothing on the next")
    func lines() throws {
        let list = try #require(EntityTagList("If-None-Match", in: ["If-None-Match": "\"open", "IF-NONE-MATCH": "\"a\""]))
        #expect(list.weaklyMatches("\"a\""))
        #expect(EntityTagList("If-None-Match", in: [:]) == nil)
    }
}

@Suite("Updating fields, RFC 9111 section 3.2")
struct FieldSectionUpdateTests {
    @Test("3.2: new lines take the place of all lines of their names, names that are new come last")
    func updated() {
        let stored: FieldSection = ["Link": "a", "X": "1", "link": "b"]
        let newer: FieldSection = ["LINK": "c", "New": "n", "link": "d"]
        #expect(stored.updated(with: newer).lines == [.init("LINK", "c"), .init("link", "d"), .init("X", "1"), .init("New", "n")])
        #expect(stored.updated(with: [:]) == stored)
    }
}
