import HTTPSemantics

/// Stored responses that answer other requests, offered to the origin: it may say that one of them answers this request as well
/// (RFC 9111 sections 4.1 and 4.3.1).
///
/// Only strong entity tags are offered. Servers that compress on the fly give the compressed and the plain form tags that differ
/// in weakness alone, and would confirm the one to a client that can read only the other.
enum VariantOffer {
    /// How many entity tags are offered at most.
    static let maximumCount = 16

    static func indices(_ stored: [StoredResponse], request: CacheRequest, kind: CacheKind) -> [Int] {
        guard request.traits.isDisjoint(with: [.conditions, .originConditions, .range]) else { return [] }
        let usable = stored.indices.filter { index in
            let response = stored[index]
            return response.heldRanges == nil && response.storedHead.status / 100 == 2 && strongTag(of: response.head) != nil
                && VariantSelection.prohibition(of: response.freshness, request: request, kind: kind) == nil
        }
        return Array(usable.prefix(maximumCount))
    }

    static func entityTags(_ responses: [StoredResponse]) -> String {
        var tags: [String] = []
        for text in responses.compactMap({ strongTag(of: $0.head)?.text }) where !tags.contains(text) { tags.append(text) }
        return tags.joined(separator: ", ")
    }

    /// Which of the offered responses the 304 names; nil where it names none.
    static func chosen(by notModified: ResponseHead, of indices: [Int], in stored: [StoredResponse]) -> Int? {
        guard let tag = strongTag(of: notModified) else { return nil }
        return indices.first { strongTag(of: stored[$0].head)?.stronglyMatches(tag) ?? false }
    }

    static func strongTag(of head: ResponseHead) -> EntityTag? {
        guard let tag = head.fields.first(.entityTag).flatMap(EntityTag.init), !tag.isWeak else { return nil }
        return tag
    }
}
