import HTTPSemantics

/// A response head as it is written on the wire.
enum HeadText {
    /// Status line, field lines and the empty line, each ended by CR LF.
    static func bytes(_ head: ResponseHead) -> [UInt8] {
        let reason = head.reason.isEmpty ? "" : " " + head.reason
        return Array(
            "HTTP/\(head.version.major).\(head.version.minor) \(head.status)\(reason)\r\n\(head.fields.serialized)\r\n".utf8)
    }
}
