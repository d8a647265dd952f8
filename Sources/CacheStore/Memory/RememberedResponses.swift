import HTTPCaching
import HTTPSemantics
package import Synchronization

/// The stored responses of one key as they lie in memory: what a look-up would find, and the contents that are small enough.
package final class RememberedResponses: Sendable {
    /// All variants, in the order in which a look-up gives them. `lastUse` is that of the look-up.
    package let entries: [StoredEntry]
    /// Few: one for each entry at most.
    let contents: [(id: EntryID, content: RememberedContent)]

    init(entries: [StoredEntry], contents: [(id: EntryID, content: RememberedContent)]) {
        self.entries = entries
        self.contents = contents
    }

    /// The whole content of one of `entries`; nil where it is not in memory: read it with `CacheStore.readBody`.
    package func content(of id: EntryID) -> RememberedContent? {
        for (known, content) in contents where known == id { return content }
        return nil
    }
}

/// The content of a stored response in memory.
package final class RememberedContent: Sendable {
    /// The bytes as they came over the wire, whatever the store's own coding; for a response held in part, the held ranges one
    /// after another.
    package let bytes: [UInt8]
    /// Room for one thing that the caller makes of the response, such as a head ready to be sent; nil at first. It goes when the
    /// stored response changes in any way, also where only its freshness does. Its size is not counted: keep it small. An object, as
    /// finding out of which class it is takes a comparison.
    package let derived = Mutex<(any AnyObject & Sendable)?>(nil)

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// A state of the database, taken before a look-up with `CacheStore.dataVersion` and handed to `CacheStore.remember` with what
/// the look-up has found: what was committed meanwhile makes the finding outdated.
package struct DataVersion: Hashable, Sendable {
    /// Changes by other processes that were known of; 0: nothing can be said, and what is found is outdated at once.
    let epoch: UInt64
    /// Commits by this store that were complete.
    let commits: UInt64

    static let unknown = DataVersion(epoch: 0, commits: 0)
}

extension RememberedResponses {
    /// What it takes in memory, roughly, in bytes.
    var cost: Int {
        entries.reduce(512) { sum, entry in
            let head = entry.response.head
            return (head.fields.lines + entry.response.varyFields.lines).reduce(sum + 1024 + entry.url.serialized.utf8.count) {
                $0 + $1.name.utf8.count + $1.value.utf8.count + 64
            }
        } + contents.reduce(0) { $0 + $1.content.bytes.count + 128 }
    }
}
