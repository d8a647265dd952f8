import HTTPSemantics

extension FreshnessLifetime {
    /// The reckoning that gave the lifetime, with the values of the response: `max-age=60`, `Expires - Date = … - …`. For people.
    ///
    /// - Parameters:
    ///   - response: the stored head.
    ///   - terms: the lifetime that the cache goes by, which such a head gave when it came.
    static func reckoning(
        of response: ResponseHead, terms: FreshnessTerms, responseTime: UnixTime, kind: CacheKind
    ) -> String {
        let cacheControl = CacheControl(response: response.fields, for: kind)
        let field = cacheControl.isTargeted ? " (\(CacheControl.targetList(of: kind).map(\.spelling).joined(separator: ", ")))" : ""
        let date = HTTPDate.format(Self.date(of: response, responseTime: responseTime))
        switch terms.source {
        case .none: return "neither an explicit lifetime nor one that may be guessed"
        case .sharedMaxAge: return "s-maxage=\(terms.lifetime)\(field)"
        case .maxAge: return "max-age=\(terms.lifetime)\(field)"
        case .expires: return "Expires - Date = \(response.fields.first(.expires) ?? "?") - \(date)"
        case .heuristic:
            let limit = terms.lifetime == heuristicLimit ? ", \(heuristicLimit) at most" : ""
            return "10 % of Date - Last-Modified = \(date) - \(response.fields.first(.lastModified) ?? "?")\(limit)"
        }
    }
}
