import ArgumentParser
import HTTPSemantics
import Testing

@testable import LarderCommand

@Suite struct OptionValueTests {
    @Test(
        arguments: [
            ("0", 0), ("512", 512), ("1k", 1024), ("1K", 1024), ("20M", 20_971_520), ("1.5M", 1_572_864), ("2G", 2_147_483_648),
            ("1T", 1_099_511_627_776), ("7b", 7),
        ] as [(String, Int64)])
    func `sizes are binary multiples`(text: String, bytes: Int64) {
        #expect(ByteSize(argument: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "k", "-1", "+1", "1.5", "1kk", "1 k", "0x10", "1e3", "1,5M", "99999999999G", "1.M", ".5M", "١k"])
    func `what is no size is refused`(text: String) {
        #expect(ByteSize(argument: text) == nil)
    }

    @Test(
        arguments: [
            ("30", 30_000), ("30s", 30_000), ("10m", 600_000), ("12h", 43_200_000), ("7d", 604_800_000), ("2w", 1_209_600_000),
            ("0.5", 500), ("1.5h", 5_400_000), ("250ms", 250), ("0", 0),
        ] as [(String, Int64)])
    func `spans have units, a plain number is seconds`(text: String, milliseconds: Int64) {
        #expect(TimeSpan(argument: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "s", "-5", "5 m", "5x", "1h30m", "0.5ms", "9223372036854775807d"])
    func `what is no span is refused`(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }

    @Test func `rates are counts in a unit`() {
        #expect(RateLimit(argument: "5") == RateLimit(count: 5, milliseconds: 1000))
        #expect(RateLimit(argument: "30/m") == RateLimit(count: 30, milliseconds: 60_000))
        #expect(RateLimit(argument: "1000/h") == RateLimit(count: 1000, milliseconds: 3_600_000))
        for text in ["", "/s", "0/s", "-1/s", "+1/s", "5/d", "5/s/s", "5/", "1.5/s"] { #expect(RateLimit(argument: text) == nil) }
    }

    @Test func `statuses are codes or classes`() {
        #expect(StatusFilter(argument: "404")?.range == 404...404)
        #expect(StatusFilter(argument: "4xx")?.range == 400...499)
        #expect(StatusFilter(argument: "5XX")?.range == 500...599)
        for text in ["", "40", "4x", "xxx", "0xx", "99", "1000", "-12"] { #expect(StatusFilter(argument: text) == nil) }
    }

    @Test func `since is a span before now or a day`() {
        let now = UnixTime(seconds: 1_000_000)
        #expect(SinceTime(argument: "1h")?.time(now: now) == UnixTime(seconds: 996_400))
        #expect(SinceTime(argument: "2026-11-22")?.time(now: now) == UnixTime(seconds: 1_795_305_600))
        for text in ["2026-02-29", "2026-13-01", "26-1-1", "2026-11-22T00:00", "yesterday", ""] {
            #expect(SinceTime(argument: text) == nil)
        }
    }

    @Test func `a header is a name and a value`() throws {
        #expect(try RequestField(parsing: "Accept:  text/html ").line == FieldLine("Accept", "text/html"))
        #expect(try RequestField(parsing: "X-Empty:").line == FieldLine("X-Empty", ""))
        #expect(try RequestField(parsing: "X-Empty;").line == FieldLine("X-Empty", ""))
        #expect(try RequestField(parsing: "X-Time: 12:30; x").line == FieldLine("X-Time", "12:30; x"))
        for text in ["", "Accept", ": x", "A b: c", "Host: x", "content-length: 3", "A: b\r\nC: d", "A; b: c", "Ä: x"] {
            #expect(throws: ValidationError.self) { try RequestField(parsing: text) }
        }
    }

    @Test func `no error about a header repeats its value`() throws {
        for text in ["Authorization Bearer s3cret", "Authorization: s3cret\u{1}", "Host: s3cret"] {
            let error = #expect(throws: ValidationError.self) { try RequestField(parsing: text) }
            #expect(error?.message.contains("s3cret") == false)
        }
    }
}
