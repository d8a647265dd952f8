package import HTTPSemantics

/// How a cache handled a request, as it tells the client in Cache-Status (RFC 9211).
package struct CacheStatus: Hashable, Sendable {
    /// Why a request went on to the origin (section 2.2).
    package enum Forward: String, Hashable, Sendable {
        /// The cache was told not to handle the request.
        case bypass
        /// The method is none that is answered from the store.
        case method
        /// Nothing is stored for the URL.
        case uriMiss = "uri-miss"
        /// What is stored answers other requests, as Vary says.
        case varyMiss = "vary-miss"
        /// What is stored can't be used, for a reason that no other value names.
        case miss
        /// What is stored could have been used, but for what the request says.
        case request
        /// What is stored is stale, or has to be validated before each use.
        case stale
        /// Only a part is stored of what is asked for.
        case partial
    }

    /// The name that the cache goes by.
    package static let name = "larder"

    /// Whether the answer comes from the store without the origin's doing (section 2.1).
    package var isHit: Bool
    /// Why the request was forwarded; nil where it was not.
    package var forward: Forward?
    /// The status with which the origin answered (section 2.3); nil where the client gets the same one, or there was no answer.
    package var forwardStatus: Int?
    /// For how many seconds the response stays fresh; negative where it is stale (section 2.4). Nil where it is not told.
    package var timeToLive: Int64?
    /// Whether the response to the forwarded request was stored (section 2.5).
    package var isStored: Bool
    /// Whether it was answered together with another request (section 2.6).
    package var isCollapsed: Bool
    /// More, by a name of our own (section 2.8); nil for nothing.
    package var detail: String?

    package init(
        isHit: Bool = false, forward: Forward? = nil, forwardStatus: Int? = nil, timeToLive: Int64? = nil, isStored: Bool = false,
        isCollapsed: Bool = false, detail: String? = nil
    ) {
        self.isHit = isHit
        self.forward = forward
        self.forwardStatus = forwardStatus
        self.timeToLive = timeToLive
        self.isStored = isStored
        self.isCollapsed = isCollapsed
        self.detail = detail
    }

    /// A request that the store answers.
    ///
    /// - Parameter lifetime: of the stored response in seconds, for this kind of cache.
    package init(hit reason: ReuseReason, age: Int64, lifetime: Int64) {
        let (timeToLive, overflow) = lifetime.subtractingReportingOverflow(age)
        self.init(isHit: true, timeToLive: overflow ? nil : timeToLive, detail: reason == .fresh ? nil : reason.name)
    }

    /// A request that was forwarded.
    ///
    /// - Parameter status: as `forwardStatus`.
    package init(
        forwarded reason: ReuseReason, status: Int? = nil, isStored: Bool = false, isCollapsed: Bool = false
    ) {
        let forward = Forward(reason)
        self.init(
            forward: forward, forwardStatus: status, isStored: isStored, isCollapsed: isCollapsed,
            detail: forward.isNamed(by: reason) ? nil : reason.name)
    }

    /// A request that got no answer from here, with a name of the cause.
    package init(detail: String) {
        self.init(isHit: false, detail: detail)
    }

    /// The member as it stands in the field: `larder; hit; ttl=30`. Parameters that can't be written are left out.
    package var text: String {
        var result = Self.name
        func add(_ key: String, _ value: StructuredValue?) {
            guard let text = value?.text else { return }
            result += value == .boolean(true) ? "; \(key)" : "; \(key)=\(text)"
        }
        if isHit { add("hit", .boolean(true)) }
        add("fwd", forward.map { .token($0.rawValue) })
        add("fwd-status", forwardStatus.map { .integer(Int64($0)) })
        add("ttl", timeToLive.map(StructuredValue.integer))
        if isStored { add("stored", .boolean(true)) }
        if isCollapsed { add("collapsed", .boolean(true)) }
        add("detail", detail.map(StructuredValue.word))
        return result
    }

    /// Adds the member behind those of the caches that are nearer to the origin (section 2).
    package func append(to fields: inout FieldSection) {
        fields.append(.cacheStatus, text)
    }
}

extension CacheStatus.Forward {
    /// The value that comes nearest to the reason.
    package init(_ reason: ReuseReason) {
        switch reason {
        case .method: self = .method
        case .notStored: self = .uriMiss
        case .varyMismatch: self = .varyMiss
        case .privateResponse, .authorization, .otherCacheOnly, .offline, .onlyIfCached: self = .miss
        case .requestNoCache, .requestMaxAge, .requestMinFresh, .refreshRequested, .reloadRequested, .condition, .fresh,
            .youngerThanMaxAge, .fetchedByThisJob, .staleAllowed:
            self = .request
        case .stale, .olderThanMaxAge, .noCache, .mustRevalidate, .staleWhileRevalidate, .staleIfError, .validated:
            self = .stale
        case .partialContent: self = .partial
        }
    }

    /// Whether the value says as much as the reason does.
    fileprivate func isNamed(by reason: ReuseReason) -> Bool {
        switch reason {
        case .method, .notStored, .varyMismatch, .stale, .partialContent: true
        default: false
        }
    }
}
