import Testing

@testable import LarderCommand

@Suite struct ProgressLineTests {
    private func figures(done: Int64, toDo: Int64, elapsed: Int64, isComplete: Bool = true) -> ProgressFigures {
        ProgressFigures(
            done: done, toDo: toDo, isInputComplete: isComplete, saved: done / 2, networkBytes: 2048, errors: 1,
            elapsedMilliseconds: elapsed)
    }

    @Test func `shows done, to do, rate, hit ratio, bytes, errors and time left`() {
        var line = ProgressLine()
        #expect(
            line.text(figures(done: 1000, toDo: 9000, elapsed: 10_000), columns: 120)
                == "1,000 done, 9,000 to do, 100/s, 50% from cache, 2.0 KiB, 1 error, 1:30 left")
    }

    @Test func `names no time left while the input is still read`() {
        var line = ProgressLine()
        let text = line.text(figures(done: 1000, toDo: 9000, elapsed: 10_000, isComplete: false), columns: 120)
        #expect(text.contains("9,000+ to do"))
        #expect(!text.contains("left"))
    }

    @Test func `the rate is that of the last ten seconds`() {
        var line = ProgressLine()
        _ = line.text(figures(done: 10_000, toDo: 10_000, elapsed: 10_000), columns: 120)
        for second in 1...20 {
            _ = line.text(
                figures(done: 10_000 + Int64(second) * 10, toDo: 9_000, elapsed: 10_000 + Int64(second) * 1000), columns: 120)
        }
        #expect(line.text(figures(done: 10_210, toDo: 9_000, elapsed: 31_000), columns: 120).contains(" 10/s"))
    }

    @Test func `nothing done yet divides by nothing`() {
        var line = ProgressLine()
        #expect(
            line.text(figures(done: 0, toDo: 5, elapsed: 0), columns: 120)
                == "0 done, 5 to do, 0.0/s, - from cache, 2.0 KiB, 1 error")
    }

    @Test func `is narrower than the terminal`() {
        for columns in 1...100 {
            var line = ProgressLine()
            let text = line.text(figures(done: 1_000_000, toDo: 9_000_000, elapsed: 3_600_000), columns: columns)
            #expect(text.count < columns)
            if columns > 20 { #expect(text.hasPrefix("1,000,000 done")) }
        }
    }
}
