package import HTTPSemantics

/// What a response with Vary demands of requests besides its URL: the secondary key of a stored response (RFC 9111 section 4.1). A
/// class, as many responses share one.
package final class SecondaryKey: Sendable {
    /// The value of Vary, all its lines as one.
    package let vary: String
    /// As `StoredResponse.varyFields`.
    package let fields: FieldSection

    package init(vary: String, fields: FieldSection) {
        self.vary = vary
        self.fields = fields
    }

    /// Whether the response may answer the request as far as Vary is concerned; as `VaryMatching.matches`.
    package func selects(_ request: RequestHead) -> Bool {
        VaryMatching.matches(vary: vary, before: fields, request: request)
    }
}

extension StoredResponse {
    /// Nil where it has no Vary.
    package var secondaryKey: SecondaryKey? {
        storedHead.vary.map { SecondaryKey(vary: $0, fields: varyFields) }
    }

    /// Whether its numbers and its secondary key decide its reuse (`ReusePolicy.reuse`): it is there whole, and its status is one of
    /// success, so that nobody must know what is behind another one.
    package var isDecidedByNumbers: Bool {
        Self.isDecidedByNumbers(status: storedHead.status, heldRanges: heldRanges)
    }

    package static func isDecidedByNumbers(status: Int, heldRanges: String?) -> Bool {
        heldRanges == nil && (200..<300).contains(status)
    }
}
