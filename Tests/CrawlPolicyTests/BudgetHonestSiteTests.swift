import TestSupport
import Testing

@testable import CrawlPolicy

/// Honest sites lose nothing.
@Suite struct BudgetHonestSiteTests {
    /// Pages that were refused, and pages that were fetched.
    private static func crawl(_ site: SimulatedSite) -> (refused: Int, fetched: Int) {
        var crawl = SimulatedCrawl()
        crawl.run(site, limit: .max)
        return (crawl.refused, crawl.fetched.count)
    }

    /// Articles of one pattern, each with words of its own, found through pages of lists.
    @Test func articles() {
        let site = SimulatedSite(seeds: ["/list/0"]) { path in
            let number = Int(path.split(separator: "/").last ?? "") ?? 0
            if path.hasPrefix("/list/") {
                let articles = (0..<50).map { number * 50 + $0 }
                return SimulatedSite.Page(
                    text: SimulatedText.frame + articles.map { SimulatedText.words(8, seed: UInt64($0)) }.joined(separator: " "),
                    links: articles.map { "/article/\($0)" } + (number < 49 ? ["/list/\(number + 1)"] : []))
            }
            let text = SimulatedText.frame + " " + SimulatedText.words(80, seed: UInt64(number))
            return SimulatedSite.Page(text: text, links: ["/list/0"])
        }
        let result = Self.crawl(site)
        #expect(result == (0, 2_550), "\(result)")
    }

    /// The reference of a library: 5,000 pages that differ by the name of their class and a few words.
    @Test func referenceOfClasses() {
        let names = (0..<5_000).map { SimulatedText.name(UInt64($0)) + SimulatedText.name(UInt64($0 * 7 + 1)) }
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ("/api/\($1).html", $0) })
        let site = SimulatedSite(seeds: ["/api/index.html"]) { path in
            guard let number = numbers[path] else {
                return SimulatedSite.Page(text: SimulatedText.frame, links: names.map { "/api/\($0).html" })
            }
            let name = names[number]
            return SimulatedSite.Page(
                text: SimulatedText.frame + " class \(name) extends Object constructor \(name) methods inherited from class Object "
                    + SimulatedText.words(5, seed: UInt64(number)))
        }
        let result = Self.crawl(site)
        #expect(result == (0, 5_001), "\(result)")
    }

    /// The same with one pattern for all: numbers instead of names in the URLs.
    @Test func referenceByNumber() {
        let site = SimulatedSite(seeds: (0..<5_000).map { "/api/type/\($0)" }) { path in
            let number = UInt64(path.split(separator: "/").last ?? "") ?? 0
            let name = SimulatedText.name(number) + SimulatedText.name(number * 7 + 1)
            return SimulatedSite.Page(
                text: SimulatedText.frame + " class \(name) extends Object constructor \(name) methods inherited from class Object "
                    + SimulatedText.words(5, seed: number))
        }
        let result = Self.crawl(site)
        #expect(result == (0, 5_000), "\(result)")
    }

    /// Threads of some pages each, and a profile of each member with nearly nothing in it.
    @Test func forum() {
        let site = SimulatedSite(seeds: ["/forum"]) { path in
            let numbers = path.split { !$0.isNumber }.compactMap { UInt64($0) }
            if path == "/forum" {
                return SimulatedSite.Page(text: SimulatedText.frame, links: (0..<1_000).map { "/thread/\($0)" })
            }
            if path.hasPrefix("/member/") {
                let name = SimulatedText.name(numbers[0])
                return SimulatedSite.Page(
                    text: SimulatedText.frame + " profile of \(name) posts by \(name) 0 joined 2024 send \(name) a message")
            }
            let page = numbers.count > 1 ? numbers[1] : 1
            let posts = (0..<10).map { SimulatedText.words(12, seed: numbers[0] * 100 + page * 10 + $0) }
            let more = page < numbers[0] % 5 ? ["/thread/\(numbers[0])?page=\(page + 1)"] : []
            return SimulatedSite.Page(
                text: SimulatedText.frame + " " + posts.joined(separator: " member since 2024 posts 12 "),
                links: more + ["/member/\(numbers[0])"])
        }
        let result = Self.crawl(site)
        #expect(result == (0, 1 + 1_000 + 1_000 + 1_200), "\(result)")
    }

    /// 60,000 pages of one pattern whose sketches are half frame: chance ends nothing, however little the sample keeps.
    @Test(arguments: [2, 16, 32]) func manyPages(newValues: Int) {
        var generator = SplitMix64(seed: UInt64(newValues))
        var tally = PatternTally(pattern: "h/#", rule: .pattern)
        let frame = (0..<(32 - newValues)).map { _ in UInt32.random(in: 0...(.max), using: &generator) }
        var lowest = Int64.max
        for _ in 0..<60_000 {
            tally.note(frame + (0..<newValues).map { _ in UInt32.random(in: 0...(.max), using: &generator) })
            lowest = min(lowest, tally.balance)
        }
        #expect(lowest > -250 * PatternTally.unit, "\(lowest)")
        #expect(tally.pages == 60_000)
        #expect(tally.memoryBytes < 4_096)
    }
}
