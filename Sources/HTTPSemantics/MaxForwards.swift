/// How far a TRACE or OPTIONS request goes (`Max-Forwards`, RFC 9110 section 7.6.2).
package enum MaxForwards {
    /// What an intermediary does with a request.
    package enum Decision: Hashable, Sendable {
        /// Forward the request as it is given here, its number one less than it came with.
        case forward(RequestHead)
        /// Answer it here, as its final recipient: its number has come to 0.
        case answer
    }

    /// The greatest number that is passed on.
    package static let maximum: Int64 = 1 << 31

    /// Decides by the field; of several numbers the least counts. A request of any other method, one without the field, and one
    /// whose field is no number go on unchanged.
    package static func decide(_ request: RequestHead) -> Decision {
        guard request.method == .trace || request.method == .options, let value = request.fields.combined("Max-Forwards") else {
            return .forward(request)
        }
        let numbers = Grammar.listElements(value).map { Grammar.decimal($0, saturatingAt: maximum) }
        guard !numbers.contains(nil), let least = numbers.compactMap({ $0 }).min() else { return .forward(request) }
        guard least > 0 else { return .answer }
        var forwarded = request
        forwarded.fields.set("Max-Forwards", String(least - 1))
        return .forward(forwarded)
    }
}
