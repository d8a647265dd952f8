package import HTTPSemantics
import Synchronization

/// The head of a stored response. Its fields come from the store as one text, which is read when a field is asked for: that
/// something is fresh is told from numbers, and a crawl asks for no more.
package final class StoredHead: Hashable, Sendable {
    /// The status code.
    package let status: Int
    /// The value of Vary, all its lines as one (RFC 9111 section 4.1); nil where there is none.
    let vary: String?
    private let unread: Unread?
    private let read = AtomicLazyReference<Read>()

    /// What a head is made from when it is first asked for.
    private struct Unread: Sendable {
        let version: HTTPVersion
        let reason: String
        let fields: String
        let date: UnixTime?
        let expires: UnixTime?
    }

    private final class Read: Sendable {
        let head: ResponseHead

        init(_ head: ResponseHead) {
            self.head = head
        }
    }

    package init(_ head: ResponseHead) {
        status = head.status
        vary = head.fields.combined(.vary)
        unread = nil
        _ = read.storeIfNil(Read(head))
    }

    /// - Parameters:
    ///   - fields: as `FieldSection.serialized` writes them.
    ///   - date: what takes the place of their Date; nil: nothing.
    ///   - expires: what takes the place of their Expires; nil: nothing.
    package init(version: HTTPVersion, status: Int, reason: String, fields: String, date: UnixTime?, expires: UnixTime?) {
        self.status = status
        vary = FieldSection.combined(.vary, inSerialized: fields)
        unread = Unread(version: version, reason: reason, fields: fields, date: date, expires: expires)
    }

    /// The head, with all its fields.
    package var value: ResponseHead {
        if let read = read.load() { return read.head }
        var head = ResponseHead(status: status)
        if let unread {
            head.version = unread.version
            head.reason = unread.reason
            head.fields = FieldSection(serialized: unread.fields)
            if let date = unread.date { head.fields.set(.date, HTTPDate.format(date)) }
            if let expires = unread.expires { head.fields.set(.expires, HTTPDate.format(expires)) }
        }
        return read.storeIfNil(Read(head)).head
    }

    package static func == (left: StoredHead, right: StoredHead) -> Bool {
        left === right || left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
