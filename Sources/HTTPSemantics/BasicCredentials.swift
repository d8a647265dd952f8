extension RequestHead {
    /// Moves `user:password@` of the URL into an Authorization field (RFC 7617), where the request has none: credentials belong
    /// neither into a cache key nor into a log.
    package func takingCredentialsFromURL() -> RequestHead {
        guard !url.username.isEmpty || !url.password.isEmpty else { return self }
        var request = self
        request.url = url.withoutUserinfo()
        if !fields.contains(.authorization) {
            let pair = [url.username, url.password].map(Self.decoded).joined(separator: [UInt8(ascii: ":")])
            request.fields.append(.authorization, "Basic " + Base64.encode(Array(pair)))
        }
        return request
    }

    private static func decoded(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8(percentDecoded)
    }
}

/// Base 64 with padding (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
