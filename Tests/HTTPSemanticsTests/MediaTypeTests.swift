import HTTPSemantics
import Testing

@Suite("Media types, RFC 9110 section 8.3.1")
struct MediaTypeTests {
    @Test(
        "8.3.1: the four spellings of one type",
        arguments: [
            "text/html;charset=utf-8", "Text/HTML;Charset=\"utf-8\"", "text/html; charset=\"utf-8\"", "text/html;charset=utf-8 ;",
        ])
    func spellings(text: String) throws {
        let type = try #require(MediaType(text))
        #expect(type.essence == "text/html")
        #expect(type["CHARSET"] == "utf-8")
        #expect(type["boundary"] == nil)
    }

    @Test("A parameter that breaks the grammar is passed over")
    func brokenParameters() throws {
        let type = try #require(MediaType("text/html; ; x; =y; a b=c; charset=\"open; d=e"))
        #expect(type.essence == "text/html")
        #expect(type["charset"] == nil)
        #expect(try #require(MediaType("a/b; x=1; x=2"))["x"] == "1")
        #expect(try #require(MediaType("a/b; x=\"1;2\"; y=3"))["y"] == "3")
    }

    @Test(
        "8.3.1: without type and subtype there is no media type",
        arguments: ["", "html", "text/", "/html", "text html", "text/a/b", "te xt/html"])
    func refuses(text: String) {
        #expect(MediaType(text) == nil)
    }
}
