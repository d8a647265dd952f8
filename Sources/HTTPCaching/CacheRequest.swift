import HTTPSemantics

/// A request with what a cache reads in it, read once.
struct CacheRequest: Sendable {
    let head: RequestHead
    let traits: RequestTraits
    let directives: CacheControl

    init(_ head: RequestHead) {
        self.head = head
        traits = RequestTraits(head)
        directives = traits.contains(.directives) ? CacheControl(request: head.fields) : CacheControl()
    }

    /// The request without the client's conditions, so that the answer tells of the representation or of conditions of ours.
    ///
    /// - Parameter whole: whether the range goes too.
    func withoutConditions(whole: Bool) -> RequestHead {
        guard !traits.isDisjoint(with: [.conditions, .range]) || head.fields.contains(.ifRange) else { return head }
        var result = head
        result.fields.remove(FieldNameSet(.ifNoneMatch, .ifModifiedSince))
        if whole { result.fields.remove(FieldNameSet(.range, .ifRange)) }
        return result
    }
}
