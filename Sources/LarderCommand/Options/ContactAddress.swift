import ArgumentParser
import HTTPSemantics

/// Where whoever sends requests can be reached: an http, https or mailto URL, as it stands in a comment of the User-Agent field
/// (RFC 9110 section 10.1.5).
struct ContactAddress: ExpressibleByArgument {
    let text: String

    /// - Parameter argument: such a URL, or a mail address alone.
    init?(argument: String) {
        let isAddress = argument.contains("@") && !argument.contains(":")
        guard let url = WebURL(isAddress ? "mailto:" + argument : argument), url.isHTTP || Self.hasRecipient(url),
            url.withoutUserinfo() == url, url.serialized.utf8.allSatisfy(Self.isPlain)
        else { return nil }
        text = url.serialized
    }

    private static func hasRecipient(_ url: WebURL) -> Bool {
        guard url.scheme == "mailto", let at = url.path.firstIndex(of: "@") else { return false }
        return at != url.path.startIndex && url.path.index(after: at) != url.path.endIndex
    }

    /// Whether a byte is one of a comment that neither ends it nor begins another (RFC 9110 section 5.6.5).
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"()\\".utf8.contains(byte)
    }
}
