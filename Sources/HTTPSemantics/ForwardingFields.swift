/// Which fields belong to one connection only and go no further (RFC 9110 section 7.6.1).
package enum ForwardingFields {
    /// Names of the fields that are hop-by-hop whether `Connection` lists them or not (RFC 9110 section 7.6.1, RFC 9111
    /// section 3.1).
    package static let hopByHop = FieldNameSet(
        .connection, .keepAlive, .proxyAuthenticate, .proxyAuthenticationInfo, .proxyAuthorization, .proxyConnection, .te, .trailer,
        .transferEncoding, .upgrade)

    /// The fields without those that are hop-by-hop, by name or because `Connection` lists them.
    ///
    /// - Parameter others: more names to leave out.
    package static func withoutHopByHop(_ fields: FieldSection, andWithout others: FieldNameSet = .none) -> FieldSection {
        var removed = hopByHop.union(others)
        guard fields.contains(oneOf: removed) else { return fields }
        var unknown: Set<String> = []
        fields.forEachElement(of: .connection) { element in
            if let name = FieldName(element) {
                removed.insert(name)
            } else {
                unknown.insert(Grammar.lowercased(element))
            }
        }
        return fields.filtered { line in
            if let known = line.known { return !removed.contains(known) }
            return unknown.isEmpty || !unknown.contains(Grammar.lowercased(line.name))
        }
    }
}
