import Foundation
import HTTPSemantics
import Testing

@testable import CrawlPolicy

@Suite struct ScopePublicSuffixTests {
    /// The rules that the cases below need, in the form of the list.
    private static let excerpt = """
        // ===BEGIN ICANN DOMAINS===
        ac
        com.ac
        biz
        // a comment
        *.ck
        !www.ck
        com
        cn
        com.cn\ttext behind white space
        公司.cn
        中国
        jp
        ac.jp
        kyoto.jp
        ide.kyoto.jp
        *.kobe.jp
        !city.kobe.jp
        *.mm
        us
        ak.us
        k12.ak.us
        io
        // ===END ICANN DOMAINS===
        // ===BEGIN PRIVATE DOMAINS===
        uk.com
        github.io
        // ===END PRIVATE DOMAINS===

        """

    private static func list(_ text: String, includesPrivateSection: Bool = true) throws -> PublicSuffixList {
        let bytes = Array(text.utf8)
        return try #require(
            bytes.withUnsafeBytes { PublicSuffixList(parsing: $0, includesPrivateSection: includesPrivateSection) })
    }

    /// A name and its registrable domain, as publicsuffix.org publishes them for whoever implements the algorithm; names of more than
    /// one spelling as `WebURL` gives them.
    private static let cases: [(name: String, domain: String?)] = [
        ("COM", nil), ("example.COM", "example.com"), ("WwW.example.COM", "example.com"),
        (".com", nil), (".example", nil), (".example.com", nil), (".example.example", nil),
        ("example", nil), ("example.example", "example.example"), ("b.example.example", "example.example"),
        ("a.b.example.example", "example.example"),
        ("biz", nil), ("domain.biz", "domain.biz"), ("b.domain.biz", "domain.biz"), ("a.b.domain.biz", "domain.biz"),
        ("com", nil), ("example.com", "example.com"), ("b.example.com", "example.com"), ("a.b.example.com", "example.com"),
        ("uk.com", nil), ("example.uk.com", "example.uk.com"), ("b.example.uk.com", "example.uk.com"),
        ("a.b.example.uk.com", "example.uk.com"), ("test.ac", "test.ac"),
        ("mm", nil), ("c.mm", nil), ("b.c.mm", "b.c.mm"), ("a.b.c.mm", "b.c.mm"),
        ("jp", nil), ("test.jp", "test.jp"), ("www.test.jp", "test.jp"), ("ac.jp", nil), ("test.ac.jp", "test.ac.jp"),
        ("www.test.ac.jp", "test.ac.jp"), ("kyoto.jp", nil), ("test.kyoto.jp", "test.kyoto.jp"), ("ide.kyoto.jp", nil),
        ("b.ide.kyoto.jp", "b.ide.kyoto.jp"), ("a.b.ide.kyoto.jp", "b.ide.kyoto.jp"), ("c.kobe.jp", nil),
        ("b.c.kobe.jp", "b.c.kobe.jp"), ("a.b.c.kobe.jp", "b.c.kobe.jp"), ("city.kobe.jp", "city.kobe.jp"),
        ("www.city.kobe.jp", "city.kobe.jp"),
        ("ck", nil), ("test.ck", nil), ("b.test.ck", "b.test.ck"), ("a.b.test.ck", "b.test.ck"), ("www.ck", "www.ck"),
        ("www.www.ck", "www.ck"),
        ("us", nil), ("test.us", "test.us"), ("www.test.us", "test.us"), ("ak.us", nil), ("test.ak.us", "test.ak.us"),
        ("www.test.ak.us", "test.ak.us"), ("k12.ak.us", nil), ("test.k12.ak.us", "test.k12.ak.us"),
        ("www.test.k12.ak.us", "test.k12.ak.us"),
        ("食狮.com.cn", "xn--85x722f.com.cn"), ("食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("www.食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"), ("shishi.公司.cn", "shishi.xn--55qx5d.cn"), ("公司.cn", nil),
        ("食狮.中国", "xn--85x722f.xn--fiqs8s"), ("www.食狮.中国", "xn--85x722f.xn--fiqs8s"),
        ("shishi.中国", "shishi.xn--fiqs8s"), ("中国", nil),
        ("xn--85x722f.com.cn", "xn--85x722f.com.cn"), ("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("xn--55qx5d.cn", nil), ("www.xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"), ("xn--fiqs8s", nil),
    ]

    private static func check(_ list: PublicSuffixList) throws {
        for (name, domain) in cases {
            let host = try #require(WebURL("http://\(name)/")).host
            #expect(list.registrableDomain(of: host) == domain, "\(name)")
        }
    }

    @Test func publishedCases() throws {
        try Self.check(Self.list(Self.excerpt))
    }

    private static let installed = "/usr/share/publicsuffix/public_suffix_list.dat"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: installed), "the list is not installed"))
    func publishedCasesWithTheInstalledList() throws {
        let text = try #require(String(data: Data(contentsOf: URL(fileURLWithPath: Self.installed)), encoding: .utf8))
        let list = try Self.list(text)
        try Self.check(list)
        // Each line that is no comment is a rule; nothing of the real list is left out but for what is there twice.
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("//") && !$0.allSatisfy(\.isWhitespace) }
        #expect(list.ruleCount > lines.count * 98 / 100)
        #expect(list.ruleCount <= lines.count)
    }

    @Test func thePrivateSectionIsLeftOutWhereAsked() throws {
        let list = try Self.list(Self.excerpt, includesPrivateSection: false)
        #expect(list.registrableDomain(of: "user.github.io") == "github.io")
        #expect(try Self.list(Self.excerpt).registrableDomain(of: "a.user.github.io") == "user.github.io")
    }

    @Test(arguments: ["127.0.0.1", "[::1]", "localhost", "", ".", "..", "a..com", "com.", "1.2.3.4."])
    func namesWithoutOne(host: String) throws {
        #expect(try Self.list(Self.excerpt).registrableDomain(of: host) == nil)
        #expect(PublicSuffixList().registrableDomain(of: host) == nil)
    }

    @Test func aDotAtTheEndIsLeftAside() throws {
        #expect(try Self.list(Self.excerpt).registrableDomain(of: "www.example.com.") == "example.com")
    }

    @Test func linesOfAnyContentDoNoHarm() throws {
        let list = try Self.list("com\n*\n*.\n!\n.\n..\na..b\n.a\na.\na.*.b\n\u{0}\n \n\r\nORG\r\n%%\n\u{FFFF}.x\nx y")
        #expect(list.ruleCount == 3)
        #expect(list.registrableDomain(of: "a.example.org") == "example.org")
        #expect([UInt8](repeating: 0x2A, count: 1_000).withUnsafeBytes { PublicSuffixList(parsing: $0) } == nil)
        #expect(Array("<html>\n</html>".utf8).withUnsafeBytes { PublicSuffixList(parsing: $0) } == nil)
        #expect([UInt8]().withUnsafeBytes { PublicSuffixList(parsing: $0) } == nil)
    }

    @Test func longNamesAreAnswered() throws {
        let list = try Self.list(Self.excerpt)
        let labels = String(repeating: "a.", count: 120)
        #expect(list.registrableDomain(of: labels + "example.com") == "example.com")
        #expect(list.registrableDomain(of: String(repeating: "a.", count: 10_000) + "com") == nil)
    }

    @Test(
        arguments: [
            ("www.example.com", "example.com"), ("a.b.example.co.uk", "example.co.uk"), ("example.com.au", "example.com.au"),
            ("com.au", nil), ("www.example.de", "example.de"), ("example.co.info", "co.info"), ("www.gov.uk", "www.gov.uk"),
            ("user.github.io", "github.io"),
        ] as [(String, String?)])
    func theSimpleRule(host: String, domain: String?) {
        #expect(PublicSuffixList().registrableDomain(of: host) == domain)
    }
}
