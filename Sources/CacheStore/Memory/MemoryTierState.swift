import HTTPCaching

/// The rules of the memory tier.
///
/// **Claim:** what `responses` returns is what a look-up begun at that moment would find. A look-up sees the last commit that was
/// made known in the log's header, so it is enough that no commit since that which the item was found in has changed the item.
///
/// Commits of *others* move the header from the one that is known here. The first question that meets another header begins a
/// new epoch, and items of earlier epochs are outdated. A finding bears the epoch of before its look-up (`dataVersion`), so one
/// that came about while others committed never counts for a later epoch.
///
/// Commits of *this store* are bracketed, so that they outdate nothing but what they touch. `willCommit` runs with the database's
/// write lock held, when all is written but not yet known to anybody:
/// 1. Others cannot commit before we do, so the header then is the state that ours will stand upon (`base`).
/// 2. Items with touched names are outdated from there on, before the commit can be seen.
/// 3. Until `didCommit`, a header other than `base` is our commit, perhaps with one of others upon it: nobody can tell, and all
///    questions are answered with nil. That is the time between SQLite's last step and the return from it.
/// 4. In `didCommit`, a header that counts one commit more than `base`, in a log as long as our connection left it, is ours
///    alone, and becomes the known one. Any other means that somebody was quick, and begins a new epoch.
///
/// A look-up that runs *beside* a commit of this store may have seen the state of before it. It began before `didCommit`, so its
/// version counts that commit as not complete; the names it touched bear its number; and a finding is refused where one of its
/// names was touched by a commit that its version doesn't count. New rows are covered by their key, which every `put` names;
/// changed and removed ones by their row as well.
///
/// A log that begins anew changes the header and no content: at worst a needless epoch. So does a repair of the header after a
/// process was killed in the middle of writing it; until then its copies differ, and all questions are answered with nil.
struct MemoryTierState {
    private struct Item {
        var responses: RememberedResponses
        /// The epoch in which it was found; 0: outdated, kept for its contents.
        var epoch: UInt64
    }

    /// A content longer than this is not kept.
    static let maximumContentBytes = 1 << 20

    /// Nil once closed.
    private var watch: CommitWatch?
    private var items: RecentlyUsed<CacheKey, Item>
    /// Which key an entry's row belongs to, for all that is kept.
    private var keys: [Int64: CacheKey] = [:]
    private var epoch: UInt64 = 1
    /// The header that stands for the present epoch; nil: none yet.
    private var known: LogHeader?
    /// Commits of this store that were begun.
    private var commits: UInt64 = 0
    private var isCommitting = false
    /// While committing: the header of before; nil where it could not be read.
    private var base: LogHeader?
    private var touched = TouchRecord()

    init(watch: CommitWatch, maximumBytes: Int) {
        self.watch = watch
        self.items = RecentlyUsed(maximumCost: maximumBytes)
    }

    /// Whether the present state of the database is that of `epoch`, which moves on where others have committed.
    private mutating func isSettled() -> Bool {
        guard let present = watch?.header else { return false }
        if present == known { return true }
        if isCommitting { return false }
        beginEpoch(present)
        return true
    }

    private mutating func beginEpoch(_ header: LogHeader?) {
        epoch += 1
        known = header
    }

    // MARK: Asking

    mutating func responses(_ key: CacheKey) -> RememberedResponses? {
        guard isSettled(), let item = items.use(key), item.epoch == epoch else { return nil }
        return item.responses
    }

    var dataVersion: DataVersion {
        mutating get {
            guard isSettled() else { return .unknown }
            return DataVersion(epoch: epoch, commits: isCommitting ? commits - 1 : commits)
        }
    }

    // MARK: Remembering

    /// Returns the finding as it is kept, or would be, and what went for it.
    mutating func remember(
        _ key: CacheKey, _ entries: [StoredEntry], _ offered: [(EntryID, [UInt8])], asOf version: DataVersion
    ) -> (RememberedResponses, gone: [RememberedResponses]) {
        let old = items.peek(key)
        let merged = merge(entries, offered, with: old?.responses)
        guard watch != nil else { return (merged, []) }
        let isCurrent = version.epoch == epoch && touched.isUntouched(key, rows: entries, since: version.commits)
        // An outdated finding is of use for its contents, unless something better is there.
        if !isCurrent, let old, old.epoch == epoch { return (merged, []) }
        if let old { forgetRows(of: old.responses, key) }
        if entries.isEmpty { return (merged, items.remove(key).map { [$0.responses] } ?? []) }
        let item = Item(responses: merged, epoch: isCurrent ? epoch : 0)
        let gone = items.insert(item, for: key, cost: merged.cost).map(\.responses)
        for responses in gone { if let key = responses.entries.first?.key { forgetRows(of: responses, key) } }
        if items.peek(key) != nil { for entry in entries { keys[entry.id.row] = key } }
        return (merged, gone)
    }

    private mutating func forgetRows(of responses: RememberedResponses, _ key: CacheKey) {
        for entry in responses.entries where keys[entry.id.row] == key { keys[entry.id.row] = nil }
    }

    /// Takes over what is known of the same content. What was derived stays only where the response is the same in all.
    private func merge(
        _ entries: [StoredEntry], _ offered: [(EntryID, [UInt8])], with old: RememberedResponses?
    ) -> RememberedResponses {
        var contents: [(id: EntryID, content: RememberedContent)] = []
        var room = items.maximumCost / 8
        for entry in entries {
            let known = old?.content(of: entry.id)
            let former = old?.entries.first { $0.id == entry.id && $0.body.digest == entry.body.digest }
            let content: RememberedContent
            if let known, let former {
                content = former.response == entry.response ? known : RememberedContent(bytes: known.bytes)
            } else if let bytes = offered.first(where: { $0.0 == entry.id })?.1, bytes.count == entry.body.wireBytes {
                content = RememberedContent(bytes: bytes)
            } else {
                continue
            }
            guard content.bytes.count <= min(room, Self.maximumContentBytes) else { continue }
            room -= content.bytes.count
            contents.append((entry.id, content))
        }
        return RememberedResponses(entries: entries, contents: contents)
    }

    // MARK: Commits of this store

    mutating func willCommit(_ names: TouchedNames) {
        base = isSettled() ? known : nil
        isCommitting = true
        commits += 1
        touched.note(names, commit: commits)
        for key in names.keys { items.change(key) { $0.epoch = 0 } }
        for row in names.rows { if let key = keys[row] { items.change(key) { $0.epoch = 0 } } }
    }

    mutating func didCommit(logPages: Int32?) {
        defer { base = nil }
        isCommitting = false
        let present = watch?.header
        guard let base, let present else { return beginEpoch(present) }
        // Nothing was written, or nothing of it committed.
        if present == base { return }
        let isOurs = present.commitCount == base.commitCount &+ 1 && logPages.map { UInt32(bitPattern: $0) } == present.pageCount
        if isOurs { known = present } else { beginEpoch(present) }
    }

    mutating func close() -> CommitWatch? {
        defer { watch = nil }
        items.removeAll()
        keys = [:]
        return watch
    }

    /// What is kept, in bytes, about.
    var cost: Int { items.cost }
}
