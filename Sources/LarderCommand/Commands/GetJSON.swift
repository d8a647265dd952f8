import CachingClient
import HTTPSemantics

/// The JSON object of `larder get`: the names of a crawl's objects, and the response's fields.
enum GetJSON {
    static func line(_ outcome: FetchOutcome) -> [UInt8] {
        let fields = outcome.head?.fields ?? [:]
        var line = JSONLine()
        line.add("url", outcome.url.serialized)
        line.add("status", outcome.head?.status)
        line.add("cache", outcome.outcome.rawValue)
        line.add("reason", outcome.reason)
        line.add("age", outcome.age)
        line.add("body_bytes", outcome.head == nil ? nil : outcome.bodyBytes)
        line.add("stored_bytes", outcome.head == nil ? nil : outcome.storedBytes)
        line.add("network_bytes", outcome.networkBytes)
        line.add("content_type", fields.first("Content-Type"))
        line.add("etag", fields.first("ETag"))
        line.add("last_modified", fields.first("Last-Modified").flatMap { HTTPDate.parse($0, now: SystemClock.now()) }?.seconds)
        line.add("elapsed_ms", outcome.elapsedMilliseconds)
        line.add("fields", fields)
        line.addNull("error")
        return line.finished()
    }

    static func line(_ failure: CommandFailure, url: WebURL) -> [UInt8] {
        var line = JSONLine()
        line.add("url", url.serialized)
        line.addNull("status")
        line.add("cache", CacheOutcome.error.rawValue)
        line.add("reason", failure.code)
        line.addObject("error") { error in
            error.add("code", failure.code)
            error.add("message", failure.message)
        }
        return line.finished()
    }
}

extension JSONLine {
    /// Field lines as an array of objects with `name` and `value`, for order and repetition matter.
    mutating func add(_ name: StaticString, _ fields: FieldSection) {
        addArray(name, fields.lines) { line, field in
            line.add("name", field.name)
            line.add("value", field.value)
        }
    }
}
