/// Why a server does not start: a stable code and a sentence for people.
package struct ProxyServerError: Error, Hashable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case addressInUse = "address_in_use"
        case addressNotAvailable = "address_not_available"
        case permissionDenied = "permission_denied"
        case notASocket = "not_a_socket"
        case remoteNotAllowed = "remote_not_allowed"
        case cannotListen = "cannot_listen"
    }

    package let code: Code
    /// What, where, and what to do.
    package let message: String
}
