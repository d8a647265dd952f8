import HTTPSemantics

/// Which fields of a request matter to a cache, found in one pass, so that the plain request is recognised at little cost.
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
        self = []
        for line in request.fields.lines {
            // Tells most lines apart without comparing names.
            switch line.name.utf8.count {
            case 5 where request.method == .get && line.isNamed("Range"): insert(.range)
            case 6 where line.isNamed("Pragma"): insert(.directives)
            case 8 where line.isNamed("If-Match"): insert(.originConditions)
            case 13:
                if line.isNamed("Cache-Control") {
                    insert(.directives)
                } else if line.isNamed("If-None-Match") {
                    insert(.conditions)
                } else if line.isNamed("Authorization") {
                    insert(.authorization)
                }
            case 17 where line.isNamed("If-Modified-Since"): insert(.conditions)
            case 19 where line.isNamed("If-Unmodified-Since"): insert(.originConditions)
            default: break
            }
        }
    }
}
