import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlPolicy

@Suite struct BudgetPatternTests {
    private static func pattern(_ path: String) throws -> URLPattern {
        URLPattern(of: try #require(WebURL("http://h" + path)))
    }

    private static func fresh(_ generator: inout SplitMix64) -> PageNews {
        .text(sketch: (0..<32).map { _ in UInt32.random(in: 0...(.max), using: &generator) }, digest: 0)
    }

    /// Notes `count` pages with nothing new; returns after how many of them the pattern ended.
    private static func exhaust(_ budget: inout PatternBudget, _ pattern: URLPattern, limit: Int = 10_000) -> Int {
        var count = 0
        while count < limit, budget.admit(pattern) == .admit {
            budget.note(.redirect(isToKnownURL: true), for: pattern)
            count += 1
        }
        return count
    }

    @Test func aPatternEndsWithItsAllowance() throws {
        var budget = PatternBudget()
        let (trap, other) = try (Self.pattern("/a/1"), Self.pattern("/b/1"))
        #expect(Self.exhaust(&budget, trap) == 500)
        #expect(budget.admit(trap) == .refusePattern)
        #expect(budget.admit(other) == .admit)
    }

    @Test func newTextEarnsAReserve() throws {
        var options = PatternBudget.Options()
        options.hostAllowance = 0
        var budget = PatternBudget(options)
        var generator = SplitMix64(seed: 1)
        let pattern = try Self.pattern("/a/1")
        for _ in 0..<800 { budget.note(Self.fresh(&generator), for: pattern) }
        // A page for eight, less the few that were spent since the sample knew one to be new.
        let count = Self.exhaust(&budget, pattern)
        #expect((590...600).contains(count), "\(count)")
    }

    @Test func zeroEndsNothing() throws {
        var options = PatternBudget.Options()
        options.patternAllowance = 0
        var budget = PatternBudget(options)
        #expect(Self.exhaust(&budget, try Self.pattern("/a/1")) == 10_000)
    }

    @Test func equalBodiesAreNothingNew() throws {
        var budget = PatternBudget()
        let pattern = try Self.pattern("/a/1.png")
        for _ in 0..<600 { budget.note(.body(digest: 7), for: pattern) }
        #expect(budget.admit(pattern) == .refusePattern)
        let images = try Self.pattern("/b/1.png")
        for digest in 0..<2_000 as Range<UInt64> { budget.note(.body(digest: digest << 20), for: images) }
        #expect(budget.admit(images) == .admit)
        let empty = try Self.pattern("/c/1")
        for _ in 0..<600 { budget.note(.text(sketch: [], digest: 7), for: empty) }
        #expect(budget.admit(empty) == .refusePattern)
    }

    @Test func outagesAndRedirectsToNewURLsCostNothing() throws {
        var budget = PatternBudget()
        let pattern = try Self.pattern("/a/1")
        for _ in 0..<3_000 {
            budget.note(.failure, for: pattern)
            budget.note(.redirect(isToKnownURL: false), for: pattern)
        }
        #expect(budget.admit(pattern) == .admit && budget.takeChanges().isEmpty)
        for _ in 0..<500 { budget.note(.redirect(isToKnownURL: true), for: pattern) }
        #expect(budget.admit(pattern) == .refusePattern)
    }

    // MARK: - Hosts

    /// A site with many broken links is no trap.
    @Test func whatIsNotThereCostsItsPatternAlone() throws {
        var budget = PatternBudget()
        let broken = try Self.pattern("/a/1")
        for _ in 0..<3_000 { budget.note(.missing, for: broken) }
        #expect(budget.admit(broken) == .refusePattern)
        #expect(Self.exhaust(&budget, try Self.pattern("/b/1")) == 500)
    }

    @Test func aHostWithoutNewsGetsFewNewPatterns() throws {
        var budget = PatternBudget()
        var generator = SplitMix64(seed: 2)
        let honest = try Self.pattern("/good/1")
        for _ in 0..<100 { budget.note(Self.fresh(&generator), for: honest) }
        var ends: [Int] = []
        for name in 0..<300 { ends.append(Self.exhaust(&budget, try Self.pattern("/" + SimulatedText.name(UInt64(name)) + "/"))) }
        // One pattern costs the host its allowance; then each has 20 pages, then none.
        #expect(Array(ends.prefix(3)) == [500, 20, 20])
        #expect(ends[20] == 20 && ends[30] == 0 && ends.last == 0)
        #expect(budget.admit(try Self.pattern("/unknown/")) == .refuseHost)
        // What has earned something goes on, and other hosts do not suffer.
        #expect(budget.admit(honest) == .admit)
        #expect(budget.admit(URLPattern(of: try #require(WebURL("http://other/")))) == .admit)
        // News lift the host again.
        for _ in 0..<2_000 { budget.note(Self.fresh(&generator), for: honest) }
        #expect(budget.admit(try Self.pattern("/unknown/")) == .admit)
    }

    @Test func noHostIsJudgedWhereAsked() throws {
        var options = PatternBudget.Options()
        options.hostAllowance = 0
        var budget = PatternBudget(options)
        for name in 0..<20 { #expect(Self.exhaust(&budget, try Self.pattern("/" + SimulatedText.name(UInt64(name)) + "/")) == 500) }
    }

    // MARK: - Storing

    @Test func whatIsStoredGoesOn() throws {
        var generator = SplitMix64(seed: 3)
        let pattern = try Self.pattern("/a/1")
        let pages = (0..<50).map { _ in Self.fresh(&generator) }
        var one = PatternBudget()
        for index in 0..<400 { one.note(pages[index % 50], for: pattern) }
        let rows = one.takeChanges()
        #expect(rows.count == 2 && one.takeChanges().isEmpty)
        #expect(Set(rows.map(\.pattern)) == ["h/a/#", "h"])
        var other = PatternBudget()
        #expect(!other.knows(pattern))
        for row in rows { other.take(row) }
        #expect(other.knows(pattern))
        var ends = (0, 0)
        for index in 0..<1_000 where one.admit(pattern) == .admit {
            one.note(pages[index % 50], for: pattern)
            ends.0 += 1
        }
        for index in 0..<1_000 where other.admit(pattern) == .admit {
            other.note(pages[index % 50], for: pattern)
            ends.1 += 1
        }
        #expect(ends.0 == ends.1 && ends.0 < 200)
    }

    /// Two processes at one job: their rows are added up, and each reads what the other wrote.
    @Test func countsAreAddedUp() throws {
        let pattern = try Self.pattern("/a/1")
        var stored: [UInt64: PatternRow] = [:]
        func add(_ rows: [PatternRow]) {
            for row in rows {
                var sum = row
                sum.pages += stored[row.hash]?.pages ?? 0
                sum.balance += stored[row.hash]?.balance ?? 0
                stored[row.hash] = sum
            }
        }
        var processes = [PatternBudget(), PatternBudget()]
        var fetched = 0
        while fetched < 10_000 {
            let index = fetched / 10 % 2
            if fetched % 10 == 0 { for row in stored.values { processes[index].take(row) } }
            guard processes[index].admit(pattern) == .admit else { break }
            processes[index].note(.missing, for: pattern)
            fetched += 1
            if fetched % 10 == 0 { add(processes[index].takeChanges()) }
        }
        #expect(fetched == 500)
        #expect(stored[pattern.hash]?.pages == 500 && stored[pattern.hash]?.balance == -500_000)
    }

    @Test func damagedRowsDoNoHarm() throws {
        let pattern = try Self.pattern("/a/1")
        for (pages, balance) in [(Int64.max, Int64.max), (.min, .min), (0, .max), (-1, 0)] {
            var budget = PatternBudget()
            for (hash, text) in [(pattern.hash, pattern.text), (pattern.hostHash, pattern.host)] {
                budget.take(PatternRow(hash: hash, pattern: text, pages: pages, balance: balance, sample: [1, 2, 3, 4, 5]))
            }
            _ = budget.admit(pattern)
            budget.note(.redirect(isToKnownURL: true), for: pattern)
            #expect(budget.takeChanges().count == 2)
        }
    }

    @Test func theMemoryIsBounded() throws {
        var options = PatternBudget.Options()
        options.memoryBytes = 100_000
        var budget = PatternBudget(options)
        var generator = SplitMix64(seed: 4)
        for name in 0..<5_000 {
            let url = try #require(WebURL("http://h\(name % 100)/" + SimulatedText.name(UInt64(name))))
            budget.note(Self.fresh(&generator), for: URLPattern(of: url))
            #expect(budget.memoryBytes <= 140_000)
        }
        // What was forgotten is there to be stored.
        #expect(Set(budget.takeChanges().map(\.hash)).count == 5_100)
    }
}
