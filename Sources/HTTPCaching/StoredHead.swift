package import HTTPSemantics
import Synchronization

/// The head of a stored response. Its fields come from the store as one text, which is read when a field is asked for: that
/// something is fresh is told from numbers, and a crawl asks for no more.
package final class StoredHead: Hashable, Sendable {
    /// The status code.
    package let status: Int
    /// The value of Vary, all its lines as one (RFC 9111 section 4.1); nil where there is none.
    let vary: String?
    private let fields: Mutex<Fields>

    private enum Fields: Sendable {
        case unread(Unread)
        case read(ResponseHead)
    }

    /// What a head is made from when it is first asked for.
    private struct Unread: Sendable {
        let version: HTTPVersion
        let reason: String
        let fields: String
        let date: UnixTime?
        let expires: UnixTime?

        func read(status: Int) -> ResponseHead {
            var head = ResponseHead(
                version: version, status: status, reason: reason, fields: FieldSection(serialized: fields))
            if let date { head.fields.set(.date, HTTPDate.format(date)) }
            if let expires { head.fields.set(.expires, HTTPDate.format(expires)) }
            return head
        }
    }

    package init(_ head: ResponseHead) {
        status = head.status
        vary = head.fields.combined(.vary)
        fields = Mutex(.read(head))
    }

    /// - Parameters:
    ///   - fields: as `FieldSection.serialized` writes them.
    ///   - date: what takes the place of their Date; nil: nothing.
    ///   - expires: what takes the place of their Expires; nil: nothing.
    package init(version: HTTPVersion, status: Int, reason: String, fields: String, date: UnixTime?, expires: UnixTime?) {
        self.status = status
        vary = FieldSection.combined(.vary, inSerialized: fields)
        self.fields = Mutex(
            .unread(Unread(version: version, reason: reason, fields: fields, date: date, expires: expires)))
    }

    /// The head, with all its fields.
    package var value: ResponseHead {
        fields.withLock { fields in
            switch fields {
            case .read(let head): return head
            case .unread(let unread):
                let head = unread.read(status: status)
                fields = .read(head)
                return head
            }
        }
    }

    package static func == (left: StoredHead, right: StoredHead) -> Bool {
        left === right || left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
