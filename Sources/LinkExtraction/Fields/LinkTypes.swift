/// What the words of a `rel` attribute or parameter say (HTML standard section 4.6.7).
struct LinkTypes {
    /// What the link is for; nil where it is none that is fetched: `dns-prefetch` and `preconnect` open connections, and without
    /// any word there is no link.
    private(set) var relation: LinkRelation?
    /// Whether the author asks not to follow it. `ugc` and `sponsored` speak about rank, not about following, and don't count.
    private(set) var isNoFollow = false

    /// - Parameter rel: words between white space, without regard to case.
    init(_ rel: Bytes) {
        for word in rel.split(whereSeparator: isASCIIWhitespace) {
            let word = Bytes(rebasing: word)
            if word.equalsIgnoringCase("nofollow") {
                isNoFollow = true
            } else if let found = Self.relation(of: word) {
                // The word that says most wins: a style sheet is one whatever else it is.
                if relation == nil || relation == .link || found == .stylesheet { relation = found }
            }
        }
    }

    private static func relation(of word: Bytes) -> LinkRelation? {
        if word.equalsIgnoringCase("stylesheet") { return .stylesheet }
        if word.equalsIgnoringCase("icon") || word.startsIgnoringCase(with: "apple-touch-") || word.equalsIgnoringCase("mask-icon")
            || word.equalsIgnoringCase("manifest") || word.equalsIgnoringCase("preload")
            || word.equalsIgnoringCase("modulepreload")
        {
            return .resource
        }
        if word.equalsIgnoringCase("dns-prefetch") || word.equalsIgnoringCase("preconnect") { return nil }
        // "shortcut" says nothing by itself.
        return word.equalsIgnoringCase("shortcut") ? nil : .link
    }

    /// Whether "nofollow" is among the words.
    static func asksNotToFollow(_ rel: Bytes) -> Bool {
        guard rel.count >= 8 else { return false }
        return rel.split(whereSeparator: isASCIIWhitespace).contains { Bytes(rebasing: $0).equalsIgnoringCase("nofollow") }
    }
}
