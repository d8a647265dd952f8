import CacheStore
import HTTPSemantics

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Which entries are meant, and in which order. What is nil lets every entry pass; all that is set must hold.
public struct EntryFilter: Hashable, Sendable {
    /// What entries are sorted by.
    public enum Order: Hashable, Sendable {
        /// The bytes of the URL.
        case url
        /// What the content takes in the cache.
        case storedBytes
        /// When the entry was written.
        case time
        /// Age, the youngest first.
        case age
    }

    /// The host, without its subdomains and without a port.
    public var host: String?
    /// Status codes: `404...404`, `500...599`.
    public var status: ClosedRange<Int>?
    /// What the media type begins with: `text/html`, `image/`.
    public var contentType: String?
    /// True: fresh now; false: stale now.
    public var isFresh: Bool?
    /// True: stored in part; false: stored whole.
    public var isPartial: Bool?
    /// Written then or later.
    public var storedSince: Date?
    /// More bytes than this in the cache.
    public var largerThan: Int64?
    /// Default: by URL.
    public var order = Order.url
    /// Whether the order is turned round. Default false.
    public var isDescending = false
    /// At most so many entries; nil: all.
    public var limit: Int?

    /// Lets every entry pass.
    public init() {}

    func query(matching pattern: String?) -> EntryQuery {
        var query = EntryQuery(now: CacheStore.systemTime())
        query.pattern = pattern.map(EntryQuery.Pattern.init)
        query.host = host?.lowercased()
        query.status = status
        query.typePrefix = contentType?.lowercased()
        query.isFresh = isFresh
        query.isPartial = isPartial
        // A date so far off that it is no count of milliseconds is before or after everything.
        query.since = storedSince.map { date in
            let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
            return UnixTime(milliseconds: Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max))
        }
        query.largerThan = largerThan
        query.limit = limit.map { max(0, $0) }
        query.isDescending = isDescending
        query.order =
            switch order {
            case .url: .url
            case .storedBytes: .size
            case .time: .time
            case .age: .age
            }
        return query
    }
}
