/// The host parser and serialiser (URL standard sections 3.5 and 3.6).
enum WebURLHost {
    /// Parses `host` and writes its serialisation. False is failure; what was written then is of no use.
    static func write(_ host: UnsafeBufferPointer<UInt8>, isSpecial: Bool, to output: inout WebURLWriter) -> Bool {
        if host.first == UInt8(ascii: "[") {
            guard host.last == UInt8(ascii: "]"), host.count > 2 else { return false }
            guard let address = IPv6Address(UnsafeBufferPointer(rebasing: host[1..<(host.count - 1)])) else { return false }
            output.append("[")
            address.write(to: &output)
            output.append("]")
            return true
        }
        return isSpecial ? writeDomain(host, to: &output) : writeOpaque(host, to: &output)
    }

    /// The host of a URL whose scheme is not special: its bytes, percent-encoded.
    private static func writeOpaque(_ host: UnsafeBufferPointer<UInt8>, to output: inout WebURLWriter) -> Bool {
        for byte in host where byte < 0x80 && PercentEncodeSet.forbiddenHost.contains(byte) { return false }
        output.append(host, 0, host.count, encoding: .control)
        return true
    }

    private static func writeDomain(_ host: UnsafeBufferPointer<UInt8>, to output: inout WebURLWriter) -> Bool {
        let start = output.count
        if !writePlainDomain(host, to: &output) {
            output.truncate(to: start)
            guard let domain = DomainName.ascii(percentDecoded(host)) else { return false }
            for byte in domain where PercentEncodeSet.forbiddenDomain.contains(byte) { return false }
            output.append(contentsOf: domain)
        }
        let domain = UnsafeBufferPointer(rebasing: output.bytes[start...])
        guard IPv4Address.endsInNumber(domain) else { return !domain.isEmpty }
        guard let address = IPv4Address(domain) else { return false }
        output.truncate(to: start)
        address.write(to: &output)
        return true
    }

    /// Writes a domain that is ASCII already, in lower case. False where it has a byte that is forbidden or stands for another
    /// one.
    private static func writePlainDomain(_ host: UnsafeBufferPointer<UInt8>, to output: inout WebURLWriter) -> Bool {
        let forbidden = PercentEncodeSet.forbiddenDomain
        for byte in host {
            if forbidden.contains(byte) { return false }
            output.append(asciiLowerCase(byte))
        }
        return true
    }
}
