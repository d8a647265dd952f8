package import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The addresses of this machine and of the networks around it, which are nobody's business from outside (RFC 6890).
package enum PrivateNetworks {
    /// Whether it is none of these: an address of the public Internet.
    package static func areNot(_ address: SocketAddress) -> Bool {
        !contains(address)
    }

    /// Loopback, private, link-local, shared, unspecified, multicast and reserved addresses, unique local ones of IPv6, and
    /// addresses of IPv4 inside IPv6; and everything that is no IP address.
    package static func contains(_ address: SocketAddress) -> Bool {
        guard let text = address.ipAddress else { return true }
        // An address of IPv6 may be followed by the name of an interface.
        let plain = String(text.prefix { $0 != "%" })
        if let bytes = bytes(plain, AF_INET, 4) { return isPrivateIPv4(bytes) }
        return bytes(plain, AF_INET6, 16).map(isPrivateIPv6) ?? true
    }

    private static func bytes(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    private static func isPrivateIPv4(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 4 else { return true }
        switch (bytes[0], bytes[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (192, 168), (224..., _): return true
        case (100, 64...127), (172, 16...31), (198, 18...19): return true
        case (192, 0): return bytes[2] == 0
        default: return false
        }
    }

    private static func isPrivateIPv6(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 16 else { return true }
        // An address of IPv4 in one of IPv6: mapped, compatible (:: and ::1 among them), translated (RFC 6052), 6to4.
        if bytes[..<10].allSatisfy({ $0 == 0 }) { return isPrivateIPv4(Array(bytes[12...])) || bytes[10] != 0xFF }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) {
            // The rest of what begins so is for translation within one network (RFC 8215), or for nothing yet.
            return isPrivateIPv4(Array(bytes[12...])) || !bytes[4..<12].allSatisfy { $0 == 0 }
        }
        if bytes.starts(with: [0x20, 0x02]) { return isPrivateIPv4(Array(bytes[2..<6])) }
        // Unique local, link-local, site-local, multicast.
        return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0x80 != 0 || bytes[0] == 0xFF
    }
}
