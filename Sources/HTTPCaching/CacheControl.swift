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
        for name in Self.targetList(of: kind) where fields.contains(name) {
            guard let members = StructuredFieldDictionary(name.spelling, in: fields)?.members, !members.isEmpty else { continue }
            isTargeted = true
            for (name, member) in members { read(name, member) }
            return
        }
        read(fields)
    }

    /// The fields that speak to such caches alone, the most important first (RFC 9213 section 2.2). A private cache has none: it
    /// is part of no delivery network.
    package static func targetList(of kind: CacheKind) -> [FieldName] {
        switch kind {
        case .private: []
        case .shared: sharedTargetList
        }
    }

    private static let sharedTargetList = [FieldName.cdnCacheControl]

    /// Whether the directives of a response may differ from one kind of cache to the other.
    static func mayBeTargeted(_ fields: FieldSection) -> Bool {
        sharedTargetList.contains { fields.contains($0) }
    }

    /// The directives of a request's fields. `Pragma: no-cache` counts as `no-cache` where there is no Cache-Control at all
    /// (section 5.4).
    package init(request fields: FieldSection) {
        if fields.contains(.cacheControl) {
            read(fields)
        } else if fields.values(.pragma).contains(where: Self.isNoCache) {
            flags.insert(.noCache)
        }
    }

    private static func isNoCache(_ pragma: String) -> Bool {
        Grammar.listElements(pragma).contains { Grammar.lowercased($0) == "no-cache" }
    }

    package func contains(_ flag: Flags) -> Bool {
        flags.contains(flag)
    }

    /// Reads all Cache-Control lines, each for itself, so that a quoted string left open in one hides nothing in the next. In its own
    /// line it hides nothing either: there no quote counts then, for a directive too many is safer than one too few.
    private mutating func read(_ fields: FieldSection) {
        fields.forEachElement(of: .cacheControl, ignoringOpenQuotes: true) { read($0) }
    }

    private mutating func read(_ element: UnsafeBufferPointer<UInt8>) {
        let equals = element.firstIndex(of: UInt8(ascii: "="))
        let name = UnsafeBufferPointer(rebasing: element[..<(equals ?? element.count)])
        let argument = equals.map { UnsafeBufferPointer(rebasing: element[($0 + 1)...]) }
        guard let directive = CacheDirective(Grammar.trimmed(name)) else { return }
        if let flag = directive.flag {
            flags.insert(flag)
        } else if directive == .maxStale, argument == nil {
            maxStale = maxStale ?? .max
        } else {
            read(directive, seconds: Self.seconds(name, argument))
        }
    }

    /// Reads a member of a targeted field (RFC 9213 section 2.1): a flag is there unless it says false; a number of seconds that
    /// is of any other type than integer is malformed.
    private mutating func read(_ name: String, _ member: StructuredFieldDictionary.Member) {
        guard let directive = CacheDirective(name) else { return }
        if let flag = directive.flag {
            if member != .item(.boolean(false)) { flags.insert(flag) }
        } else if case .item(.integer(let seconds)) = member, seconds >= 0 {
            read(directive, seconds: min(seconds, Grammar.maximumDeltaSeconds))
        } else {
            read(directive, seconds: nil)
        }
    }

    /// - Parameter seconds: nil where the argument is malformed.
    private mutating func read(_ directive: CacheDirective, seconds: Int64?) {
        switch directive {
        case .maxAge: maxAge = min(maxAge ?? .max, seconds ?? 0)
        case .sharedMaxAge: sharedMaxAge = min(sharedMaxAge ?? .max, seconds ?? 0)
        case .staleWhileRevalidate: staleWhileRevalidate = min(staleWhileRevalidate ?? .max, seconds ?? 0)
        case .staleIfError: staleIfError = min(staleIfError ?? .max, seconds ?? 0)
        case .minFresh:
            if let seconds { minFresh = max(minFresh ?? 0, seconds) }
        case .maxStale:
            if let seconds { maxStale = min(maxStale ?? .max, seconds) }
        default: break
        }
    }

    /// The number of seconds that a directive was given, as a token or as a quoted string (section 5.2). White space around
    /// the `=` breaks the grammar.
    private static func seconds(_ name: UnsafeBufferPointer<UInt8>, _ argument: UnsafeBufferPointer<UInt8>?) -> Int64? {
        guard let argument, let last = name.last, !Grammar.isWhitespaceByte(last) else { return nil }
        guard argument.first == UInt8(ascii: "\"") else { return Grammar.deltaSeconds(argument) }
        return Grammar.unquoted(String(decoding: argument, as: UTF8.self)[...]).flatMap { Grammar.deltaSeconds($0) }
    }
}
