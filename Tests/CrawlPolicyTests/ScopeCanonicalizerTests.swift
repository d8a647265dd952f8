import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlPolicy

@Suite struct ScopeCanonicalizerTests {
    private static func canonical(_ text: String, _ change: (inout URLCanonicalizer.Options) -> Void = { _ in }) -> String? {
        var options = URLCanonicalizer.Options()
        change(&options)
        return WebURL(text).map { URLCanonicalizer(options).canonical($0).serialized }
    }

    @Test func fragmentAndUserInformationGo() {
        #expect(Self.canonical("http://user:secret@h:8080/a?b#c") == "http://h:8080/a?b")
        #expect(Self.canonical("http://@h/a#") == "http://h/a")
        #expect(Self.canonical("http://u@h/%7Ea#c") == "http://h/~a")
    }

    @Test func otherSchemesLoseNothingElse() {
        #expect(Self.canonical("ftp://u@h/%7ea#x") == "ftp://h/%7ea")
        #expect(Self.canonical("mailto:a@b") == "mailto:a@b")
    }

    /// RFC 3986 sections 6.2.2.1 and 6.2.2.2, RFC 9110 section 4.2.3.
    @Test(arguments: [
        ("http://h/%7euser/%2D%2e%5F%41%7a%30", "http://h/~user/-._Az0"),
        ("http://h/a%2fb%3f%c3%a9", "http://h/a%2Fb%3F%C3%A9"),
        ("http://h/?a=%7e&b=%26%3d%2b%20", "http://h/?a=~&b=%26%3D%2B%20"),
        ("http://h/%252e", "http://h/%252e"),
        ("http://h/%%37E", "http://h/%%37E"),
        ("http://h/%7%45", "http://h/%7%45"),
        ("http://h/%%67", "http://h/%g"),
        ("http://h/%4", "http://h/%4"),
        ("http://h/%zz%", "http://h/%zz%"),
        ("http://h/a%2Eb/..%2E/c", "http://h/a.b/.../c"),
    ])
    func percentEncodingsHaveOneSpelling(text: String, expected: String) {
        #expect(Self.canonical(text) == expected)
    }

    @Test func percentEncodingsMayStay() {
        #expect(Self.canonical("http://h/%7euser?%2d#x") { $0.normalizesPercentEncoding = false } == "http://h/%7euser?%2d")
    }

    @Test func nothingElseChangesByDefault() {
        for text in [
            "http://h/?", "http://h/a;jsessionid=1?b=2&a=1&utm_source=x&PHPSESSID=0", "http://h//a//?&&", "http://h./",
            "http://h/(S(4hwbzl45n2c1q0rzvtshqbmo))/a",
        ] { #expect(Self.canonical(text) == text) }
    }

    @Test(arguments: [
        ("http://h/a;jsessionid=0123?x=1", "http://h/a?x=1"),
        ("http://h/a;JSESSIONID=0123.node1/b;c=d", "http://h/a/b;c=d"),
        ("http://h/a;v=1;jsessionid=2;w=3", "http://h/a;v=1;w=3"),
        ("http://h/a?PHPSESSID=1&x=1", "http://h/a?x=1"),
        ("http://h/a?x=1&ASPSESSIONIDQQGGQ=ABC", "http://h/a?x=1"),
        ("http://h/a?PHPSESSID=1", "http://h/a"),
        ("http://h/a?sid=0123456789abcdef0123456789abcdef", "http://h/a"),
        ("http://h/a?sid=12", "http://h/a?sid=12"),
        ("http://h/a?session=2024-spring-conference-in-town", "http://h/a?session=2024-spring-conference-in-town"),
        ("http://h/a?session=123e4567-e89b-12d3-a456-426614174000", "http://h/a"),
        ("http://h/?s=top10restaurantsintown", "http://h/?s=top10restaurantsintown"),
        ("http://h/?s=0123456789abcdef0123456789abcdef", "http://h/"),
        ("http://h/(S(4hwbzl45n2c1q0rzvtshqbmo))/a.aspx", "http://h/a.aspx"),
        ("http://h/(X(1)S(4hwbzl45n2c1q0rzvtshqbmo))/a.aspx", "http://h/a.aspx"),
        ("http://h/b/(S(4hwbzl45n2c1q0rzvtshqbmo))", "http://h/b/"),
        ("http://h/(Strange(title))/a", "http://h/(Strange(title))/a"),
        ("http://h/(S(short))/a", "http://h/(S(short))/a"),
        ("http://h/a/..;jsessionid=1/b", "http://h/b"),
    ])
    func sessionsGoWhereAsked(text: String, expected: String) {
        #expect(Self.canonical(text) { $0.removesSessions = true } == expected)
    }

    @Test(arguments: [
        ("http://h/?utm_source=a&utm_medium=b&id=3", "http://h/?id=3"),
        ("http://h/?GCLID=x", "http://h/"),
        ("http://h/?fbclid=1&a=2&msclkid=3&mc_cid=4&b", "http://h/?a=2&b"),
        ("http://h/?utmost=1&gclids=2", "http://h/?utmost=1&gclids=2"),
        ("http://h/?utm%5Fsource=1", "http://h/"),
        ("http://h/?&utm_source=a", "http://h/"),
        ("http://h/?a&&utm_source=a", "http://h/?a&"),
    ])
    func trackingGoesWhereAsked(text: String, expected: String) {
        #expect(Self.canonical(text) { $0.removesTracking = true } == expected)
    }

    @Test func namesOfTheUserGo() {
        let globs = ["ref", "x_*", "*_id", "a?c"].map { NameGlob($0) }
        #expect(
            Self.canonical("http://h/?ref=1&REF=2&refs=3&x_=4&x_y=5&page_id=6&abc=7&ac=8") { $0.removedParameters = globs }
                == "http://h/?refs=3&ac=8")
    }

