import CacheStore
import HTTPCaching
import HTTPSemantics

/// What is in the cache; nothing here touches the network.
extension Cache {
    private var reader: EntryReader {
        EntryReader(store: store, maximumDecodedBytes: configuration.fetchOptions.maximumDecodedBytes)
    }

    /// What is stored for a GET of a URL; nil: nothing. Where several responses are (Vary), the latest one that is stored whole.
    public func entry(for url: String) async throws(LarderError) -> Entry? {
        let variants = try await variants(of: url)
        return variants.first { !$0.isPartial } ?? variants.first
    }

    /// All responses that are stored for a GET of a URL, each for requests with other fields (RFC 9111 section 4.1), the latest first.
    public func variants(of url: String) async throws(LarderError) -> [Entry] {
        let found = try await stored(CacheKey(WebURL(requested: url)))
        return found.sorted { $0.response.freshness.responseTime > $1.response.freshness.responseTime }
            .map { Entry($0, reader: reader) }
    }

    /// The entries that match, one after another.
    ///
    /// - Parameters:
    ///   - pattern: a host (`example.com`, `localhost:8080`), a URL, a prefix (`https://example.com/docs/*`), or a glob over the whole
    ///     URL (`*.pdf`; `*` stands for any text, `?` for one character). Default nil: all.
    ///   - filter: what must hold besides, and the order. Default: nothing, by URL.
    public func entries(matching pattern: String? = nil, where filter: EntryFilter = EntryFilter()) -> Entries {
        Entries(reader: reader, pattern: pattern, filter: filter)
    }

    /// How many entries match; `pattern` and `filter` as with ``entries(matching:where:)``, the limit apart.
    public func count(matching pattern: String? = nil, where filter: EntryFilter = EntryFilter()) async throws(LarderError) -> Int {
        do { return try await store.count(filter.query(matching: pattern)) } catch { throw LarderError(error) }
    }

    /// Removes the entries that match; contents that no other entry has go with them.
    ///
    /// - Parameters:
    ///   - pattern: as with ``entries(matching:where:)``; nil: all of them.
    ///   - filter: what must hold besides. Default: nothing.
    /// - Returns: how many entries were there to be removed. They are gone for good when this returns.
    @discardableResult
    public func remove(matching pattern: String?, where filter: EntryFilter = EntryFilter()) async throws(LarderError) -> Int {
        do {
            return Int(try await store.remove(matching: filter.query(matching: pattern)).entries)
        } catch {
            throw LarderError(error)
        }
    }

    /// Removes one entry. One that has taken its place since it was looked up stays.
    public func remove(_ entry: Entry) async throws(LarderError) {
        do { try await store.remove([entry.id]).value } catch { throw LarderError(error) }
    }

    private func stored(_ key: CacheKey) async throws(LarderError) -> [StoredEntry] {
        do { return try await store.lookup([key]).first ?? [] } catch { throw LarderError(error) }
    }
}
