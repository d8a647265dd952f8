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
        guard response.fields.contains(.vary) else { return [:] }
        guard let names = nominatedNames(response.fields) else { return nil }
        var fields = FieldSection()
        for name in names {
            var line = FieldLine(name, "")
            guard let value = request.fields.combined(nameOf: line) else { continue }
            if !isCredential(line.known) { line.value = normalForm(value, of: line.known) }
            fields.append(line)
        }
        return fields
    }

    /// Whether the stored response may answer the request as far as Vary is concerned.
    ///
    /// Fields match if both requests lack them, or if their values differ in nothing but what section 4.1 lets pass: white
    /// space, values split over lines, and in `Accept` and its kin white space and empty members of the list, in some the case.
    package static func matches(stored: StoredResponse, request: RequestHead) -> Bool {
        if stored.freshness.privateTerms.demands.contains(.varyStar) { return false }
        guard let vary = stored.storedHead.vary else { return true }
        return matches(vary: vary, before: stored.varyFields, request: request)
    }

    /// - Parameters:
    ///   - vary: the value of Vary, all its lines as one.
    ///   - before: the fields that it nominated in the request that the stored response answered.
    static func matches(vary: String, before: FieldSection, request: RequestHead) -> Bool {
        Grammar.allElements(of: vary) { matches($0, before: before, after: request.fields) }
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
        stored.head.fields.values(.vary).flatMap { Grammar.listElements($0) }.map { element in
            let name = String(element)
            let known = FieldName(name)
            let after = request.fields.combined(name).map { isCredential(known) ? "" : normalForm($0, of: known) }
            var text = name
            return Comparison(
                name: name, before: stored.varyFields.combined(name), after: after,
                isMatch: text.withUTF8 { matches($0, before: stored.varyFields, after: request.fields) })
        }
    }

    /// Whether the field of that name is the same in both requests.
    private static func matches(_ name: UnsafeBufferPointer<UInt8>, before: FieldSection, after: FieldSection) -> Bool {
        if let known = FieldName(name) { return isSame(before.combined(known), after.combined(known), of: known) }
        guard !meansAnything(name) else { return false }
        let name = String(decoding: name, as: UTF8.self)
        return isSame(before.combined(name), after.combined(name), of: nil)
    }

    /// Text that is equal as it stands needs no normal form.
    private static func isSame(_ before: String?, _ after: String?, of name: FieldName?) -> Bool {
        guard let before, let after else { return before == nil && after == nil }
        return !isCredential(name) && (before == after || normalForm(before, of: name) == normalForm(after, of: name))
    }

    /// Whether Vary has the member `*`, or one that is no field name and so may mean anything: then no request matches.
    static func nominatesEverything(_ fields: FieldSection) -> Bool {
        !fields.allElements(of: .vary) { !meansAnything($0) }
    }

    private static func meansAnything(_ element: UnsafeBufferPointer<UInt8>) -> Bool {
        FieldName(element) == nil && ((element.count == 1 && element[0] == UInt8(ascii: "*")) || !Grammar.isToken(element))
    }

    /// The names that Vary lists, in small letters, sorted, each once; nil where `*` is among them.
    private static func nominatedNames(_ fields: FieldSection) -> [String]? {
        var names: [String] = []
        let areAllNames = fields.allElements(of: .vary) { element in
            guard !meansAnything(element) else { return false }
            names.append(Grammar.lowercased(element))
            return true
        }
        guard areAllNames else { return nil }
        guard names.count > 1 else { return names }
        return Set(names).sorted()
    }

    /// The value of the field of that name without differences that mean nothing.
    private static func normalForm(_ combined: String, of name: FieldName?) -> String {
        guard let name, listFields.contains(name) else { return String(Grammar.trimmed(combined[...])) }
        let ignoresCase = caseInsensitiveFields.contains(name)
        if isInNormalForm(combined, ignoringCase: ignoresCase) { return combined }
        let list = Grammar.listElements(combined).joined(separator: ", ")
        return ignoresCase ? Grammar.lowercased(list) : list
    }

    /// Whether a list is seen to be its own normal form, as most are: `a, b`, without quotes and more white space.
    private static func isInNormalForm(_ list: String, ignoringCase: Bool) -> Bool {
        Grammar.isPlainList(list) && !(ignoringCase && Grammar.hasCapitals(list))
    }

    /// Fields whose grammar is a list, so that white space around commas and empty members mean nothing.
    private static let listFields = FieldNameSet(.accept, .acceptCharset, .acceptEncoding, .acceptLanguage)
    /// Of these, fields that are compared without regard to case (RFC 9110 sections 8.3.2, 8.4.1 and 8.5.1).
    private static let caseInsensitiveFields = FieldNameSet(.acceptCharset, .acceptEncoding, .acceptLanguage)

    private static func isCredential(_ name: FieldName?) -> Bool {
        name == .authorization || name == .proxyAuthorization || name == .cookie
    }
}
