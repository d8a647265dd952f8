package import HTTPSemantics

/// Which entries to list, and in which order. A filter that is nil lets everything pass.
package struct EntryQuery: Hashable, Sendable {
    /// What the list is sorted by; equal entries in the order in which they were stored.
    package enum Order: String, Hashable, Sendable, CaseIterable {
        /// The URL's bytes.
        case url
        /// Length as stored.
        case size
        /// When the entry was written.
        case time
        /// How long ago the response came or was confirmed: the youngest first.
        case age
        case status
    }

    /// A URL pattern as users write it.
    package enum Pattern: Hashable, Sendable {
        /// A host name, without port.
        case host(String)
        /// What the URL begins with.
        case prefix(String)
        /// The whole URL, `*` for any characters and `?` for one of them.
        case glob(String)

        /// A host (`example.com`), a prefix (`https://example.com/docs/*`), or a glob over the whole URL.
        package init(_ text: String) {
            let wildcards = text.utf8.count { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
            if wildcards == 1, text.hasSuffix("*") {
                self = .prefix(String(text.dropLast()))
            } else if wildcards == 0, !text.contains("/") {
                self = .host(text.lowercased())
            } else {
                self = .glob(text)
            }
        }
    }

    /// Host name without port, in lower case.
    package var host: String?
    /// Status codes from and to: 200...200, or 400...499 for "4xx".
    package var status: ClosedRange<Int>?
    /// What the media type begins with: `text/`, `text/html`.
    package var typePrefix: String?
    /// Written at or after this time.
    package var since: UnixTime?
    /// More stored bytes than this.
    package var largerThan: Int64?
    package var pattern: Pattern?
    /// True: fresh at `now`; false: stale at `now`.
    package var isFresh: Bool?
    /// The time that freshness is judged at.
    package var now: UnixTime
    package var order: Order = .url
    package var isDescending = false
    /// At most so many entries; nil: all.
    package var limit: Int?

    package init(now: UnixTime) {
        self.now = now
    }
}

/// One line of a list.
package struct EntrySummary: Hashable, Sendable {
    package let id: EntryID
    package let method: String
    package let url: String
    /// The host's name without port.
    package let host: String
    package let status: Int
    /// Media type in lower case; empty where the response had none.
    package let contentType: String
    package let coding: StoredCoding
    package let digest: [UInt8]
    package let wireBytes: Int64
    package let storedBytes: Int64
    /// Length without any coding; nil where it is not known.
    package let decodedBytes: Int64?
    /// When the entry, or its present content, was written.
    package let createdTime: UnixTime
    package let lastUse: UnixTime
    package let useCount: Int64
    /// When the response, or the 304 that last confirmed it, came.
    package let responseTime: UnixTime
    /// Age in seconds at the query's `now` (RFC 9111 section 4.2.3).
    package let age: Int64
    /// Fresh up to this age, in seconds.
    package let lifetime: Int64
    /// Whether it is fresh at the query's `now` and may be reused without asking.
    package let isFresh: Bool
}
