extension StructuredValue {
    /// As it stands in a field (RFC 9651 section 4.1.3.1); nil where the value can't be written: a string with anything but
    /// printable ASCII, a token that is none, an integer of more than 15 digits.
    package var text: String? {
        switch self {
        case .integer(let number):
            return (-StructuredFieldGrammar.maximumInteger...StructuredFieldGrammar.maximumInteger).contains(number)
                ? String(number) : nil
        case .string(let string):
            return Self.quoted(string)
        case .token(let token):
            return StructuredFieldGrammar.isToken(token) ? token : nil
        case .boolean(let value):
            return value ? "?1" : "?0"
        }
    }

    private static func quoted(_ string: String) -> String? {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        result.reserveCapacity(string.utf8.count + 2)
        for byte in string.utf8 {
            guard StructuredFieldGrammar.isPrintable(byte) else { return nil }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        result.append(UInt8(ascii: "\""))
        return String(decoding: result, as: UTF8.self)
    }
}

extension StructuredItem {
    /// As it stands in a field (RFC 9651 section 4.1.3): a parameter that is true is written as its key alone. Nil where the value,
    /// a key or the value of a parameter can't be written.
    package var text: String? {
        guard var result = value.text else { return nil }
        for parameter in parameters {
            guard StructuredFieldGrammar.isKey(parameter.key), let value = parameter.value.text else { return nil }
            result += ";" + parameter.key
            if parameter.value != .boolean(true) { result += "=" + value }
        }
        return result
    }
}
