import HTTPCaching
import HTTPSemantics

/// One thing to be written, as it waits in the queue.
struct QueuedWrite: QueuedWork {
    let operation: WriteOperation
    /// Nil where nobody asks for the end of it.
    let handle: CommitHandle?
    /// What it holds in memory, about.
    let byteCount: Int
}

/// Indirect, so that a write moves through the queue as one reference: copied by value, its dozen references cost a tenth of the
/// writing thread.
indirect enum WriteOperation: Sendable {
    /// A response and its body.
    case put(PendingEntry, PendingBody)
    /// A piece of a body that is not visible yet.
    case append(StagedBody, [UInt8])
    /// Drops a body that was to become visible.
    case abandon(StagedBody)
    case freshen(PendingFreshness)
    case remove([EntryID])
    /// Hides a body that is damaged.
    case setApart(StoredBody)
    /// Nothing of its own: writes what has been collected, and tells when all before it is committed.
    case barrier
}

/// A response on its way into the store; what can be computed before the writing thread is.
struct PendingEntry: Sendable {
    let entry: NewEntry
    /// The response that goes for this one even where it is another variant; nil: none.
    let replacing: EntryID?
    let keyHash: Int64
    /// `KeyDigest.noted` where numbers decide its reuse; nil where it takes more.
    let keyCheck: Int64?
    let origin: Origin
    let fields: String
    let varyFields: String
    let createdTime: UnixTime

    init(_ entry: NewEntry, replacing: EntryID?, createdTime: UnixTime) {
        self.entry = entry
        self.replacing = replacing
        let digest = KeyDigest(entry.key)
        self.keyHash = digest.prefix
        self.keyCheck = entry.response.isDecidedByNumbers ? digest.noted(with: entry.response.secondaryKey) : nil
        self.origin = entry.key.url.origin
        self.fields = entry.response.head.fields.serialized
        self.varyFields = entry.response.varyFields.serialized
        self.createdTime = createdTime
    }

    var byteCount: Int { 256 + fields.utf8.count + varyFields.utf8.count + entry.key.url.serialized.utf8.count }
}

/// A body on its way into the store.
enum PendingBody: Sendable {
    case complete(CompleteBody)
    case staged(StagedBody, StagedBodyFacts)
}

/// What is known of a staged body once all of it is there.
struct StagedBodyFacts: Sendable {
    let digest: [UInt8]
    let wireBytes: Int64
    let coding: StoredCoding
    let decodedBytes: Int64?
}

/// New freshness, and possibly a new head, for a stored response.
struct PendingFreshness: Sendable {
    let id: EntryID
    /// Nil: only the numbers change.
    let head: ResponseHead?
    /// In serialised form; nil: those that are stored stay. Written with `head` only.
    let varyFields: String?
    /// As in `PendingEntry`. Written with `head` only.
    let keyCheck: Int64?
    /// The length of its content as received. Written with `keyCheck` only.
    let wireBytes: Int64
    let freshness: Freshness
    let date: UnixTime?
    let expires: UnixTime?
    /// When it was confirmed.
    let time: UnixTime

    init(
        of entry: StoredEntry, head: ResponseHead?, varyFields: FieldSection?, freshness: Freshness, date: UnixTime?,
        expires: UnixTime?, time: UnixTime
    ) {
        id = entry.id
        self.head = head
        self.varyFields = varyFields?.serialized
        keyCheck = head.flatMap { head in
            let response = StoredResponse(
                head: head, freshness: freshness, varyFields: varyFields ?? entry.response.varyFields,
                heldRanges: entry.response.heldRanges)
            return response.isDecidedByNumbers ? KeyDigest(entry.key).noted(with: response.secondaryKey) : nil
        }
        wireBytes = entry.body.wireBytes
        self.freshness = freshness
        self.date = date
        self.expires = expires
        self.time = time
    }
}
