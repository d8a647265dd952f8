import Foundation
import TestSupport

/// A value of a JSON Lines output.
enum JSONValue: Hashable, Sendable, Decodable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    case string(String)
    case integer(Int64)
    case fraction(Double)
    case flag(Bool)
    case array([JSONValue])
    case object([String: JSONValue])
    case null
    /// A name that an object does not have.
    case missing

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .fraction(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// One object a line, nothing else.
    static func lines(_ result: Program.Result) throws -> [JSONValue] {
        try lines(result.text)
    }

    static func lines(_ text: String) throws -> [JSONValue] {
        let decoder = JSONDecoder()
        return try text.split(separator: "\n").map { try decoder.decode(JSONValue.self, from: Data($0.utf8)) }
    }

    subscript(_ name: String) -> JSONValue {
        if case .object(let members) = self { members[name] ?? .missing } else { .missing }
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var array: [JSONValue] { if case .array(let values) = self { values } else { [] } }
    var names: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
    var isMissing: Bool { self == .missing }

    /// An integer, or a number with a fraction.
    var number: Double? { if case .fraction(let value) = self { value } else { integer.map(Double.init) } }
}
