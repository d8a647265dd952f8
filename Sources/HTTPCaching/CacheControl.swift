package import HTTPSemantics

/// The directives of `Cache-Control` (RFC 9111 section 5.2), those of requests and those of responses.
///
/// Read leniently where nothing hangs on it, and on the safe side where it does (section 4.2.1): of a directive that is given
/// twice the most restrictive counts, and a lifetime that is no number of seconds is 0. Unknown directives are passed over.
package struct CacheControl: Hashable, Sendable {
    /// Which directives without a number are there.
    package private(set) var flags: Flags = []
    /// `max-age` in seconds (5.2.1.1, 5.2.2.1): 0 where it is malformed, nil where it is absent.
    package private(set) var maxAge: Int64?
    /// `s-maxage` in seconds (5.2.2.10): 0 where it is malformed, nil where it is absent.
    package private(set) var sharedMaxAge: Int64?
    /// `min-fresh` of a request in seconds (5.2.1.3); nil where it is absent or malformed.
    package private(set) var minFresh: Int64?
    /// `max-stale` of a request in seconds (5.2.1.2): `Int64.max` where it has no argument, nil where it is absent or malformed.
    package private(set) var maxStale: Int64?
    /// `stale-while-revalidate` of a response in seconds (RFC 5861 section 3): 0 where it is malformed, nil where it is absent.
    package private(set) var staleWhileRevalidate: Int64?
    /// `stale-if-error` in seconds, of responses and of requests (RFC 5861 section 4): 0 where it is malformed, nil where it is
    /// absent.
    package private(set) var staleIfError: Int64?
    /// Whether the directives come from a field for caches of this kind alone (RFC 9213); Expires then counts for nothing.
    package private(set) var isTargeted = false

    /// The directives that are there or not.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// `no-store` (5.2.1.5, 5.2.2.5).
        package static let noStore = Flags(rawValue: 1 << 0)
        /// `no-cache` (5.2.1.4, 5.2.2.4), with or without field names: the form with names is taken for the stricter one.
        package static let noCache = Flags(rawValue: 1 << 1)
        /// `private` (5.2.2.7), with or without field names: the form with names is taken for the stricter one.
        package static let `private` = Flags(rawValue: 1 << 2)
        /// `public` (5.2.2.9).
        package static let `public` = Flags(rawValue: 1 << 3)
        /// `must-revalidate` (5.2.2.2).
        package static let mustRevalidate = Flags(rawValue: 1 << 4)
        /// `proxy-revalidate` (5.2.2.8).
        package static let proxyRevalidate = Flags(rawValue: 1 << 5)
        /// `must-understand` (5.2.2.3).
        package static let mustUnderstand = Flags(rawValue: 1 << 6)
        /// `immutable` (RFC 8246 section 2).
        package static let immutable = Flags(rawValue: 1 << 7)
        /// `only-if-cached` of a request (5.2.1.7).
        package static let onlyIfCached = Flags(rawValue: 1 << 8)
    }

    /// No directives at all.
    package init() {}

    /// The directives of a response that such a cache goes by: those of the first field of its target list that is valid and not
    /// empty (RFC 9213 section 2.2), else those of Cache-Control.
    package init(response fields: FieldSection, for kind: CacheKind) {
        for name in Self.targetList(of: kind) {
            guard let members = StructuredFieldDictionary(name, in: fields)?.members, !members.isEmpty else { continue }
            isTargeted = true
            for (name, member) in members { read(name, member) }
            return
        }
        _ = read(fields)
    }

    /// The fields that speak to such caches alone, the most important first (RFC 9213 section 2.2). A private cache has none: it
    /// is part of no delivery network.
    package static func targetList(of kind: CacheKind) -> [String] {
        switch kind {
        case .private: []
        case .shared: sharedTargetList
        }
    }

    private static let sharedTargetList = ["CDN-Cache-Control"]

    /// The directives of a request's fields. `Pragma: no-cache` counts as `no-cache` where there is no Cache-Control at all
    /// (section 5.4).
    package init(request fields: FieldSection) {
        guard !read(fields) else { return }
        let isPragmaNoCache = fields.values("Pragma").contains { value in
            Grammar.listElements(value).contains { Grammar.lowercased($0) == "no-cache" }
        }
        if isPragmaNoCache { flags.insert(.noCache) }
    }

    package func contains(_ flag: Flags) -> Bool {
        flags.contains(flag)
    }

    /// Reads all Cache-Control lines, each for itself, so that a quoted string left open in one hides nothing in the next. In its own
    /// line it hides nothing either: there no quote counts then, for a directive too many is safer than one too few.
    ///
    /// - Returns: whether there is any.
    private mutating func read(_ fields: FieldSection) -> Bool {
        var isPresent = false
        for line in fields.lines where line.isNamed("Cache-Control") {
            isPresent = true
            for element in Grammar.listElements(line.value, ignoringOpenQuotes: true) { read(element) }
        }
        return isPresent
    }

    private mutating func read(_ element: Substring) {
        let bytes = element.utf8
        let equals = bytes.firstIndex(of: UInt8(ascii: "="))
        let name = element[..<(equals ?? element.endIndex)]
        let argument = equals.map { element[bytes.index(after: $0)...] }
        let directive = Grammar.lowercased(Grammar.trimmed(name))
        if let flag = Self.flag(directive) {
            flags.insert(flag)
        } else if directive == "max-stale", argument == nil {
            maxStale = maxStale ?? .max
        } else {
            read(directive, seconds: seconds(name, argument))
        }
    }

    /// Reads a member of a targeted field (RFC 9213 section 2.1): a flag is there unless it says false; a number of seconds that
    /// is of any other type than integer is malformed.
    private mutating func read(_ name: String, _ member: StructuredFieldDictionary.Member) {
        if let flag = Self.flag(name) {
            if member != .item(.boolean(false)) { flags.insert(flag) }
        } else if case .item(.integer(let seconds)) = member, seconds >= 0 {
            read(name, seconds: min(seconds, Grammar.maximumDeltaSeconds))
        } else {
            read(name, seconds: nil)
        }
    }

    private static func flag(_ directive: String) -> Flags? {
        switch directive {
        case "no-store": .noStore
        case "no-cache": .noCache
        case "private": .private
        case "public": .public
        case "must-revalidate": .mustRevalidate
        case "proxy-revalidate": .proxyRevalidate
        case "must-understand": .mustUnderstand
        case "immutable": .immutable
        case "only-if-cached": .onlyIfCached
        default: nil
        }
    }

    /// - Parameter seconds: nil where the argument is malformed.
    private mutating func read(_ directive: String, seconds: Int64?) {
        switch directive {
        case "max-age": maxAge = min(maxAge ?? .max, seconds ?? 0)
        case "s-maxage": sharedMaxAge = min(sharedMaxAge ?? .max, seconds ?? 0)
        case "stale-while-revalidate": staleWhileRevalidate = min(staleWhileRevalidate ?? .max, seconds ?? 0)
        case "stale-if-error": staleIfError = min(staleIfError ?? .max, seconds ?? 0)
        case "min-fresh":
            if let seconds { minFresh = max(minFresh ?? 0, seconds) }
        case "max-stale":
            if let seconds { maxStale = min(maxStale ?? .max, seconds) }
        default: break
        }
    }

    /// The number of seconds that a directive was given, as a token or as a quoted string (section 5.2). White space around
    /// the `=` breaks the grammar.
    private func seconds(_ name: Substring, _ argument: Substring?) -> Int64? {
        guard let argument, let last = name.utf8.last, !Grammar.isWhitespaceByte(last) else { return nil }
        if let text = Grammar.unquoted(argument) { return Grammar.deltaSeconds(text) }
        return Grammar.deltaSeconds(argument)
    }
}
