import Testing

@testable import Benchmarks

@Suite struct KeptFiguresTests {
    @Test func `what was written is read again, a tenth exact`() {
        var figures = KeptFigures()
        figures[.linkExtraction] = 212.345
        figures[.lease] = 1_234_567
        #expect(figures.text == "lease 1234567.0 /s\nlink-extraction 212.3 MB/s\n")
        let read = KeptFigures(figures.text)
        #expect(read[.linkExtraction] == 212.3 && read[.lease] == 1_234_567 && read[.deflate] == nil)
    }

    @Test func `lines of other versions are not compared, and stay until they are replaced`() {
        let text = "link-extraction 200 pages/s\nregexes 5 /s\nlease many /s\nlease\nreuse 0 /s\n"
        var figures = KeptFigures(text)
        #expect(PartName.allCases.allSatisfy { figures[$0] == nil })
        #expect(figures.text == text)
        figures[.reuse] = 8
        #expect(figures.text == "reuse 8.0 /s\nlink-extraction 200 pages/s\nregexes 5 /s\nlease many /s\nlease\n")
    }

    @Test(arguments: [(200.0, 208.4, "+4.2 %"), (200, 190, "-5.0 %"), (200, 200.02, "0.0 %"), (8, 16, "+100.0 %")])
    func `a change is a share of the earlier figure`(earlier: Double, figure: Double, change: String) {
        #expect(KeptFigures.change(from: earlier, to: figure) == change)
    }

    @Test func `the median is in the middle, the spread from end to end`() {
        var figures = RoundFigures()
        #expect(figures.median == 0 && figures.spread == 0)
        for figure in [5.0, 1, 4] { figures.add(figure) }
        #expect(figures.median == 4 && figures.spread == 1)
        figures.add(2)
        #expect(figures.median == 3)
    }
}
