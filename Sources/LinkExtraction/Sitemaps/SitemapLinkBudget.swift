import HTTPSemantics

/// How many bytes of URLs a document may still name.
///
/// Short references to a long base make gigabytes of a small feed. Every URL that is resolved counts, kept or not, so that the
/// time is bounded as the memory is; once the bytes are used up nothing more is resolved.
struct SitemapLinkBudget {
    private var remaining: Int
    private let maximumURLBytes: Int

    init(limits: SitemapLimits) {
        remaining = limits.maximumLinkBytes
        maximumURLBytes = limits.maximumURLBytes
    }

    /// Whether nothing more may be resolved.
    var isSpent: Bool { remaining <= 0 }

    /// Counts a URL; false where it is too long to be kept.
    mutating func take(_ url: WebURL) -> Bool {
        let length = url.serialized.utf8.count
        remaining -= length
        return length <= maximumURLBytes
    }
}
