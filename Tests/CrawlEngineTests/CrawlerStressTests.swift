import CachingClient
import Foundation
import HTTPSemantics
import TestOrigin
import Testing

@testable import CrawlEngine

/// Many URLs over few hosts, with everything at once that a crawl can meet. A hang shows as a test that does not end.
@Suite struct CrawlerStressTests {
    /// LARDER_STRESS_URLS and LARDER_STRESS_ROUNDS make it longer than the usual run.
    private static func setting(_ name: String, default value: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? value
    }

    @Test(arguments: 0..<setting("LARDER_STRESS_ROUNDS", default: 2))
    func manyURLsAtOnce(_ round: Int) async throws {
        let count = Self.setting("LARDER_STRESS_URLS", default: 1_000)
        try await withBench { bench in
            bench.origin.script("/page") { request in
                let number = Int(request.target.split(separator: "?").last ?? "") ?? 0
                switch number % 50 {
                case 0: return .redirect(to: "/page?\(number + 1)", status: 301)
                case 10: return .text("\(number)", fields: ["Cache-Control": "no-store"])
                case 20: return .silence(.reset)
                case 30: return .text("", status: 404)
                default: return .text("page \(number)", fields: ["Cache-Control": "max-age=600"])
                }
            }
            // Each tenth URL comes twice.
            let targets = (0..<count).flatMap { $0 % 10 == 1 ? ["/page?\($0)", "/page?\($0)#again"] : ["/page?\($0)"] }
            for onEventLoops in [true, false] {
                let collector = Collector()
                let crawler = bench.crawler(quick(jobs: 64, retries: 1, window: 512), onEventLoops: onEventLoops)
                let summary = try await crawler.run([bench.urls(targets)], report: collector.report)
                #expect(summary.total == targets.count && !summary.interrupted)
                #expect(Set(collector.results.map(\.url)).count == targets.count)
                #expect(summary.outcomes[.error] == count / 50)
                #expect(summary.outcomes.values.reduce(0, +) == targets.count)
            }
        }
    }
}
