/// Names and addresses that always mean this machine.
package enum LoopbackHost {
    /// - Parameter host: as `WebURL.host` gives it, or an address without brackets.
    package static func matches(_ host: String) -> Bool {
        let host = Grammar.lowercased(host)
        if host == "localhost" || host.hasSuffix(".localhost") || host == "localhost." { return true }
        guard let url = WebURL(host.contains(":") && !host.hasPrefix("[") ? "http://[\(host)]/" : "http://\(host)/") else {
            return false
        }
        if url.host == "[::1]" || url.host.hasPrefix("[::ffff:7f") { return true }
        let parts = url.host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it is the address that stands for all of this machine's own.
    package static func isUnspecified(_ host: String) -> Bool {
        host == "0.0.0.0" || host == "::" || host == "[::]"
    }
}
