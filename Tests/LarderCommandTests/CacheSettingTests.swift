import ArgumentParser
import CacheStore
import HTTPSemantics
import Testing

@testable import LarderCommand

@Suite struct CacheSettingTests {
    @Test(
        arguments: [
            (CacheSetting.maxSize, "20G", Int64(20) << 30, "20G"), (.maxSize, "8388609", 8_388_609, "8388609"),
            (.maxSize, "1.5G", 3 << 29, "1536M"), (.maxSize, "none", nil, "none"), (.maxSize, "0", nil, "none"),
            (.maxSize, "default", nil, "none"), (.maxAge, "30d", 2_592_000, "30d"), (.maxAge, "90", 90, "90s"),
            (.maxAge, "1.5h", 5400, "90m"), (.maxAge, "2w", 1_209_600, "14d"), (.maxAge, "None", nil, "none"),
            (.maxAge, "0", nil, "none"),
            (.reserve, "1G", 1 << 30, "1G"), (.reserve, "none", 0, "none"), (.reserve, "0", 0, "none"),
            (.reserve, "default", nil, "default"),
            (.reserve, "10", 10, "10"),
        ] as [(CacheSetting, String, Int64?, String)])
    func `a value is read and told in a form that is read again`(
        setting: CacheSetting, text: String, value: Int64?, told: String
    ) throws {
        #expect(try setting.parse(text) == value)
        var settings = StoreSettings()
        setting.change(&settings, to: value)
        #expect(setting.value(in: settings) == value)
        #expect(CacheSettingText.value(of: setting, in: settings) == told)
        #expect(try setting.parse(told) == value)
    }

    @Test(
        arguments: [
            (CacheSetting.maxSize, "8M1"), (.maxSize, "1M"), (.maxSize, "-1"), (.maxSize, ""), (.maxSize, "20 G"), (.maxAge, "1y"),
            (.maxAge, "0.2"), (.maxAge, "soon"), (.reserve, "5%"), (.reserve, "x"),
        ] as [(CacheSetting, String)])
    func `what is no value is refused`(setting: CacheSetting, text: String) {
        #expect(throws: ValidationError.self) { try setting.parse(text) }
    }

    @Test func `the object has bytes and seconds`() {
        let settings = StoreSettings(maximumBytes: 1 << 30, maximumAgeSeconds: nil, reserveBytes: 0)
        func line(_ setting: CacheSetting) -> String { String(decoding: setting.jsonLine(settings), as: UTF8.self) }
        #expect(line(.maxSize) == #"{"name":"max-size","value":1073741824,"unit":"bytes","source":"cache"}"# + "\n")
        #expect(line(.maxAge) == #"{"name":"max-age","value":null,"unit":"seconds","source":"default"}"# + "\n")
        #expect(line(.reserve) == #"{"name":"reserve","value":0,"unit":"bytes","source":"cache"}"# + "\n")
    }

    @Test(arguments: [
        ["config", "get"], ["config", "set", "max-size"], ["config", "set", "max-size", "x"], ["config", "get", "max-size", "1G"],
        ["config", "unset", "nonsense"], ["config", "put", "max-size", "1G"], ["config", "set", "max-size", "1k"], ["rm"], ["pin"],
        ["unpin"], ["gc", "--max-size", "0"], ["gc", "--max-age", "0.1"], ["gc", "example.com"], ["verify", "--offline"],
        ["verify", "--repair", "--timeout", "0"], ["rm", "a", "--fresh", "--stale"],
    ])
    func `what cannot be meant is a usage error`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Larder.parse(arguments) }
    }

    @Test(arguments: [
        ["config"], ["config", "--no-json"], ["config", "set", "max-size", "1G", "--json"], ["config", "unset", "reserve"],
        ["gc", "--no-dry-run"], ["rm", "--no-dry-run", "--no-yes", "--no-pinned", "*"], ["pin", "a", "b", "--stale"],
        ["verify", "--no-repair", "--no-offline"], ["verify", "--repair", "--offline"], ["ls", "--pinned", "--sort", "use"],
    ])
    func `what can be meant is understood`(arguments: [String]) throws {
        _ = try Larder.parse(arguments)
    }
}

@Suite struct UseNoteTests {
    @Test(arguments: [(0, false), (59_999, false), (60_000, true), (86_400_000, true), (-1, true)] as [(Int64, Bool)])
    func `a use is noted where the last one is a minute ago`(milliseconds: Int64, isDue: Bool) {
        let last = UnixTime(milliseconds: 1_000_000_000)
        #expect(StoredUse.isDue(last: last, now: last.advanced(byMilliseconds: milliseconds)) == isDue)
    }
}

@Suite struct ConfirmationTests {
    @Test(arguments: ["y", "Y", "yes", " YES ", "y\r"])
    func `consent`(answer: String) {
        #expect(Confirmation.isConsent(answer))
    }

    @Test(arguments: ["", " ", "n", "no", "yesterday", "j", "yy", "\u{4}"])
    func `everything else is none`(answer: String) {
        #expect(!Confirmation.isConsent(answer))
    }
}
