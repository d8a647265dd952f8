import Testing

/// Whether a clause binds.
enum Requirement: String, Sendable {
    /// MUST or MUST NOT, for a shared cache or a proxy.
    case required
    /// SHOULD or MAY, and promised here.
    case optional
}

/// One clause of a standard as a dialogue between a client, the proxy and an origin.
struct ConformanceCase: Sendable {
    /// The number of the RFC, the section, and a name: `9111-4.2.1-s-maxage-over-max-age`.
    let id: String
    let requirement: Requirement
    let title: String
    /// What the origin answers to the requests of this case, in turn; the last one stays.
    let origin: [ScriptedAnswer]
    let steps: [Step]

    init(_ id: String, _ requirement: Requirement, _ title: String, origin: ScriptedAnswer..., steps: Step...) {
        self.init(id, requirement, title, answers: origin, steps: steps)
    }

    init(_ id: String, _ requirement: Requirement, _ title: String, answers: [ScriptedAnswer], steps: [Step]) {
        self.id = id
        self.requirement = requirement
        self.title = title
        self.origin = answers.isEmpty ? [.answer()] : answers
        self.steps = steps
    }

    /// `RFC 9111 section 4.2.1`, as the id has it.
    var section: String {
        let parts = id.split(separator: "-", maxSplits: 2)
        return parts.count < 3 ? "" : "RFC \(parts[0]) section \(parts[1])"
    }
}

extension ConformanceCase: CustomTestStringConvertible {
    var testDescription: String { "\(id) (\(requirement.rawValue)): \(title)" }
}

/// Short, for the catalogue has hundreds.
typealias Case = ConformanceCase

/// Lists cases one below the other; each is an expression of its own for the compiler.
@resultBuilder enum CaseList {
    static func buildExpression(_ element: ConformanceCase) -> [ConformanceCase] { [element] }
    static func buildPartialBlock(first: [ConformanceCase]) -> [ConformanceCase] { first }
    static func buildPartialBlock(accumulated: [ConformanceCase], next: [ConformanceCase]) -> [ConformanceCase] {
        accumulated + next
    }
    static func buildArray(_ lists: [[ConformanceCase]]) -> [ConformanceCase] { lists.flatMap { $0 } }
}
