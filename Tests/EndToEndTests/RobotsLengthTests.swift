import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// A crawl obeys what the beginning of a robots.txt says, however long the file is.
@Suite struct RobotsLengthTests {
    private func crawl(_ answer: ScriptedResponse) async throws -> (status: Int32, targets: Set<String>) {
        let larder = try Larder()
        return try await withOrigin { origin in
            origin.script("/robots.txt", answer)
            for target in ["/", "/private", "/public"] {
                origin.script(
                    target, .text("<a href=/private>x</a><a href=/public>y</a>", fields: ["Content-Type": "text/html"]))
            }
            let result = try await larder.run("crawl", "-q", "-r", "--retry", "0", origin.url("/"))
            return (result.status, Set(origin.requests.map(\.target)))
        }
    }

    private static let beginning = Array("User-agent: *\nDisallow: /private\n".utf8)
    private static let filler = Array(String(repeating: "# nothing to see here\n", count: 30_000).utf8)

    @Test func theBeginningOfAFileThatIsTooLongIsObeyed() async throws {
        let crawled = try await crawl(
            ScriptedResponse(
                fields: ["Content-Type": "text/plain", "Content-Length": "1000000000"], body: .bytes(Self.beginning + Self.filler),
                ending: .stall))
        #expect(crawled.status == 0 && crawled.targets == ["/robots.txt", "/", "/public"])
    }

    @Test func theBeginningOfAFileWithoutEndIsObeyed() async throws {
        let crawled = try await crawl(
            ScriptedResponse(fields: ["Content-Type": "text/plain"], body: .endless(Self.beginning + Self.filler)))
        #expect(crawled.status == 0 && crawled.targets == ["/robots.txt", "/", "/public"])
    }

    @Test func aServerErrorThatIsTooLongIsNoLeave() async throws {
        let crawled = try await crawl(ScriptedResponse(status: 503, fields: ["Content-Length": "1000000000"], ending: .stall))
        #expect(crawled.status == 23 && crawled.targets == ["/robots.txt"])
    }
}
