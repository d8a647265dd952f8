import Testing

@testable import CrawlPolicy

@Suite struct BudgetReportTests {
    @Test func theMostFrequentComesFirst() {
        var report = BudgetReport()
        for _ in 0..<3 { report.add(.host, subject: "a.example", example: "http://a.example/") }
        for number in 0..<5 { report.add(.patternBudget, subject: "h/#", example: "http://h/\(number)") }
        report.add(.host, subject: "b.example", example: "http://b.example/")
        #expect(
            report.cutsByCount() == [
                BudgetReport.Cut(reason: .patternBudget, subject: "h/#", count: 5, example: "http://h/0"),
                BudgetReport.Cut(reason: .host, subject: "a.example", count: 3, example: "http://a.example/"),
                BudgetReport.Cut(reason: .host, subject: "b.example", count: 1, example: "http://b.example/"),
            ])
        #expect(report.counts() == [.patternBudget: 5, .host: 4])
    }

    @Test func theRestIsCountedTogether() {
        var report = BudgetReport(capacity: 16)
        for round in 0..<1_000 {
            report.add(.host, subject: "frequent", example: "http://frequent/")
            report.add(.host, subject: "h\(round)", example: "http://h\(round)/")
        }
        let cuts = report.cutsByCount()
        #expect(cuts.count <= 17)
        #expect(cuts.first?.subject == "frequent" && cuts.first?.count == 1_000)
        #expect(cuts.last?.subject == nil)
        #expect(report.counts() == [.host: 2_000])
    }

    @Test func storedCutsAreAdded() {
        var report = BudgetReport()
        report.add(BudgetReport.Cut(reason: .depth, subject: "h", count: .max, example: "http://h/"))
        report.add(BudgetReport.Cut(reason: .depth, subject: "h", count: 2, example: "http://h/2"))
        report.add(BudgetReport.Cut(reason: .depth, subject: "x", count: 0, example: ""))
        report.add(BudgetReport.Cut(reason: .depth, subject: "x", count: -3, example: ""))
        #expect(report.cutsByCount() == [BudgetReport.Cut(reason: .depth, subject: "h", count: .max, example: "http://h/")])
    }

    @Test func examplesAreShort() {
        var report = BudgetReport()
        report.add(.length, subject: "h", example: "http://h/" + String(repeating: "a", count: 60_000))
        #expect(report.cutsByCount().first?.example.utf8.count == BudgetReport.longestExample)
    }
}
