import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlPolicy

@Suite struct BudgetURLPatternTests {
    private static func pattern(_ text: String) throws -> String {
        URLPattern(of: try #require(WebURL(text))).text
    }

    @Test(arguments: [
        ("https://example.com/calendar/2024/05?view=month#x", "example.com/calendar/#/#?view"),
        ("http://example.com:8080/", "example.com:8080/"),
        ("http://example.com", "example.com/"),
        ("http://user:secret@example.com/a", "example.com/a"),
        ("http://h/2024-05-06/page12.html", "h/#-#-#/page#.html"),
        ("http://h/12345.html", "h/#.html"),
        ("http://h/api/java/util/List.html", "h/api/java/util/List.html"),
        ("http://h/a/deadbeefdeadbeef/b", "h/a/*/b"),
        ("http://h/a/0123456789012345678", "h/a/#"),
        ("http://h/123E4567-e89b-12d3-a456-426614174000.pdf", "h/*.pdf"),
        ("http://h/watch/dQw4w9WgXcQ", "h/watch/*"),
        ("http://h/QkFzRGZnSGpr1WxjVmJu", "h/*"),
        ("http://h/how-to-cook-rice", "h/*"),
        ("http://h/2024/how-to-cook-rice.html", "h/#/*.html"),
        ("http://h/about-us", "h/about-us"),
        ("http://h/%E6%97%A5%E6%9C%AC/a", "h/*/a"),
        ("http://h/x86/v2/mp3", "h/x#/v#/mp#"),
        ("http://h/ab12cd/mp3play2", "h/ab#cd/*"),
        ("http://h/a;jsessionid=0123;v=1/b;c", "h/a/b"),
        ("http://h/(S(4hwbzl45n2c1q0rzvtshqbmo))/a.aspx", "h/a.aspx"),
        ("http://h//a//", "h//a//"),
        ("http://h/a/b/c/d/e/f/g/h", "h/a/b/c/d/e/f/g/h"),
        ("http://h/a/b/c/d/e/f/g/h/", "h/a/b/c/d/e/f/g/**"),
        ("http://h/a/b/c/d/e/f/g/h/i/j?k=1", "h/a/b/c/d/e/f/g/**?k"),
    ])
    func hostAndPath(text: String, expected: String) throws {
        #expect(try Self.pattern(text) == expected)
    }

    @Test(arguments: [
        ("http://h/?b=1&a=2&b=3", "h/?a&b"),
        ("http://h/?", "h/"),
        ("http://h/?&=1&&", "h/"),
        ("http://h/?item12=1&item3=2", "h/?item#"),
        ("http://h/?42", "h/?#"),
        ("http://h/?PHPSESSID=1&utm_source=2&sid=0123456789abcdef0&q=x", "h/?q"),
        ("http://h/?filter[size]=1", "h/?filter[size]"),
        ("http://h/?e=1&d=2&c=3&b=4&a=5", "h/?a&b&c&d&**"),
        ("http://h/?123e4567-e89b-12d3-a456-426614174000", "h/?*"),
    ])
    func query(text: String, expected: String) throws {
        #expect(try Self.pattern(text) == expected)
    }

    @Test func theHashIsOfTheTextAlone() throws {
        let one = URLPattern(of: try #require(WebURL("http://example.com/1?a=1")))
        let other = URLPattern(of: try #require(WebURL("https://example.com/22?a=2")))
        #expect(one == other && one.hash == other.hash && one.host == "example.com" && one.hostHash == other.hostHash)
        #expect(one != URLPattern(of: try #require(WebURL("http://example.com/1"))))
        // Stored rows are found again by each later version: SipHash-1-3 of "h/" and "h" with a key of zeros.
        let stored = URLPattern(of: try #require(WebURL("http://h/")))
        #expect(stored.hash == 0xA447_1BCA_B8DB_93FE)
        #expect(stored.hostHash == 0xDDA1_D9F6_0106_F0E9)
    }

    @Test func anyURLHasAShortPattern() throws {
        var generator = SplitMix64(seed: 5)
        let long = String(repeating: "x", count: 300)
        let pieces = ["/", "a", "1", "-", "%41", "%", ".", ";", "?", "&", "=", "é", "(S(", ")", long, "#"]
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...60, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let host = String(repeating: "h", count: Int.random(in: 1...400, using: &generator))
            guard let url = WebURL("http://" + host + "/" + text) else { continue }
            let pattern = URLPattern(of: url)
            #expect(pattern.text.utf8.count <= URLPattern.maximumLength)
            #expect(pattern.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(pattern.text.hasPrefix(pattern.host + "/"))
        }
    }
}
