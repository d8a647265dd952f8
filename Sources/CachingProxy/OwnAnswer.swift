package import CachingClient
package import HTTPSemantics

/// Answers that come from the proxy itself.
package enum OwnAnswer {
    /// The head of a short text; Cache-Control forbids to keep it.
    package static func head(
        _ status: Int, contentType: StaticString, length: Int, now: UnixTime, extra: FieldSection = [:]
    ) -> ResponseHead {
        var fields: FieldSection = [
            "Date": HTTPDate.format(now),
            "Content-Type": "\(contentType)",
            "Content-Length": String(length),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        ]
        for line in extra.lines { fields.append(line.name, line.value) }
        return ResponseHead(status: status, fields: fields)
    }

    /// The head and text of a refusal.
    package static func refusal(_ refusal: Refusal, now: UnixTime) -> (head: ResponseHead, text: String) {
        let text = "\(refusal.status) \(refusal.code)\n\n\(printable(refusal.message))\n"
        var extra: FieldSection = ["Cache-Status": "larder; detail=\(refusal.code)"]
        if let seconds = refusal.retryAfter { extra.append("Retry-After", String(seconds)) }
        return (
            head(refusal.status, contentType: "text/plain; charset=utf-8", length: text.utf8.count, now: now, extra: extra), text
        )
    }

    /// Only printable ASCII and line feeds: the text may name what came from the network.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" ? $0 : "?" }))
    }
}

extension Refusal {
    /// The status for a fetch that gave no answer: 504 where time ran out, 502 where the origin or the way to it failed
    /// (RFC 9110 sections 15.6.3 and 15.6.5).
    package init(_ error: FetchError) {
        let code = error.code.rawValue
        let (status, retryAfter): (Int, Int?) =
            switch code {
            case "connect_timeout", "timeout", "max_time": (504, nil)
            case "address_refused": (403, nil)
            case "too_many_open_files", "host_put_aside", "stopped": (503, 1)
            case "invalid_request": (400, nil)
            case "body_too_large", "cancelled", "all_servers_down": (502, nil)
            default:
                switch error.failureClass {
                case .network, .tls, .protocol, .httpStatus, .authentication: (502, nil)
                case .offlineMiss: (504, nil)
                case .refused: (403, nil)
                case .lockTimeout, .interrupted: (503, 1)
                case .generic, .fileIO, .integrity, .diskReserve: (500, nil)
                }
            }
        self.init(status, Self.isName(code) ? code : "error", error.message, retryAfter: retryAfter)
    }

    /// A code goes into a field: letters, digits and underscores.
    private static func isName(_ code: String) -> Bool {
        guard let first = code.utf8.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") else { return false }
        return code.utf8.allSatisfy { Grammar.isTokenByte($0) }
    }
}
