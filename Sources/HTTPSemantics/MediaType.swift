/// The type of a representation, as `Content-Type` gives it (RFC 9110 section 8.3.1).
package struct MediaType: Hashable, Sendable {
    /// `type/subtype` in small letters, without parameters.
    package let essence: String
    /// The parameters in order: names in small letters, values without quotes, in their own spelling.
    private let parameters: [Parameter]

    private struct Parameter: Hashable {
        let name: String
        let value: String
    }

    /// Reads `type/subtype *( ; name=value )`; nil where type or subtype is not a token. A parameter that breaks the grammar is
    /// passed over.
    package init?(_ text: String) {
        guard let type = text.withBytes({ MediaType($0) }) else { return nil }
        self = type
    }

    private init?(_ text: UnsafeBufferPointer<UInt8>) {
        // A quoted string, which could hide a semicolon, can stand in parameters only.
        let end = Grammar.firstIndex(of: UInt8(ascii: ";"), in: text) ?? text.count
        let essence = Grammar.trimmed(UnsafeBufferPointer(rebasing: text[..<end]))
        guard let slash = essence.firstIndex(of: UInt8(ascii: "/")),
            Grammar.isToken(UnsafeBufferPointer(rebasing: essence[..<slash])),
            Grammar.isToken(UnsafeBufferPointer(rebasing: essence[(slash + 1)...]))
        else { return nil }
        self.essence = Grammar.lowercased(essence)
        parameters = end < text.count ? Self.parameters(UnsafeBufferPointer(rebasing: text[(end + 1)...])) : []
    }

    private static func parameters(_ text: UnsafeBufferPointer<UInt8>) -> [Parameter] {
        var parameters: [Parameter] = []
        var parts = ListElements(text, separator: UInt8(ascii: ";"))
        while let part = parts.next() {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = UnsafeBufferPointer(rebasing: part[..<equals])
            let value = UnsafeBufferPointer(rebasing: part[(equals + 1)...])
            let text = String(decoding: value, as: UTF8.self)
            guard Grammar.isToken(name), let plain = Grammar.isToken(value) ? text : Grammar.unquoted(text[...]) else { continue }
            parameters.append(Parameter(name: Grammar.lowercased(name), value: plain))
        }
        return parameters
    }

    /// The value of the first parameter of that name, without regard to the name's case; nil where there is none.
    package subscript(parameter: String) -> String? {
        parameters.first { Grammar.equalIgnoringCase($0.name, parameter) }?.value
    }
}
