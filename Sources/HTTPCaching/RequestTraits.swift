import HTTPSemantics

/// Which fields of a request matter to a cache, so that the plain request is recognised at little cost.
struct RequestTraits: OptionSet, Sendable {
    let rawValue: Int

    init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Cache-Control or Pragma: there may be directives.
    static let directives = RequestTraits(rawValue: 1 << 0)
    /// If-None-Match or If-Modified-Since: conditions that a cache evaluates (RFC 9111 section 4.3.2).
    static let conditions = RequestTraits(rawValue: 1 << 1)
    /// If-Match or If-Unmodified-Since: conditions that only the origin can evaluate (RFC 9111 section 4.3.2).
    static let originConditions = RequestTraits(rawValue: 1 << 2)
    /// Range, with a method that it has a meaning for (RFC 9110 section 14.2).
    static let range = RequestTraits(rawValue: 1 << 3)
    /// Authorization (RFC 9111 section 3.5).
    static let authorization = RequestTraits(rawValue: 1 << 4)

    init(_ request: RequestHead) {
        let names = request.fields.names
        self = []
        if names.contains(.cacheControl) || names.contains(.pragma) { insert(.directives) }
        if names.contains(.ifNoneMatch) || names.contains(.ifModifiedSince) { insert(.conditions) }
        if names.contains(.ifMatch) || names.contains(.ifUnmodifiedSince) { insert(.originConditions) }
        if names.contains(.range), request.method == .get { insert(.range) }
        if names.contains(.authorization) { insert(.authorization) }
    }
}
