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
        /// When the entry last answered a request or was confirmed: the order in which the limits remove entries.
        case use
    }

    /// A URL pattern as users write it.
    package enum Pattern: Hashable, Sendable {
        /// A host name, on any port.
        case host(String)
        /// A host name with its port, for either scheme.
        case authority(String)
        /// This URL alone.
        case url(String)
        /// What the URL begins with.
        case prefix(String)
        /// The whole URL, `*` for any characters and `?` for one of them.
        case glob(String)

        /// A host (`example.com`, `localhost:8080`), a URL, a prefix (`https://example.com/docs/*`), or a glob over the whole URL.
        ///
        /// A URL and a prefix are read as URLs are, so that they match in any spelling. In a pattern without `*` that is a URL,
        /// `?` begins the query.
        package init(_ text: String) {
            let stars = text.utf8.count { $0 == UInt8(ascii: "*") }
            if stars == 0, let url = WebURL(text), url.isHTTP {
                self = .url(url.withoutUserinfo().withoutFragment().serialized)
            } else if stars == 1, text.hasSuffix("*"), text.contains("://") {
                let prefix = String(text.dropLast())
                self = .prefix(WebURL(prefix)?.serialized ?? prefix)
            } else if stars == 0, !text.contains("/"), !text.contains("?") {
                let name = text.lowercased()
                let isBracketed = name.hasSuffix("]")
                self = name.contains(":") && !isBracketed ? .authority(name) : .host(name)
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
    /// True: only some bytes of the content are held; false: all of them.
    package var isPartial: Bool?
    /// True: pinned; false: not.
    package var isPinned: Bool?
    /// Last used before this time.
    package var unusedSince: UnixTime?
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
    /// Which bytes of the content are held, as in `StoredResponse.heldRanges`; nil: all of them.
    package let heldRanges: String?

    /// Whether the limits and `gc` spare it.
    package let isPinned: Bool

    package var isPartial: Bool { heldRanges != nil }
}
