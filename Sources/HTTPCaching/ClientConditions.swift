package import HTTPSemantics

/// The conditions that a client put on its request, as a cache evaluates them against a response that it has stored or has just
/// received (RFC 9110 section 13, RFC 9111 section 4.3.2).
package struct ClientConditions: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        /// The conditions hold, or there are none: answer as without them.
        case full
        /// The client has this representation already: answer with `notModifiedHead`.
        case notModified
    }

    private let ifNoneMatch: EntityTagList?
    private let ifModifiedSince: String?
    private let ifRange: String?

    package init(request: RequestHead) {
        let fields = request.fields
        let isRetrieval = request.method == .get || request.method == .head
        // For other methods a failed If-None-Match means 412, and that is the origin's to say.
        ifNoneMatch = isRetrieval ? EntityTagList("If-None-Match", in: fields) : nil
        ifModifiedSince = isRetrieval ? fields.combined(.ifModifiedSince) : nil
        // Without Range it has no meaning (RFC 9110 section 13.1.5).
        ifRange = request.method == .get && fields.contains(.range) ? fields.combined(.ifRange) : nil
    }

    /// Whether the request has conditions that `evaluate` looks at; If-Range is none of them.
    package var isEmpty: Bool { ifNoneMatch == nil && ifModifiedSince == nil }

    /// Evaluates If-None-Match, and only where there is none If-Modified-Since (RFC 9110 sections 13.1.3 and 13.2.2). Conditions
    /// count only for a response that would hand over the representation: 200, its transformation 203, or 206 (RFC 9111
    /// section 4.3.2).
    ///
    /// - Parameters:
    ///   - head: what the answer would be without conditions.
    ///   - receivedAt: when it was received; stands in for Last-Modified where that and Date are missing.
    package func evaluate(_ head: ResponseHead, receivedAt: UnixTime) -> Verdict {
        guard head.status == 200 || head.status == 203 || head.status == 206 else { return .full }
        if let ifNoneMatch { return ifNoneMatch.weaklyMatches(head.fields.first(.entityTag)) ? .notModified : .full }
        if let ifModifiedSince { return isModified(head, since: ifModifiedSince, receivedAt: receivedAt) ? .full : .notModified }
        return .full
    }

    /// Whether the ranges that were asked for may be sent from this response: if the validator in If-Range is its own by strong
    /// comparison (RFC 9110 section 13.1.5), and where there is no If-Range. A date matches only a Last-Modified that is strong
    /// (section 8.8.2.2).
    package func ifRangeMatches(_ head: ResponseHead) -> Bool {
        guard let ifRange else { return true }
        if let tag = EntityTag(ifRange) {
            guard let own = head.fields.first(.entityTag).flatMap(EntityTag.init) else { return false }
            return tag.stronglyMatches(own)
        }
        guard let modified = StrongValidator.strongLastModified(of: head) else { return false }
        return HTTPDate.parse(ifRange, now: modified) == modified
    }

    /// RFC 9110 section 13.1.3. What is no date, and so also more than one, is ignored.
    private func isModified(_ head: ResponseHead, since text: String, receivedAt: UnixTime) -> Bool {
        guard let since = HTTPDate.parse(text, now: receivedAt) else { return true }
        let dates = [FieldName.lastModified, .date].lazy.compactMap { name in
            head.fields.first(name).flatMap { HTTPDate.parse($0, now: receivedAt) }
        }
        let modified = dates.first ?? receivedAt
        return modified.seconds > since.seconds
    }

    // MARK: - The answer

    /// The head of a 304 for a response from the store (RFC 9110 section 15.4.5): what the 200 would have said for caches and of
    /// itself, nothing that describes content. Last-Modified comes along where there is no entity tag.
    ///
    /// The fields by which browsers let scripts read an answer stay, for a script may have set the condition; and so do the
    /// records of the message's way.
    package static func notModifiedHead(from head: ResponseHead) -> ResponseHead {
        var fields = head.fields
        let hasEntityTag = fields.contains(.entityTag)
        fields.removeAll { line in
            if line.isNamed(.lastModified) { return hasEntityTag }
            if line.isNamed(oneOf: notModifiedNames) { return false }
            let name = Grammar.lowercased(line.name)
            return !(name.hasSuffix("-cache-control") || name.hasPrefix("access-control-"))
        }
        return ResponseHead(version: head.version, status: 304, fields: fields)
    }

    private static let notModifiedNames = FieldNameSet(
        .age, .cacheControl, .cacheStatus, .contentLocation, .date, .entityTag, .expires, .vary, .via)
}
