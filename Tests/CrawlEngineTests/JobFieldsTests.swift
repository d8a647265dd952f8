import HTTPSemantics
import Testing

@testable import CrawlEngine

/// Credentials go to the origins that the user has named, and nowhere else.
@Suite struct JobFieldsTests {
    private static let secrets: FieldSection = [
        "User-Agent": "larder", "Authorization": "Bearer abc", "Cookie": "a=b", "Proxy-Authorization": "Basic x", "Accept": "*/*",
    ]

    private func fields(_ given: FieldSection, seeds: [String], for text: String) throws -> [String] {
        var fields = JobFields(given)
        for seed in seeds { fields.addSeed(try #require(WebURL(seed))) }
        return fields.fields(for: try #require(WebURL(text)), isSiteOfSeed: false).lines.map { "\($0.name): \($0.value)" }
    }

    @Test func theUsersFieldsGoToSeeds() throws {
        let all = ["User-Agent: larder", "Authorization: Bearer abc", "Cookie: a=b", "Proxy-Authorization: Basic x", "Accept: */*"]
        for text in ["http://a.example/", "http://a.example/other?x", "http://a.example:80/"] {
            #expect(try fields(Self.secrets, seeds: ["http://a.example/start"], for: text) == all)
        }
    }

    @Test(arguments: [
        "https://a.example/", "http://a.example:8080/", "http://www.a.example/", "http://b.example/", "http://a.example.b.example/",
    ])
    func strangersGetNone(text: String) throws {
        #expect(
            try fields(Self.secrets, seeds: ["http://a.example/start"], for: text) == ["User-Agent: larder", "Accept: */*"])
        #expect(
            try fields(["Accept": "*/*"], seeds: ["http://user:password@a.example/"], for: text) == ["Accept: */*"])
    }

    /// A key under a name of its own is not sent to whoever a page links to, only where the seeds lead.
    @Test func whatMayBeSecretGoesToTheSeedsSites() throws {
        let given: FieldSection = ["X-Api-Key": "abc", "Cookie": "a=b", "Accept-Language": "en"]
        var fields = JobFields(given)
        fields.addSeed(try #require(WebURL("http://a.example/")))
        func names(_ text: String, isSiteOfSeed: Bool) throws -> [String] {
            fields.fields(for: try #require(WebURL(text)), isSiteOfSeed: isSiteOfSeed).lines.map(\.name)
        }
        #expect(try names("http://a.example/x", isSiteOfSeed: true) == ["X-Api-Key", "Cookie", "Accept-Language"])
        #expect(try names("https://www.a.example/", isSiteOfSeed: true) == ["X-Api-Key", "Accept-Language"])
        #expect(try names("https://b.example/", isSiteOfSeed: false) == ["Accept-Language"])
        // What was meant for TLS is not sent without.
        var secure = JobFields(given)
        secure.addSeed(try #require(WebURL("https://a.example/")))
        let exposed = secure.fields(for: try #require(WebURL("http://a.example/")), isSiteOfSeed: true)
        #expect(exposed.lines.map(\.name) == ["Accept-Language"])
    }

    @Test func withoutSeedsNobodyGetsAny() throws {
        #expect(try fields(Self.secrets, seeds: [], for: "http://a.example/") == ["User-Agent: larder", "Accept: */*"])
    }

    @Test func userAndPasswordOfASeedAreForItsOrigin() throws {
        let seeds = ["http://user:password@a.example/x", "http://b.example/"]
        #expect(try fields([:], seeds: seeds, for: "http://a.example/y") == ["Authorization: Basic dXNlcjpwYXNzd29yZA=="])
        #expect(try fields([:], seeds: seeds, for: "http://b.example/").isEmpty)
        // The field that the user gives says it more plainly.
        #expect(
            try fields(["Authorization": "Bearer abc"], seeds: seeds, for: "http://a.example/y") == ["Authorization: Bearer abc"])
    }
}
