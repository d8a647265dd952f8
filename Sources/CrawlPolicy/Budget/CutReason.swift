/// Why a crawl left something out, as far as counting goes. The raw values are stored and printed: they do not change.
package enum CutReason: String, Hashable, Sendable, CaseIterable {
    // Refused where a link was found; see `ScopeRefusal`.
    case scheme
    case length
    case noFollow = "nofollow"
    case depth
    case host
    case parent
    case rejected = "reject"
    case notAccepted = "accept"
    case pathDepth = "path-depth"
    case pathRepeats = "path-repeats"
    // Refused when its turn came; see `PatternBudget`.
    case patternBudget = "pattern-budget"
    case hostBudget = "host-budget"
}
