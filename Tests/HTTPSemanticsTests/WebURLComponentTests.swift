import HTTPSemantics
import Testing

@Suite struct WebURLComponentTests {
    @Test func everyComponent() throws {
        let url = try #require(WebURL("https://us%20er:pass@Example.com:8080/p/q?x=1#frag"))
        #expect(url.scheme == "https")
        #expect(url.username == "us%20er")
        #expect(url.password == "pass")
        #expect(url.host == "example.com")
        #expect(url.port == 8080)
        #expect(url.path == "/p/q")
        #expect(url.query == "x=1")
        #expect(url.fragment == "frag")
        #expect(url.authority == "example.com:8080")
        #expect(url.requestTarget == "/p/q?x=1")
        #expect(url.description == url.serialized)
        #expect(url.isHTTP)
    }

    @Test func absentComponents() throws {
        let url = try #require(WebURL("http://h"))
        #expect(url.username == "" && url.password == "")
        #expect(url.port == nil && url.query == nil && url.fragment == nil)
        #expect(url.path == "/" && url.authority == "h" && url.requestTarget == "/")
    }

    @Test func emptyIsNotAbsent() throws {
        let url = try #require(WebURL("http://h/?#"))
        #expect(url.query == "" && url.fragment == "")
        #expect(url.requestTarget == "/?")
        #expect(try #require(WebURL("http://h/#")).query == nil)
    }

    @Test func userinfoParts() throws {
        let name = try #require(WebURL("http://u@h/"))
        #expect(name.username == "u" && name.password == "" && name.host == "h")
        let password = try #require(WebURL("http://:p@h/"))
        #expect(password.username == "" && password.password == "p" && password.host == "h")
    }

    @Test func withoutAuthority() throws {
        let url = try #require(WebURL("foo:/.//a?b"))
        #expect(url.host == "" && url.authority == "" && url.username == "" && url.password == "")
        #expect(url.path == "//a" && url.query == "b" && !url.isHTTP)
        let opaque = try #require(WebURL("mailto:a@b#f"))
        #expect(opaque.scheme == "mailto" && opaque.path == "a@b" && opaque.fragment == "f" && opaque.host == "")
        #expect(try #require(WebURL("foo://h?q")).requestTarget == "/?q")
    }

    @Test func addressKeepsItsBrackets() throws {
        let url = try #require(WebURL("http://[::1]:81/"))
        #expect(url.host == "[::1]" && url.port == 81 && url.authority == "[::1]:81")
    }

    @Test func withoutFragment() throws {
        let url = try #require(WebURL("http://u:p@h:81/a?b#c"))
        let bare = url.withoutFragment()
        #expect(bare.serialized == "http://u:p@h:81/a?b")
        #expect(bare.fragment == nil && bare.query == "b" && bare.port == 81)
        #expect(bare == WebURL("http://u:p@h:81/a?b"))
        #expect(bare.withoutFragment() == bare)
    }

    @Test(arguments: [
        ("http://u:p@h:81/a?b#c", "http://h:81/a?b#c"), ("http://u@h/", "http://h/"), ("http://:p@h/", "http://h/"),
        ("http://h/@", "http://h/@"), ("mailto:a@b", "mailto:a@b"), ("foo://u@h", "foo://h"),
    ])
    func withoutUserinfo(_ text: String, _ expected: String) throws {
        let url = try #require(WebURL(text)).withoutUserinfo()
        let parsed = try #require(WebURL(expected))
        #expect(url == parsed)
        #expect(url.username == "" && url.password == "")
        #expect(url.host == parsed.host && url.port == parsed.port && url.path == parsed.path)
        #expect(url.query == parsed.query && url.fragment == parsed.fragment)
        #expect(WebURL("x", base: url) == WebURL("x", base: parsed))
    }

    @Test(arguments: [
        ("http://H/a", "http", "h", 80, "http://h"), ("https://h:443", "https", "h", 443, "https://h"),
        ("https://h:80", "https", "h", 80, "https://h:80"), ("http://[::1]:8080/", "http", "[::1]", 8080, "http://[::1]:8080"),
        ("ftp://h", "ftp", "h", 21, "ftp://h"), ("file:///a", "file", "", 0, "null"), ("data:x", "data", "", 0, "null"),
    ])
    func origin(_ text: String, scheme: String, host: String, port: Int, serialized: String) throws {
        let origin = try #require(WebURL(text)).origin
        #expect(origin == Origin(scheme: scheme, host: host, port: port))
        #expect(origin.serialized == serialized)
        let others = [
            "http://h/b", "http://h:81/", "http://i/", "http://u@h/x#y", "https://h/", "https://h:80/", "mailto:a", "x://h/",
            "data:b",
        ]
        for other in [text] + others {
            let (one, two) = (try #require(WebURL(text)), try #require(WebURL(other)))
            #expect(one.hasOrigin(of: two) == (one.origin == two.origin), "\(text) and \(other)")
        }
    }

    @Test(arguments: [
        ("http://h/a?b#c", "/a?b", true), ("http://h/a?b", "/a", false), ("http://h/a", "/a?", false), ("http://h", "/", true),
        ("x://h", "/", true), ("x://h?a", "/?a", true), ("x://h?a", "?a", false), ("http://h/ä", "/ä", false),
    ])
    func hasRequestTarget(_ text: String, target: String, expected: Bool) throws {
        let url = try #require(WebURL(text))
        #expect(url.hasRequestTarget(target[...]) == expected)
        #expect((url.requestTarget == target) == expected)
    }

    @Test func equalityIsThatOfTheSerialisation() throws {
        let one = try #require(WebURL("HTTP://H:80/a/../%7e"))
        let other = try #require(WebURL("http://h/%7e"))
        #expect(one == other && one.hashValue == other.hashValue)
        #expect(one != WebURL("http://h/~"))
    }
}
