#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The variables of the environment. An empty one counts as unset.
struct ProcessEnvironment: Sendable {
    private let lookUp: @Sendable (String) -> String?

    /// The environment of this process.
    static let current = ProcessEnvironment { name in getenv(name).map { String(cString: $0) } }

    /// Given variables, for rules that are tested without a process.
    init(_ variables: [String: String]) {
        self.init { variables[$0] }
    }

    private init(_ lookUp: @escaping @Sendable (String) -> String?) {
        self.lookUp = lookUp
    }

    subscript(name: String) -> String? {
        lookUp(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
