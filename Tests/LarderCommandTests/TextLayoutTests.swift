import HTTPSemantics
import Testing

@testable import LarderCommand

@Suite struct TextLayoutTests {
    @Test func `columns are aligned and lines have no blanks at their end`() {
        var table = TextTable([.left, .right, .left])
        table.add("URLs", "1,234")
        table.add("  hit", "9", "0%")
        table.add("x", "", "note")
        #expect(table.lines == ["URLs   1,234", "  hit      9  0%", "x             note"])
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
            (.min, "-9,223,372,036,854,775,808"),
        ] as [(Int64, String)])
    func `counts are grouped`(value: Int64, expected: String) {
        #expect(NumberText.count(value) == expected)
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_570, "1.0 MiB"), (1_048_576, "1.0 MiB"),
            (2_147_483_648, "2.0 GiB"), (.max, "8.0 EiB"),
        ] as [(Int64, String)])
    func `bytes are shown in binary multiples`(value: Int64, expected: String) {
        #expect(NumberText.bytes(value) == expected)
    }

    @Test func `shares are rounded down, so that only all is 100 per cent`() {
        #expect(NumberText.percent(999, of: 1000) == "99%")
        #expect(NumberText.percent(1000, of: 1000) == "100%")
        #expect(NumberText.percent(0, of: 0) == "-")
    }

    @Test func `spans show their two largest units`() {
        let cases: [(Int64, String)] = [
            (0, "0s"), (59, "59s"), (60, "1m"), (200, "3m 20s"), (18_120, "5h 2m"), (86_399, "23h 59m"), (1_051_200, "12d 4h"),
            (-90, "-1m 30s"),
        ]
        for (seconds, expected) in cases { #expect(TimeText.span(seconds: seconds) == expected) }
        #expect(TimeText.span(seconds: .min).hasPrefix("-"))
    }

    @Test func `running times`() {
        let cases: [(Int64, String)] = [
            (-5, "0 ms"), (850, "850 ms"), (12_340, "12.3 s"), (59_949, "59.9 s"), (59_950, "1:00"), (245_000, "4:05"),
            (3_723_000, "1:02:03"),
        ]
        for (milliseconds, expected) in cases { #expect(TimeText.elapsed(milliseconds: milliseconds) == expected) }
    }

    @Test func `dates of the Gregorian calendar, in UTC`() {
        #expect(TimeText.date(UnixTime(seconds: 0)) == "1970-01-01 00:00:00Z")
        #expect(TimeText.date(UnixTime(seconds: -1)) == "1969-12-31 23:59:59Z")
        #expect(TimeText.date(UnixTime(seconds: 784_111_777)) == "1994-11-06 08:49:37Z")
        #expect(TimeText.date(UnixTime(seconds: 951_782_400)) == "2000-02-29 00:00:00Z")
    }

    @Test func `each day leads to itself`() {
        for day in stride(from: Int64(-719_162), through: 2_932_896, by: 37) {
            let date = CivilDate.fromDays(day)
            #expect(CivilDate.days(year: date.year, month: date.month, day: date.day) == day)
        }
        #expect(CivilDate.days(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate.days(year: 2026, month: 4, day: 31) == nil)
    }

    @Test func `a bar is never empty for something, and never too long`() {
        #expect(BarText.bar(0, of: 10, width: 10).isEmpty)
        #expect(BarText.bar(1, of: 1_000_000, width: 10) == "▏")
        #expect(BarText.bar(10, of: 10, width: 10).count == 10)
        #expect(BarText.bar(20, of: 10, width: 10).count == 10)
        #expect(BarText.bar(5, of: 10, width: 3) == "█▌")
    }
}
