package import HTTPSemantics

/// Which requests a stored response answers, by the request fields that its Vary field nominates (RFC 9111 section 4.1).
package enum VaryMatching {
    /// The fields of the request that the response's Vary nominates, as the store keeps them: one line for each field that the
    /// request has, its name in small letters, its value in normal form, sorted by name. Two requests that match give the same
    /// section, so it can serve as the variant's key.
    ///
    /// Credentials are never stored: of a nominated Authorization, Proxy-Authorization or Cookie only the presence is kept, with
    /// an empty value, and no later request matches it.
    ///
    /// - Returns: empty where there is no Vary, nil where Vary has the member `*`.
    package static func nominatedFields(response: ResponseHead, request: RequestHead) -> FieldSection? {
        guard response.fields.contains("Vary") else { return [:] }
        guard let names = nominatedNames(response.fields) else { return nil }
        var lines: [FieldLine] = []
        for name in names.sorted() {
            guard let value = request.fields.combined(name) else { continue }
            lines.append(FieldLine(name, isCredential(name) ? "" : normalForm(value, of: name)))
        }
        return FieldSection(lines)
    }

    /// Whether the stored response may answer the request as far as Vary is concerned.
    ///
    /// Fields match if both requests lack them, or if their values differ in nothing but what section 4.1 lets pass: white
    /// space, values split over lines, and in `Accept` and its kin white space and empty members of the list, in some the case.
    package static func matches(stored: StoredResponse, request: RequestHead) -> Bool {
        if stored.freshness.privateTerms.demands.contains(.varyStar) { return false }
        for line in stored.head.fields.lines where line.isNamed("Vary") {
            let isMatch = Grammar.listElements(line.value).allSatisfy { element in
                matches(String(element), before: stored.varyFields, after: request.fields)
            }
            if !isMatch { return false }
        }
        return true
    }

    /// A field that Vary nominates, in the two requests.
    package struct Comparison: Hashable, Sendable {
        /// As Vary spells it.
        package let name: String
        /// Its value in the request that the stored response answered, in normal form; nil where that did not have it. Credentials
        /// are empty.
        package let before: String?
        /// Its value in the present request, as `before`.
        package let after: String?
        package let isMatch: Bool
    }

    /// Field by field what `matches` finds.
    package static func comparisons(stored: StoredResponse, request: RequestHead) -> [Comparison] {
        stored.head.fields.lines.filter { $0.isNamed("Vary") }.flatMap { Grammar.listElements($0.value) }.map { element in
            let name = Grammar.lowercased(element)
            let after = request.fields.combined(name).map { isCredential(name) ? "" : normalForm($0, of: name) }
            return Comparison(
                name: String(element), before: stored.varyFields.combined(name), after: after,
                isMatch: matches(String(element), before: stored.varyFields, after: request.fields))
        }
    }

    /// Whether the field of that name is the same in both requests. Text that is equal as it stands needs no normal form.
    private static func matches(_ name: String, before: FieldSection, after: FieldSection) -> Bool {
        if name == "*" || !Grammar.isToken(name) { return false }
        guard let old = before.combined(name) else { return !after.contains(name) }
        guard let new = after.combined(name) else { return false }
        let name = Grammar.lowercased(name)
        return !isCredential(name) && (old == new || normalForm(old, of: name) == normalForm(new, of: name))
    }

    /// Whether Vary has the member `*`, or one that is no field name and so may mean anything: then no request matches.
    static func nominatesEverything(_ fields: FieldSection) -> Bool {
        fields.lines.contains { line in
            line.isNamed("Vary") && Grammar.listElements(line.value).contains { $0 == "*" || !Grammar.isToken($0) }
        }
    }

    /// The names that Vary lists, in small letters; nil where `*` is among them.
    private static func nominatedNames(_ fields: FieldSection) -> Set<String>? {
        var names: Set<String> = []
        for line in fields.lines where line.isNamed("Vary") {
            for element in Grammar.listElements(line.value) {
                if element == "*" || !Grammar.isToken(element) { return nil }
                names.insert(Grammar.lowercased(element))
            }
        }
        return names
    }

    /// The value of the field of that name, given in small letters, without differences that mean nothing.
    private static func normalForm(_ combined: String, of name: String) -> String {
        guard listFields.contains(name) else { return String(Grammar.trimmed(combined[...])) }
        let list = Grammar.listElements(combined).joined(separator: ", ")
        return caseInsensitiveFields.contains(name) ? Grammar.lowercased(list) : list
    }

    /// Fields whose grammar is a list, so that white space around commas and empty members mean nothing.
    private static let listFields: Set<String> = ["accept", "accept-charset", "accept-encoding", "accept-language"]
    /// Of these, fields that are compared without regard to case (RFC 9110 sections 8.3.2, 8.4.1 and 8.5.1).
    private static let caseInsensitiveFields: Set<String> = ["accept-charset", "accept-encoding", "accept-language"]

    private static func isCredential(_ name: String) -> Bool {
        name == "authorization" || name == "proxy-authorization" || name == "cookie"
    }
}
