import CacheStore
import CachingClient
import HTTPCaching
import HTTPSemantics

/// Finds again what an `Entry` tells of, to read more of it.
struct EntryReader: Sendable {
    let store: CacheStore
    let maximumDecodedBytes: Int64?

    /// The stored entry in the state in which it was looked up.
    func find(_ entry: Entry) async throws(LarderError) -> StoredEntry {
        guard let url = WebURL(entry.url) else { throw Self.gone(entry) }
        let key = CacheKey(method: HTTPMethod(rawValue: entry.method), url: url)
        let found: [StoredEntry]
        do throws(StoreError) { found = try await store.lookup([key]).first ?? [] } catch { throw LarderError(error) }
        guard let same = found.first(where: { $0.id == entry.id }) else { throw Self.gone(entry) }
        return same
    }

    func open(_ entry: Entry, isDecoding: Bool) async throws(LarderError) -> BodySource {
        let found = try await find(entry)
        guard !isDecoding || found.response.heldRanges == nil else {
            throw LarderError(
                .refused, code: "partial_content", "only a part is stored; fetch the rest, or read the part as rawBody",
                url: entry.url)
        }
        store.touch([found], at: CacheStore.systemTime())
        let stream: any AnswerStream
        do throws(FetchError) {
            stream = try CachingClient.content(of: found.body, in: store)
        } catch {
            throw LarderError(error, url: found.url)
        }
        let source = BodySource(
            stream, url: found.url, contentEncoding: found.response.head.fields.combined("Content-Encoding"),
            maximumDecodedBytes: maximumDecodedBytes)
        return try await source.claim(isDecoding: isDecoding)
    }

    private static func gone(_ entry: Entry) -> LarderError {
        LarderError(
            .integrity, code: "cache_body_gone", "the entry was removed or replaced since it was looked up; look it up again",
            url: entry.url)
    }
}
