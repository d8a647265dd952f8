/// The type of a representation, as `Content-Type` gives it (RFC 9110 section 8.3.1).
package struct MediaType: Hashable, Sendable {
    /// `type/subtype` in small letters, without parameters.
    package let essence: String
    /// The parameters in order: names in small letters, values without quotes, in their own spelling.
    private let parameters: [FieldLine]

    /// Reads `type/subtype *( ; name=value )`; nil where type or subtype is not a token. A parameter that breaks the grammar is
    /// passed over.
    package init?(_ text: String) {
        let parts = Grammar.split(text[...], at: UInt8(ascii: ";"))
        guard let essence = parts.first, let slash = essence.utf8.firstIndex(of: UInt8(ascii: "/")),
            Grammar.isToken(essence[..<slash]), Grammar.isToken(essence[essence.utf8.index(after: slash)...])
        else { return nil }
        self.essence = Grammar.lowercased(essence)
        self.parameters = parts.dropFirst().compactMap { part in
            guard let equals = part.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = part[..<equals]
            let value = part[part.utf8.index(after: equals)...]
            guard Grammar.isToken(name) else { return nil }
            if Grammar.isToken(value) { return FieldLine(Grammar.lowercased(name), String(value)) }
            return Grammar.unquoted(value).map { FieldLine(Grammar.lowercased(name), $0) }
        }
    }

    /// The value of the first parameter of that name, without regard to the name's case; nil where there is none.
    package subscript(parameter: String) -> String? {
        parameters.first { $0.isNamed(parameter) }?.value
    }
}
