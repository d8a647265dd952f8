package import HTTPSemantics

/// What the cache knows of a stored response, its content apart.
package struct StoredResponse: Hashable, Sendable {
    /// The response's head as it is stored: without hop-by-hop fields (RFC 9111 section 3.1), freshened by later 304s. Reads the
    /// fields, the first time.
    package var head: ResponseHead {
        get { storedHead.value }
        set { storedHead = StoredHead(newValue) }
    }
    /// The same without reading the fields.
    package private(set) var storedHead: StoredHead
    /// The numbers that reuse is decided by.
    package var freshness: Freshness
    /// The request fields that the response's Vary nominated (RFC 9111 section 4.1), as `VaryMatching.nominatedFields` gives
    /// them: in normal form, credentials without their value. A nominated field that the request did not have is left out.
    /// Empty where the response has no Vary.
    package var varyFields: FieldSection
    /// Which bytes of the content are held, in the form of `HeldRanges`: `0-99,200-299/1000`; nil: all of them (RFC 9111 section
    /// 3.3). What is held in part has the head that the whole would have, and its content is the held ranges one after another.
    package var heldRanges: String?

    package init(head: ResponseHead, freshness: Freshness, varyFields: FieldSection = [:], heldRanges: String? = nil) {
        self.init(head: StoredHead(head), freshness: freshness, varyFields: varyFields, heldRanges: heldRanges)
    }

    package init(head: StoredHead, freshness: Freshness, varyFields: FieldSection, heldRanges: String?) {
        storedHead = head
        self.freshness = freshness
        self.varyFields = varyFields
        self.heldRanges = heldRanges
    }
}

/// How fresh a stored response is, as numbers: computed once when a response is received or freshened, kept in a narrow table,
/// and enough to decide reuse without reading the fields again (RFC 9111 sections 4.2.1 to 4.2.3).
package struct Freshness: Hashable, Sendable {
    /// When the response, or the 304 that last confirmed it, was received (`response_time`).
    package var responseTime: UnixTime
    /// Age at `responseTime` in seconds, never negative (`corrected_initial_age`).
    package var initialAge: Int64
    /// What a private cache may do with the response.
    package var privateTerms: FreshnessTerms
    /// What a shared cache may do with it: `s-maxage`, `private`, `Authorization` and targeted fields make the difference.
    package var sharedTerms: FreshnessTerms

    package init(responseTime: UnixTime, initialAge: Int64, privateTerms: FreshnessTerms, sharedTerms: FreshnessTerms) {
        self.responseTime = responseTime
        self.initialAge = initialAge
        self.privateTerms = privateTerms
        self.sharedTerms = sharedTerms
    }

    /// The same terms for both kinds of cache.
    package init(responseTime: UnixTime, initialAge: Int64, lifetime: Int64, source: LifetimeSource, demands: ReuseDemands) {
        self.init(
            responseTime: responseTime, initialAge: initialAge,
            terms: FreshnessTerms(lifetime: lifetime, source: source, demands: demands))
    }

    /// The same terms for both kinds of cache.
    package init(responseTime: UnixTime, initialAge: Int64, terms: FreshnessTerms) {
        self.init(responseTime: responseTime, initialAge: initialAge, privateTerms: terms, sharedTerms: terms)
    }

    /// The terms for one kind of cache: command line and proxy share a store, and each reads its own.
    package subscript(kind: CacheKind) -> FreshnessTerms {
        switch kind {
        case .private: privateTerms
        case .shared: sharedTerms
        }
    }
}

/// On which terms one kind of cache may reuse a stored response.
package struct FreshnessTerms: Hashable, Sendable {
    /// For how many seconds of age the response is fresh; 0 means stale from the start.
    package var lifetime: Int64
    /// Which rule gave `lifetime`.
    package var source: LifetimeSource
    /// What the response demands of its reuse.
    package var demands: ReuseDemands
    /// For how many seconds past its lifetime it may answer while it is validated (RFC 5861 section 3); 0: not at all.
    package var staleWhileRevalidate: Int64
    /// For how many seconds past its lifetime it may answer in place of an error (RFC 5861 section 4); 0: not at all.
    package var staleIfError: Int64

    package init(
        lifetime: Int64, source: LifetimeSource, demands: ReuseDemands, staleWhileRevalidate: Int64 = 0, staleIfError: Int64 = 0
    ) {
        self.lifetime = lifetime
        self.source = source
        self.demands = demands
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
    }
}

/// Where a freshness lifetime comes from (RFC 9111 section 4.2.1). The raw values are stored: never change one.
package enum LifetimeSource: Int, Sendable {
    /// Nothing said how long, and no heuristic applies: stale at once.
    case none = 0
    /// `s-maxage`, in a shared cache.
    case sharedMaxAge = 1
    /// `max-age`.
    case maxAge = 2
    /// `Expires` minus `Date`.
    case expires = 3
    /// A tenth of the time since `Last-Modified` (RFC 9111 section 4.2.2).
    case heuristic = 4
}

/// Directives of a response that bind later reuse (RFC 9111 section 5.2.2). The raw values are stored: never change one.
package struct ReuseDemands: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// `no-cache` (5.2.2.4): validate before every use. The form that names fields is taken for the stricter one without.
    package static let noCache = ReuseDemands(rawValue: 1 << 0)
    /// `must-revalidate` (5.2.2.2): never serve stale.
    package static let mustRevalidate = ReuseDemands(rawValue: 1 << 1)
    /// `proxy-revalidate` (5.2.2.8): the same for shared caches only.
    package static let proxyRevalidate = ReuseDemands(rawValue: 1 << 2)
    /// `immutable` (RFC 8246): a reload need not validate while fresh. For the record: where a fresh response is validated
    /// here, the user asked for just that, which section 2 of that RFC leaves to them.
    package static let immutable = ReuseDemands(rawValue: 1 << 3)
    /// `private` (5.2.2.7): for one user only.
    package static let privateOnly = ReuseDemands(rawValue: 1 << 4)
    /// Vary has the member `*` (4.1): no request ever matches.
    package static let varyStar = ReuseDemands(rawValue: 1 << 5)
    /// This kind of cache must not use the response: it would not have been allowed to store it (RFC 9111 section 3), as with
    /// `private` and with answers to `Authorization` (3.5) in a shared cache. The other kind stored it.
    package static let forbidden = ReuseDemands(rawValue: 1 << 6)
    /// It answered a request with Authorization (3.5). A private cache gives it to requests with Authorization alone; a shared
    /// one either must not use it (`forbidden`) or may give it to everybody.
    package static let authorized = ReuseDemands(rawValue: 1 << 7)
}
