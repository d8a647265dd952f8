import HTTPSemantics
import TestSupport

@testable import CrawlPolicy

/// A web site made of functions: what the tests of the budget crawl.
struct SimulatedSite {
    struct Page {
        /// Its text; nil: there is no such page.
        var text: String?
        var links: [String] = []
    }

    var seeds: [String]
    var page: (_ path: String) -> Page
}

/// A crawl, breadth first, of a simulated site: nothing but canonical form, path trap and budget.
struct SimulatedCrawl {
    var budget = PatternBudget()
    var trap: PathTrap? = PathTrap()
    var report = BudgetReport()
    /// Pages fetched, in order.
    private(set) var fetched: [String] = []
    private(set) var refused = 0
    private var known: Set<String> = []

    /// Crawls until nothing is left, `limit` pages are fetched, or a thousand are refused in a row.
    mutating func run(_ site: SimulatedSite, limit: Int) {
        var queue = site.seeds
        known.formUnion(queue)
        var next = 0
        var inARow = 0
        while next < queue.count, fetched.count < limit, inARow < 1_000 {
            let path = queue[next]
            next += 1
            guard let url = WebURL("http://h" + path) else { continue }
            if let finding = trap?.finding(in: url) {
                report.add(ScopeRefusal.path(finding).reason, subject: url.host, example: url.serialized)
                continue
            }
            let pattern = URLPattern(of: url)
            if let reason = budget.admit(pattern).reason {
                refused += 1
                inARow += 1
                report.add(reason, subject: reason == .hostBudget ? pattern.host : pattern.text, example: url.serialized)
                continue
            }
            inARow = 0
            fetched.append(path)
            let page = site.page(path)
            guard let text = page.text else {
                budget.note(.missing, for: pattern)
                continue
            }
            budget.note(.text(sketch: Self.sketch(of: text), digest: 0), for: pattern)
            for link in page.links where known.insert(link).inserted { queue.append(link) }
        }
    }

    /// The 32 smallest hashes of three words in a row, digits made equal.
    static func sketch(of text: String) -> [UInt32] {
        var words: [UInt64] = []
        for word in text.utf8.split(separator: UInt8(ascii: " ")) {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in word { hash = (hash ^ UInt64(URLText.isDigit(byte) ? 0x23 : byte)) &* 0x0000_0100_0000_01B3 }
            words.append(hash)
        }
        guard words.count >= 3 else { return [] }
        let hashes = (2..<words.count).map { index -> UInt32 in
            var generator = SplitMix64(seed: (words[index - 2] &* 31 &+ words[index - 1]) &* 31 &+ words[index])
            return UInt32(truncatingIfNeeded: generator.next())
        }
        return Array(Set(hashes).sorted().prefix(32))
    }
}

/// Text that looks like a site's.
enum SimulatedText {
    /// Random words, common ones more often.
    static func words(_ count: Int, seed: UInt64) -> String {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in word(&generator) }.joined(separator: " ")
    }

    private static func word(_ generator: inout SplitMix64) -> String {
        let place = Double.random(in: 0..<1, using: &generator)
        return vocabulary[Int(place * place * 4_000)]
    }

    private static let vocabulary = (0..<4_000).map { name($0) }

    /// The word of a number, of letters only.
    static func name(_ number: UInt64) -> String {
        var (rest, text) = (number &* 2_654_435_761 % 11_881_376, "")
        for _ in 0..<5 {
            text.unicodeScalars.append(Unicode.Scalar(UInt8(97 + rest % 26)))
            rest /= 26
        }
        return text
    }

    /// What each page of a site has around its own text.
    static let frame = words(120, seed: 42)
}
