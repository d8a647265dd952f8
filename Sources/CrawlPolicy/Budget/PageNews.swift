/// What the fetch of a URL brought, as far as its pattern's budget is concerned.
package enum PageNews: Hashable, Sendable {
    /// A page with text: some of the hash values of its text, at most 64 of them, in which pages that differ by their numbers
    /// alone are equal. Where there are none, `digest` speaks for the page, any number that names its body.
    case text(sketch: [UInt32], digest: UInt64)
    /// Something without text, such as an image: new where its body is.
    case body(digest: UInt64)
    /// A redirect. One that leads to a URL that the crawl knows brings nothing new; another one counts for nothing, because what
    /// it leads to will.
    case redirect(isToKnownURL: Bool)
    /// An answer that is no page and stays so: a status of 4xx but for 408 and 429. Nothing new: endless paths often end so.
    case missing
    /// Nothing came, or an answer that may be another one later. Counts for nothing: an outage is not to cost a pattern its budget.
    case failure

    /// The values by which the page is known, and nil where it counts for nothing. Empty: nothing new.
    func values() -> [UInt32]? {
        switch self {
        case .text(let sketch, let digest): sketch.isEmpty ? [Self.folded(digest)] : Array(sketch.prefix(64))
        case .body(let digest): [Self.folded(digest)]
        case .redirect(let isToKnownURL): isToKnownURL ? [] : nil
        case .missing: []
        case .failure: nil
        }
    }

    private static func folded(_ digest: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: digest ^ digest >> 32)
    }
}
