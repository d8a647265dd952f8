import TestSupport
import Testing

@testable import CrawlPolicy

/// Traps end after some hundred pages.
@Suite struct BudgetTrapTests {
    private static func fetched(_ site: SimulatedSite, trap: PathTrap? = PathTrap(), limit: Int = 50_000) -> Int {
        var crawl = SimulatedCrawl()
        crawl.trap = trap
        crawl.run(site, limit: limit)
        return crawl.fetched.count
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// Months without end in both directions, with the days in them.
    @Test func calendar() {
        let site = SimulatedSite(seeds: ["/calendar/24000"]) { path in
            let month = Int(path.split(separator: "/").last ?? "") ?? 0
            let days = (1...30).map { "\($0) no events add" }.joined(separator: " ")
            return SimulatedSite.Page(
                text: SimulatedText.frame + " \(Self.months[month % 12]) \(month / 12) Mon Tue Wed Thu Fri Sat Sun " + days,
                links: ["/calendar/\(month + 1)", "/calendar/\(month - 1)"])
        }
        let count = Self.fetched(site)
        #expect((500...700).contains(count), "\(count)")
    }

    /// A page for each day, with an event now and then in the first year.
    @Test func calendarOfDays() {
        let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        let site = SimulatedSite(seeds: ["/events/day/10000"]) { path in
            let day = Int(path.split(separator: "/").last ?? "") ?? 0
            let event = (10_000..<10_365).contains(day) && day % 3 == 0 ? SimulatedText.words(60, seed: UInt64(day)) : "none"
            return SimulatedSite.Page(
                text: SimulatedText.frame + " events on \(weekdays[day % 7]) \(day % 30) \(Self.months[day / 30 % 12]) \(event)",
                links: ["/events/day/\(day + 1)", "/events/day/\(day - 1)", "/events/day/\(day + 30)"])
        }
        let count = Self.fetched(site)
        #expect((500...1_200).contains(count), "\(count)")
    }

    /// The same 50 articles under ever new sessions, wherever the session is.
    @Test(arguments: ["path parameter", "query", "path segment", "unknown name"])
    func sessions(place: String) {
        var generator = SplitMix64(seed: 9)
        func link(_ article: Int) -> String {
            let session = String(generator.next() | 1 << 60, radix: 16) + String(generator.next() | 1 << 60, radix: 16)
            return switch place {
            case "path parameter": "/article/\(article);jsessionid=\(session)"
            case "query": "/article/\(article)?sid=\(session)"
            case "path segment": "/s/\(session)/article/\(article)"
            default: "/article/\(article)?visit=\(session)"
            }
        }
        let site = SimulatedSite(seeds: [link(0)]) { path in
            let article = path.split { "/;?".contains($0) }.compactMap { Int($0) }.first ?? 0
            return SimulatedSite.Page(
                text: SimulatedText.frame + " " + SimulatedText.words(100, seed: UInt64(article)),
                links: (0..<50).map { link($0) })
        }
        let count = Self.fetched(site)
        #expect((550...700).contains(count), "\(count)")
    }

    /// `href="b/"` on a page that answers under any path: the path trap, then the budget alone.
    @Test func endlessPathOfTwoNames() {
        let site = SimulatedSite(seeds: ["/"]) { path in
            let text = SimulatedText.frame + " " + SimulatedText.words(200, seed: 1)
            return SimulatedSite.Page(text: text, links: [path + "a/", path + "b/"])
        }
        let (trapped, untrapped) = (Self.fetched(site), Self.fetched(site, trap: nil))
        #expect(trapped < 1_100, "\(trapped)")
        #expect(untrapped < 1_100, "\(untrapped)")
        // One name alone is ended by the path trap.
        let line = SimulatedSite(seeds: ["/"]) { SimulatedSite.Page(text: SimulatedText.frame, links: [$0 + "a/b/"]) }
        #expect(Self.fetched(line) == 3)
    }

    /// The same with new words at each level, which no path trap sees, and one page for all.
    @Test func endlessPathOfManyNames() {
        let site = SimulatedSite(seeds: ["/"]) { path in
            let names = (0..<20).map { SimulatedText.name(UInt64(path.utf8.count * 20 + $0)) }
            let text = SimulatedText.frame + " " + SimulatedText.words(200, seed: 1)
            return SimulatedSite.Page(text: text, links: names.map { path + $0 + "/" })
        }
        let count = Self.fetched(site)
        #expect(count < 1_100, "\(count)")
    }

    /// Six filters of eight values each over 300 products, 20 of them on a page: half a million pages.
    @Test func facets() {
        let names = ["brand", "color", "material", "price", "rating", "size"]
        let site = SimulatedSite(seeds: ["/shop"]) { path in
            var chosen: [String: Int] = [:]
            for part in path.split(separator: "?").dropFirst().joined().split(separator: "&") {
                let pair = part.split(separator: "=")
                chosen[String(pair[0])] = Int(pair[1])
            }
            func link(_ chosen: [String: Int]) -> String {
                "/shop?" + chosen.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
            }
            let products = (0..<300).filter { product in
                chosen.allSatisfy { SplitMix64(seed: UInt64(product * 7 + $0.key.count)).first % 8 != $0.value }
            }
            let shown = products.prefix(20).map { "\(SimulatedText.words(6, seed: UInt64($0))) price \($0) add to cart" }
            var links: [String] = []
            for name in names {
                for value in 0..<8 {
                    var next = chosen
                    next[name] = value
                    links.append(link(next))
                }
            }
            return SimulatedSite.Page(text: SimulatedText.frame + " filters " + shown.joined(separator: " "), links: links)
        }
        let count = Self.fetched(site)
        #expect(count < 2_500, "\(count)")
    }

    /// An endless path whose every page is missing.
    @Test func missingPages() {
        let site = SimulatedSite(seeds: (0..<5_000).map { "/item/\($0)" }) { _ in SimulatedSite.Page(text: nil) }
        #expect(Self.fetched(site) == 500)
    }
}

extension SplitMix64 {
    /// The first number.
    fileprivate var first: UInt64 {
        var copy = self
        return copy.next()
    }
}
