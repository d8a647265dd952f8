/// The hosts that are reached without a proxy: the list in `no_proxy`, as curl reads it.
///
/// Elements are separated by commas or white space. `*` alone means every host; a name means itself and every name below it, a
/// leading dot changes nothing; a port after a colon restricts it to that port; an address matches literally, and with a
/// prefix length (192.0.2.0/24) its network.
struct ProxyExceptions: Hashable, Sendable {
    private enum Rule: Hashable, Sendable {
        case name(String, port: Int?)
        case network([UInt8], bits: Int)
    }

    private var matchesAll = false
    private var rules: [Rule] = []

    init(_ list: String) {
        for element in list.lowercased().split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }) {
            if element == "*" {
                matchesAll = true
            } else if let rule = Self.rule(element) {
                rules.append(rule)
            }
        }
    }

    /// - Parameter host: a name or an address without brackets.
    func contains(host: String, port: Int) -> Bool {
        if matchesAll { return true }
        guard !rules.isEmpty else { return false }
        var host = Substring(host.lowercased())
        if host.hasSuffix(".") { host.removeLast() }
        let address = ipAddressBytes(String(host))
        return rules.contains { rule in
            switch rule {
            case .name(let name, let rulePort):
                guard rulePort == nil || rulePort == port else { return false }
                return host == name || (address == nil && host.hasSuffix("." + name))
            case .network(let network, let bits):
                guard let address, address.count == network.count else { return false }
                return Self.sharePrefix(address, network, bits: bits)
            }
        }
    }

    private static func rule(_ element: Substring) -> Rule? {
        if let slash = element.firstIndex(of: "/") {
            guard let network = ipAddressBytes(unbracketed(element[..<slash])),
                let bits = Int(element[element.index(after: slash)...]), (0...network.count * 8).contains(bits)
            else { return nil }
            return .network(network, bits: bits)
        }
        if let address = ipAddressBytes(unbracketed(element)) { return .network(address, bits: address.count * 8) }
        var name = element
        var port: Int?
        if let colon = element.lastIndex(of: ":"), let number = Int(element[element.index(after: colon)...]) {
            name = element[..<colon]
            port = number
        }
        while name.hasPrefix(".") { name.removeFirst() }
        while name.hasSuffix(".") { name.removeLast() }
        guard !name.isEmpty else { return nil }
        return .name(unbracketed(name), port: port)
    }

    private static func unbracketed(_ text: Substring) -> String {
        Route.withoutBrackets(String(text))
    }

    private static func sharePrefix(_ left: [UInt8], _ right: [UInt8], bits: Int) -> Bool {
        let whole = bits / 8
        guard left[..<whole] == right[..<whole] else { return false }
        let rest = bits % 8
        return rest == 0 || (left[whole] ^ right[whole]) >> UInt8(8 - rest) == 0
    }
}
