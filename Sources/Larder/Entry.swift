import CacheStore
import CachingClient
import HTTPCaching
import HTTPSemantics

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A stored response, as it was when it was looked up.
public struct Entry: Sendable {
    /// The URL, without user, password and fragment.
    public let url: String
    /// The method that it answers.
    public let method: String
    /// The status code.
    public let status: Int
    /// The media type in lower case, without parameters; empty where the response has none.
    public let contentType: String
    /// Length of the content as its server sent it, in bytes.
    public let bodyBytes: Int64
    /// What the content takes in the cache, in bytes; equal contents take it once.
    public let storedBytes: Int64
    /// SHA-256 of the content as its server sent it, in hexadecimal digits.
    public let sha256: String
    /// Whether only a part of the content is stored, because fetching it broke off or because only a range was asked for.
    public let isPartial: Bool
    /// When its server sent it, or last confirmed it.
    public let confirmed: Date
    /// When it last answered a request, as far as written: that may be up to a minute late.
    public let lastUsed: Date
    /// Its age when it was looked up, in whole seconds (RFC 9111 section 4.2.3).
    public let age: Duration
    /// Up to which age it is fresh, in whole seconds; zero: it was stale from the start.
    public let lifetime: Duration
    /// Whether it was fresh when it was looked up, so that a fetch would have been answered from it.
    public let isFresh: Bool

    let id: EntryID
    let reader: EntryReader

    init(_ entry: StoredEntry, reader: EntryReader) {
        let now = CacheStore.systemTime()
        let freshness = entry.response.freshness
        url = entry.url.serialized
        method = entry.method.rawValue
        status = entry.response.head.status
        contentType = entry.response.head.fields.first("Content-Type").flatMap { MediaType($0) }?.essence ?? ""
        bodyBytes = entry.body.wireBytes
        storedBytes = entry.body.storedBytes
        sha256 = Self.hexadecimal(entry.body.digest)
        isPartial = entry.response.heldRanges != nil
        confirmed = Date(freshness.responseTime)
        lastUsed = Date(entry.lastUse)
        age = .seconds(freshness.currentAge(at: now))
        lifetime = .seconds(freshness[.private].lifetime)
        isFresh = freshness.isFresh(at: now, in: .private)
        id = entry.id
        self.reader = reader
    }

    init(_ summary: EntrySummary, reader: EntryReader) {
        url = summary.url
        method = summary.method
        status = summary.status
        contentType = summary.contentType
        bodyBytes = summary.wireBytes
        storedBytes = summary.storedBytes
        sha256 = Self.hexadecimal(summary.digest)
        isPartial = summary.isPartial
        confirmed = Date(summary.responseTime)
        lastUsed = Date(summary.lastUse)
        age = .seconds(summary.age)
        lifetime = .seconds(summary.lifetime)
        isFresh = summary.isFresh
        id = summary.id
        self.reader = reader
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Entry {
    /// The fields of the response as stored, freshened by later 304s.
    ///
    /// - Throws: `cache_body_gone`, of the kind ``LarderError/Kind/integrity``, where the entry was removed or replaced since it was
    ///   looked up.
    public func fields() async throws(LarderError) -> Fields {
        Fields(try await reader.find(self).response.head.fields)
    }

    /// The content, gzip and deflate undone. Of what is stored in part there is only `rawBody`: reading this fails with
    /// `partial_content`. Reading counts as a use of the entry.
    public var body: Body { body(isDecoding: true) }

    /// The content as its server sent it, its Content-Encoding still on; of what is stored in part, the held ranges one after another.
    public var rawBody: Body { body(isDecoding: false) }

    private func body(isDecoding: Bool) -> Body {
        Body { [self] () async throws(LarderError) in try await reader.open(self, isDecoding: isDecoding) }
    }
}

extension Date {
    fileprivate init(_ time: UnixTime) {
        self.init(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    }
}
