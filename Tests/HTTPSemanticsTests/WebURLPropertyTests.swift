import HTTPSemantics
import Testing

/// What holds for every input.
@Suite struct WebURLPropertyTests {
    /// A seeded generator (xorshift), so that a failure comes again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let pieces = [
        "http:", "https:", "file:", "foo:", "ws:", "mailto:", "/", "//", "\\", "?", "#", "@", ":", "[", "]", "[::1]", "::", ".",
        "..", "%2e", "%", "%41", "%00", " ", "\t", "\n", "\u{0}", "\u{7F}", "a", "B", "example.com", "localhost", "C:", "c|", "1",
        "0x7f", "256", "80", "65536", "é", "e\u{301}", "日本", "😀", "。", "\u{AD}", "\u{200D}", "xn--", "xn--9ca", "'", "\"", "<", "^",
        "|", "{", "/./", "/../",
    ]

    /// Texts of up to 10 pieces that parsers care about.
    private static func text(_ generator: inout Generator) -> String {
        (0..<Int.random(in: 0...10, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    private static func bases() throws -> [WebURL] {
        try ["http://u:p@h:8/a/b?q#f", "file:///C:/a/b", "file://h/a", "foo://h/a/b", "foo:/.//a", "foo://h", "mailto:a@b"].map {
            try #require(WebURL($0))
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func serialisationParsesToItself(seed: UInt64) throws {
        var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let bases = try Self.bases()
        var parsed = 0
        for _ in 0..<10_000 {
            let input = Self.text(&generator)
            let base = try #require(bases.randomElement(using: &generator))
            guard let url = WebURL(input) ?? WebURL(input, base: base) else { continue }
            parsed += 1
            let again = try #require(WebURL(url.serialized), "\(url.serialized)")
            #expect(again == url)
            #expect(Self.components(again) == Self.components(url), "\(url.serialized)")
            #expect(url.serialized.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            #expect(WebURL(url.serialized, base: base) == url)
            #expect(WebURL(url.withoutFragment().serialized)?.fragment == nil)
            #expect(WebURL(url.withoutFragment().serialized) == url.withoutFragment())
            let bare = url.withoutUserinfo()
            #expect(try Self.components(#require(WebURL(bare.serialized))) == Self.components(bare))
        }
        #expect(parsed > 5_000)
    }

    /// A reference that lies as bytes gives what the text of them gives, and any other bytes give a URL in ASCII or none.
    @Test func bytesResolveAsTheirText() throws {
        var generator = Generator(state: 99)
        let bases = try Self.bases()
        for _ in 0..<10_000 {
            let input = Self.text(&generator)
            let base = try #require(bases.randomElement(using: &generator))
            let url = Array(input.utf8).withUnsafeBufferPointer { WebURL(utf8: $0, base: base) }
            #expect(url == WebURL(input, base: base), "\(input)")
            var bytes = Array(input.utf8)
            bytes.insert(UInt8.random(in: 0x80...0xFF, using: &generator), at: Int.random(in: 0...bytes.count, using: &generator))
            let other = bytes.withUnsafeBufferPointer { WebURL(utf8: $0, base: base) }
            #expect(other.map { $0.serialized.utf8.allSatisfy { $0 < 0x80 } } ?? true)
        }
        let latin: [UInt8] = [0x78, 0xE4]
        let url = try latin.withUnsafeBufferPointer { try #require(WebURL(utf8: $0, base: bases[0])) }
        #expect(url.path == "/a/x%E4")
    }

    /// The components put together give the serialisation.
    @Test func componentsMakeTheSerialisation() throws {
        var generator = Generator(state: 77)
        let base = try #require(WebURL("http://u:p@h:8/a/b?q#f"))
        for _ in 0..<10_000 {
            guard let url = WebURL(Self.text(&generator), base: base), url.isHTTP else { continue }
            var text = url.scheme + "://" + url.username
            if !url.password.isEmpty { text += ":" + url.password }
            if !url.username.isEmpty || !url.password.isEmpty { text += "@" }
            text += url.authority + url.requestTarget
            if let fragment = url.fragment { text += "#" + fragment }
            #expect(text == url.serialized)
        }
    }

    @Test func randomBytesNeverTrap() throws {
        var generator = Generator(state: 4711)
        let bases = try Self.bases()
        for round in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            // Every other round without bytes outside ASCII, to get further into the parser.
            let top: UInt8 = round % 2 == 0 ? 0x7F : 0xFF
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...top, using: &generator) }
            let text = String(decoding: bytes, as: UTF8.self)
            let host = "http://" + text
            for candidate in [text, host] {
                if let url = WebURL(candidate) { #expect(WebURL(url.serialized) == url) }
                if let base = bases.randomElement(using: &generator), let url = WebURL(candidate, base: base) {
                    #expect(WebURL(url.serialized) == url)
                }
            }
        }
    }

    // MARK: - Bounds

    @Test func lengthIsBounded() throws {
        let limit = WebURL.maximumLength
        let longest = "http://h/" + String(repeating: "a", count: limit - 9)
        let url = try #require(WebURL(longest))
        #expect(url.serialized.utf8.count == limit)
        #expect(WebURL(longest + "a") == nil)
        // What grows past the limit by being encoded or resolved is refused too.
        #expect(WebURL("http://h/" + String(repeating: "é", count: limit / 4)) == nil)
        #expect(WebURL("a", base: url)?.serialized == "http://h/a")
        #expect(WebURL("?x", base: url) == nil)
        #expect(WebURL("#x", base: url) == nil)
        #expect(WebURL("", base: url) == url)
    }

    /// Nothing here takes longer than its length explains: a quadratic step would be noticed in minutes.
    @Test(arguments: [
        Repeated("../", 20_000), Repeated("a/", 30_000), Repeated("%2e%2e/", 9_000), Repeated("@", 60_000), Repeated("x:", 30_000),
        Repeated("/", 60_000), Repeated("é", 30_000), Repeated("é.", 20_000), Repeated("a\u{301}", 20_000),
        Repeated("xn--9ca.", 8_000), Repeated("1.", 30_000), Repeated(":", 60_000), Repeated("[:0", 20_000),
        Repeated(start: "[::", "0:", 30_000), Repeated(start: "xn--", "9", 60_000), Repeated(start: "é.xn--", "9", 60_000),
        Repeated(start: "a", "\u{301}\u{323}", 16_000),
    ])
    func hostileLengthsEnd(_ repeated: Repeated) throws {
        let base = try #require(WebURL("http://h/" + String(repeating: "a/", count: 20_000)))
        for candidate in ["http://" + repeated.text, "http://h/" + repeated.text, repeated.text] {
            if let url = WebURL(candidate, base: base) { #expect(WebURL(url.serialized) == url) }
        }
    }

    /// A long text with a short description.
    struct Repeated: Sendable, CustomTestStringConvertible {
        let text: String
        let testDescription: String

        init(start: String = "", _ piece: String, _ count: Int) {
            text = start + String(repeating: piece, count: count)
            testDescription = "\(start.debugDescription), then \(count) times \(piece.debugDescription)"
        }
    }

    private static func components(_ url: WebURL) -> [String?] {
        [
            url.scheme, url.username, url.password, url.host, url.port.map(String.init), url.path, url.query, url.fragment,
            url.authority, url.requestTarget,
        ]
    }
}
