/// A wrapping of deflated data (RFC 1951) as HTTP names it (RFC 9110 section 8.4.1).
package enum ContentCodingFormat: Hashable, Sendable {
    /// `gzip` (RFC 1952).
    case gzip
    /// `deflate`: the zlib format (RFC 1950). On the way in, bare deflated data is accepted too, because some servers send it.
    case zlib
}