    @Test func queriesAreSortedWhereAsked() {
        #expect(
            Self.canonical("http://h/?b=2&a=9&b=1&&a&c=%7e") { $0.sortsQuery = true } == "http://h/?a=9&a&b=2&b=1&c=~")
        #expect(Self.canonical("http://h/?&") { $0.sortsQuery = true } == "http://h/")
    }

    @Test func anEmptyQueryGoesWhereAsked() {
        #expect(Self.canonical("http://h/?") { $0.dropsEmptyQuery = true } == "http://h/")
        #expect(Self.canonical("http://h/?&") { $0.dropsEmptyQuery = true } == "http://h/?&")
    }

    @Test func globsMatchInLinearSteps() {
        func matches(_ pattern: String, _ name: String) -> Bool {
            Array(name.utf8).withUnsafeBufferPointer { NameGlob(pattern).matches($0) }
        }
        #expect(matches("*", "") && matches("**", "x") && matches("", "") && !matches("", "x") && !matches("?", ""))
        #expect(matches("a*b*c", "aXbXbYc") && !matches("a*b*c", "aXbX") && matches("*ab", "aab"))
        let hostile = String(repeating: "*a", count: 1_000) + "b"
        #expect(!matches(hostile, String(repeating: "a", count: 20_000)))
    }

    // MARK: - Properties

    private static let pieces = [
        "/", "/", "a", "b", ".", "..", "%2e", "%", "%4", "%41", "%37", "%2F", "7", "E", ";", ";jsessionid=1", ";x=1", "?", "&", "=",
        "utm_source=1", "PHPSESSID=2", "sid=0123456789abcdef0", "(S(4hwbzl45n2c1q0rzvtshqbmo))", "(", ")", "#", "@", "é", "x_1=2",
    ]

    @Test(arguments: 0..<64)
    func theCanonicalFormIsItsOwn(choice: Int) throws {
        var options = URLCanonicalizer.Options()
        options.normalizesPercentEncoding = choice & 1 != 0
        options.removesSessions = choice & 2 != 0
        options.removesTracking = choice & 4 != 0
        options.sortsQuery = choice & 8 != 0
        options.dropsEmptyQuery = choice & 16 != 0
        options.removedParameters = choice & 32 != 0 ? [NameGlob("x_*")] : []
        let canonicalizer = URLCanonicalizer(options)
        var generator = SplitMix64(seed: UInt64(choice))
        for _ in 0..<500 {
            let count = Int.random(in: 0...12, using: &generator)
            let text = (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
            guard let url = WebURL("http://h/" + text) else { continue }
            let once = canonicalizer.canonical(url)
            #expect(canonicalizer.canonical(once) == once, "\(url)")
            #expect(WebURL(once.serialized) == once)
            #expect(once.fragment == nil && once.username.isEmpty && once.host == url.host)
        }
    }
}
