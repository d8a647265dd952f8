/// Request targets as logs may have them.
package enum LoggedTarget {
    /// The target without the name and password that may stand before its host. Where a target is malformed, nobody can say where
    /// they end: everything up to the last `@` goes then, rather too much than too little.
    package static func text(_ target: String) -> String {
        guard let last = target.utf8.lastIndex(of: UInt8(ascii: "@")) else { return target }
        // In origin-form there is no authority (RFC 9112 section 3.2.1), but where a URL stands behind the slash.
        let scheme = target.utf8.firstRange(of: ":/".utf8)
        if scheme == nil, target.utf8.first == UInt8(ascii: "/") { return target }
        guard let scheme, scheme.upperBound <= last else { return String(target[target.utf8.index(after: last)...]) }
        var start = scheme.upperBound
        if target.utf8[start] == UInt8(ascii: "/") { start = target.utf8.index(after: start) }
        return String(target[..<start] + target[target.utf8.index(after: last)...])
    }
}
