import ArgumentParser
import CacheStore

/// A setting that is kept in the cache.
enum CacheSetting: String, CaseIterable, ExpressibleByArgument {
    case maxSize = "max-size"
    case maxAge = "max-age"
    case reserve

    /// The names, for a message.
    static let names = "max-size, max-age or reserve"

    /// The value in bytes or seconds; nil where it is the default.
    func value(in settings: StoreSettings) -> Int64? {
        switch self {
        case .maxSize: settings.maximumBytes
        case .maxAge: settings.maximumAgeSeconds
        case .reserve: settings.reserveBytes
        }
    }

    /// - Parameter value: nil: the default.
    func change(_ settings: inout StoreSettings, to value: Int64?) {
        switch self {
        case .maxSize: settings.maximumBytes = value
        case .maxAge: settings.maximumAgeSeconds = value
        case .reserve: settings.reserveBytes = value
        }
    }

    /// The value as a user writes it, in bytes or seconds; nil for the default. `none` and `0` are no limit and no reserve.
    func parse(_ text: String) throws -> Int64? {
        let word = text.lowercased()
        if word == "default" { return nil }
        switch self {
        case .maxSize:
            if word == "none" { return nil }
            guard let bytes = ByteSize(argument: text)?.bytes else {
                throw ValidationError("'\(text)' is no size. Write 500M, 20G or none.")
            }
            guard bytes == 0 || bytes >= StoreSettings.smallestMaximumBytes else {
                throw ValidationError("max-size is at least \(CacheSettingText.bytes(StoreSettings.smallestMaximumBytes)).")
            }
            return bytes == 0 ? nil : bytes
        case .maxAge:
            if word == "none" { return nil }
            guard let span = TimeSpan(argument: text) else {
                throw ValidationError("'\(text)' is no span of time. Write 12h, 30d or none.")
            }
            guard span.milliseconds == 0 || span.seconds > 0 else { throw ValidationError("max-age is at least 1s.") }
            return span.milliseconds == 0 ? nil : span.seconds
        case .reserve:
            if word == "none" { return 0 }
            guard let bytes = ByteSize(argument: text)?.bytes else {
                throw ValidationError("'\(text)' is no size. Write 256M, 1G, none or default.")
            }
            return bytes
        }
    }

    /// The object that `--json` prints: the value in bytes or seconds, null where there is none.
    func jsonLine(_ settings: StoreSettings) -> [UInt8] {
        let value = value(in: settings)
        var line = JSONLine()
        line.add("name", rawValue)
        line.add("value", value)
        line.add("unit", self == .maxAge ? "seconds" : "bytes")
        line.add("source", value == nil ? "default" : "cache")
        return line.finished()
    }
}

/// Settings as people read them, in the form in which `larder config set` takes them.
enum CacheSettingText {
    static func value(of setting: CacheSetting, in settings: StoreSettings) -> String {
        switch (setting, setting.value(in: settings)) {
        case (.reserve, nil): "default"
        case (_, nil): "none"
        case (.reserve, 0?): "none"
        case (.maxAge, let seconds?): time(seconds)
        case (_, let number?): bytes(number)
        }
    }

    /// Name, value, whether it was set, and what it means.
    static func table(_ settings: StoreSettings) -> [String] {
        var table = TextTable([.left, .left, .left, .left])
        for setting in CacheSetting.allCases {
            table.add(
                setting.rawValue, value(of: setting, in: settings), setting.value(in: settings) == nil ? "(default)" : "(set)",
                meaning(setting))
        }
        return table.lines
    }

    private static func meaning(_ setting: CacheSetting) -> String {
        switch setting {
        case .maxSize: "the most that the cache directory may take"
        case .maxAge: "entries unused for this long may go"
        case .reserve: "free space of the disk that is left alone; default: 256M or 5%, whichever is less"
        }
    }

    /// The exact number with the largest unit that leaves no fraction: `20G`, `1500`.
    static func bytes(_ value: Int64) -> String {
        exact(value, [("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("k", 1 << 10), ("", 1)])
    }

    /// The same for seconds: `30d`, `90m`.
    static func time(_ seconds: Int64) -> String {
        exact(seconds, [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)])
    }

    private static func exact(_ value: Int64, _ units: [(name: String, size: Int64)]) -> String {
        let unit = units.first { value >= $0.size && value % $0.size == 0 } ?? ("", 1)
        return "\(value / unit.size)\(unit.name)"
    }
}
