import HTTPSemantics

/// How a stored part is made to answer a request that it can't answer by itself (RFC 9111 section 3.4, RFC 9110 section 13.1.5).
/// Never is more asked for than the client did.
struct PartCompletion: Hashable, Sendable {
    /// What is sent: the client's request, on condition that the representation is still the same.
    let request: RequestHead
    /// The bytes that follow those that are held, where the client asked for everything; nil where it asked for ranges, which are
    /// sent on as they are.
    let rest: ByteRange?

    /// Nil where it can't be done:
    ///
    /// - the stored part has no strong validator;
    /// - the request has conditions of its own, which would have to be reconciled with ours;
    /// - everything is asked for, and more than the end is missing.
    init?(of stored: StoredResponse, for request: CacheRequest) {
        guard request.head.method == .get, request.traits.isDisjoint(with: [.conditions, .originConditions]),
            let held = stored.heldRanges.flatMap(HeldRanges.init), let validator = StrongValidator(stored.head)
        else { return nil }
        var result = request.head
        if request.traits.contains(.range), RangeRequest(request.head.fields) != nil {
            guard !result.fields.contains(.ifRange) else { return nil }
            result.fields.append(.ifRange, validator.text)
            rest = nil
        } else {
            guard held.ranges.count == 1, held.ranges[0].first == 0, let span = held.missingSpan(),
                let fields = PartialContent.completion(stored: stored.head, held: held)
            else { return nil }
            result = request.withoutConditions(whole: true)
            for line in fields { result.fields.append(line.name, line.value) }
            rest = span
        }
        self.request = result
    }

    /// What a stored part answers by itself to a request with a range: the range where all of it is held, or that there is no
    /// such range. Nil where it answers nothing, and where what is stored is no part.
    static func selection(in stored: StoredResponse, for request: CacheRequest) -> RangeSelection? {
        guard request.traits.contains(.range), let held = stored.heldRanges.flatMap(HeldRanges.init) else { return nil }
        let selection = RangeSelection.decide(request: request.head, head: stored.head, length: held.completeLength)
        switch selection {
        case .single(let range): return held.contains(range) ? selection : nil
        case .unsatisfiable: return selection
        case .whole, .several: return nil
        }
    }
}
