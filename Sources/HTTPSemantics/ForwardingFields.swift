/// Which fields belong to one connection only and go no further (RFC 9110 section 7.6.1).
package enum ForwardingFields {
    /// Names of the fields that are hop-by-hop whether `Connection` lists them or not (RFC 9110 section 7.6.1, RFC 9111
    /// section 3.1), in small letters.
    package static let hopByHop = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// The fields without those that are hop-by-hop, by name or because `Connection` lists them.
    package static func withoutHopByHop(_ fields: FieldSection) -> FieldSection {
        var listed: Set<String> = []
        for value in fields.values("Connection") {
            listed.formUnion(Grammar.listElements(value).map { Grammar.lowercased($0) })
        }
        var result = fields
        result.removeAll { line in
            hopByHop.contains { line.isNamed($0) } || (!listed.isEmpty && listed.contains(Grammar.lowercased(line.name)))
        }
        return result
    }
}
