import CacheStore
import HTTPCaching
import HTTPSemantics

/// One stored entry at a point in time, for people and for programs.
struct EntryDescription {
    let url: WebURL
    let method: HTTPMethod
    let response: StoredResponse
    let requestTime: UnixTime
    let bodyBytes: Int64
    let storedBytes: Int64
    /// Whether the store compressed the body itself.
    let isCompressedByStore: Bool
    /// Whether gc and the limits spare it.
    let isPinned: Bool
    /// SHA-256 of the body as the server sent it.
    let digest: [UInt8]
    let now: UnixTime

    init(_ entry: StoredEntry, now: UnixTime) {
        url = entry.url
        method = entry.method
        response = entry.response
        requestTime = entry.requestTime
        bodyBytes = entry.body.wireBytes
        storedBytes = entry.body.storedBytes
        isCompressedByStore = entry.body.coding == .gzip
        isPinned = entry.isPinned
        digest = entry.body.digest
        self.now = now
    }

    func jsonLine() -> [UInt8] {
        let fields = response.head.fields
        let freshness = response.freshness
        var line = JSONLine()
        line.add("url", url.serialized)
        line.add("method", method.rawValue)
        line.add("status", response.head.status)
        line.add("content_type", fields.first("Content-Type"))
        line.add("etag", fields.first("ETag"))
        line.add("last_modified", lastModified?.seconds)
        line.add("body_bytes", bodyBytes)
        line.add("stored_bytes", storedBytes)
        line.add("partial", response.heldRanges != nil)
        line.add("held_ranges", response.heldRanges)
        line.add("compressed_by_store", isCompressedByStore)
        line.add("sha256", hexDigest)
        line.add("pinned", isPinned)
        line.add("request_time", requestTime.seconds)
        line.add("response_time", freshness.responseTime.seconds)
        line.add("age", freshness.currentAge(at: now))
        line.add("lifetime", freshness[.private].lifetime)
        line.add("lifetime_source", freshness[.private].source.name)
        line.add("fresh", freshness.isFresh(at: now, in: .private))
        line.addArray("demands", freshness[.private].demands.names)
        line.add("vary", response.varyFields)
        line.add("fields", fields)
        return line.finished()
    }

    func lines(style: TextStyle) -> [String] {
        let fields = response.head.fields
        let freshness = response.freshness
        var table = TextTable([.left, .left])
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { table.add(name, TerminalText.escaped(value)) }
        }
        add("status", "\(response.head.status) \(response.head.reason)")
        add("method", method == .get ? nil : method.rawValue)
        add("type", fields.first("Content-Type"))
        add("etag", fields.first("ETag"))
        add("last modified", lastModified.map(TimeText.date))
        let coding =
            fields.combined("Content-Encoding").map { ", sent as \($0)" }
            ?? (isCompressedByStore ? ", compressed by the cache" : "")
        add("body", "\(NumberText.count(bodyBytes)) bytes, \(NumberText.count(storedBytes)) stored\(coding)")
        add("held", response.heldRanges.flatMap(HeldRanges.init)?.sentence)
        add("sha256", hexDigest)
        add("pinned", isPinned ? "spared by gc and the limits" : nil)
        add("requested", TimeText.date(requestTime))
        add("confirmed", "\(TimeText.date(freshness.responseTime)), age \(TimeText.span(seconds: freshness.currentAge(at: now)))")
        add("freshness", freshnessText)
        add("demands", freshness[.private].demands.names.joined(separator: ", "))
        for line in response.varyFields.lines { add("vary", "\(line.name): \(line.value)") }
        var lines = [style.bold(TerminalText.escaped(url.serialized))] + table.lines.map { "  " + $0 }
        lines.append("  fields")
        lines += fields.lines.map { "    \(style.cyan(TerminalText.escaped($0.name))): \(TerminalText.escaped($0.value))" }
        return lines
    }

    /// How long it is still fresh, or has been stale, and by which rule.
    var freshnessText: String {
        let freshness = response.freshness
        let age = freshness.currentAge(at: now)
        let rule = "\(freshness[.private].source.text), lifetime \(TimeText.span(seconds: freshness[.private].lifetime))"
        if freshness[.private].lifetime == 0 { return "stale from the start (\(freshness[.private].source.text))" }
        let left = freshness[.private].lifetime - age
        return left > 0
            ? "fresh for another \(TimeText.span(seconds: left)) (\(rule))" : "stale for \(TimeText.span(seconds: -left)) (\(rule))"
    }

    private var lastModified: UnixTime? {
        response.head.fields.first("Last-Modified").flatMap { HTTPDate.parse($0, now: now) }
    }

    private var hexDigest: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
