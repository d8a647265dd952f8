import CacheStore

/// The entries of a cache that match, one after another, in bounded memory. Each iteration looks anew; entries that are stored while
/// it runs may be missed, and those that go are left out. It keeps nobody from writing.
public struct Entries: AsyncSequence, Sendable {
    /// A stored response.
    public typealias Element = Entry
    /// What reading fails with.
    public typealias Failure = LarderError

    let reader: EntryReader
    let pattern: String?
    let filter: EntryFilter

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(pages: reader.store.entries(filter.query(matching: pattern)), reader: reader)
    }

    /// Hands out the entries in order, to one task.
    public struct Iterator: AsyncIteratorProtocol {
        private let pages: EntryPages
        private let reader: EntryReader
        private var page: ArraySlice<EntrySummary> = []

        init(pages: EntryPages, reader: EntryReader) {
            self.pages = pages
            self.reader = reader
        }

        /// The next entry; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(LarderError) -> Entry? {
            while page.isEmpty {
                if Task.isCancelled {
                    throw LarderError(.cancelled, code: "cancelled", "the task was cancelled while it read the list of entries")
                }
                do {
                    guard let next = try await pages.next() else { return nil }
                    page = next[...]
                } catch {
                    throw LarderError(error)
                }
            }
            return page.popFirst().map { Entry($0, reader: reader) }
        }

        /// The next entry; nil at the end.
        public mutating func next() async throws(LarderError) -> Entry? {
            try await next(isolation: nil)
        }
    }
}
