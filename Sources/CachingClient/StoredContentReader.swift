import CacheStore
import HTTPSemantics

/// Reads the content of an answer out of the store, piece by piece. One task uses it at a time.
final class StoredContentReader {
    private let body: StoredBody
    private let store: CacheStore
    private var pieces: ArraySlice<ServedContent.Piece>
    private var reader: WireBodyReader?

    /// - Throws: as `WireBodyReader`.
    init(_ content: ServedContent, of body: StoredBody, in store: CacheStore) throws(FetchError) {
        self.body = body
        self.store = store
        switch content {
        case .none: pieces = []
        case .whole:
            pieces = []
            reader = try WireBodyReader(body, in: store)
        case .pieces(let list): pieces = list[...]
        }
    }

    /// The next bytes; nil at the end. Content that is handed out whole has then proved equal to its digest.
    func next(isolation: isolated (any Actor)? = #isolation) async throws(FetchError) -> [UInt8]? {
        while true {
            if let bytes = try await reader?.next() { return bytes }
            reader = nil
            switch pieces.popFirst() {
            case .text(let text): return Array(text.utf8)
            case .stored(let offset, let length): reader = try WireBodyReader(body, in: store, offset: offset, length: length)
            case nil: return nil
            }
        }
    }
}

/// An answer's content on its way out of the store.
actor StoredStream: AnswerStream {
    private let reader: StoredContentReader
    /// Called with what went wrong, so that a damaged entry is not found again.
    private let onFailure: @Sendable (FetchError) -> Void

    init(
        _ content: ServedContent, of body: StoredBody, in store: CacheStore, onFailure: @escaping @Sendable (FetchError) -> Void
    ) throws(FetchError) {
        reader = try StoredContentReader(content, of: body, in: store)
        self.onFailure = onFailure
    }

    func next() async throws(FetchError) -> [[UInt8]]? {
        do throws(FetchError) {
            return try await reader.next().map { [$0] }
        } catch {
            onFailure(error)
            throw error
        }
    }

    nonisolated var trailers: FieldSection { [:] }

    nonisolated func cancel() {}
}
