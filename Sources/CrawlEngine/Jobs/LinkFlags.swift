/// What the frontier keeps with a URL for this engine, in one number.
struct LinkFlags: Hashable, Sendable {
    private static let hopsMask: Int64 = 0xFFFF
    private static let requisiteBit: Int64 = 1 << 16
    private static let seedBit: Int64 = 1 << 17
    private static let sitemapBit: Int64 = 1 << 18
    private static let guessBit: Int64 = 1 << 19

    /// Redirects that led to the URL, one after the other.
    var redirects = 0
    /// Whether a page cannot be shown without it.
    var isRequisite = false
    /// Whether it is a seed, or redirects led from a seed to it.
    var isSeed = false
    /// Whether it is to be read as a sitemap.
    var isSitemap = false
    /// Whether nobody has named it: that it is not there is no failure.
    var isGuess = false

    init() {}

    init(_ number: Int64) {
        redirects = Int(number & Self.hopsMask)
        isRequisite = number & Self.requisiteBit != 0
        isSeed = number & Self.seedBit != 0
        isSitemap = number & Self.sitemapBit != 0
        isGuess = number & Self.guessBit != 0
    }

    var number: Int64 {
        min(Int64(redirects), Self.hopsMask) | (isRequisite ? Self.requisiteBit : 0) | (isSeed ? Self.seedBit : 0)
            | (isSitemap ? Self.sitemapBit : 0) | (isGuess ? Self.guessBit : 0)
    }
}
