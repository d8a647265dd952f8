import CacheStore
import HTTPCaching
import HTTPSemantics

/// Which request fields the stored responses of some URLs nominate in Vary. Taken down before a repair removes them: a field that
/// was nominated and not sent must not be sent the second time either.
struct VaryNames {
    private struct Variant: Hashable {
        let url: String
        let fields: String
    }

    private var names: [Variant: [String]] = [:]

    /// What cannot be read is left out.
    init(of urls: Set<String>, in store: CacheStore) async {
        for url in urls {
            guard let target = WebURL(url), let entries = try? await store.lookup([CacheKey(target)]).first else { continue }
            for entry in entries {
                let comparisons = VaryMatching.comparisons(stored: entry.response, request: RequestHead(method: .get, url: target))
                names[Variant(url: url, fields: entry.response.varyFields.serialized)] = comparisons.map(\.name)
            }
        }
    }

    /// Empty where nothing is known.
    subscript(_ entry: RepairReport.RemovedEntry) -> [String] {
        names[Variant(url: entry.url, fields: entry.varyFields.serialized)] ?? []
    }
}
