package import HTTPSemantics

extension CacheExchange {
    /// What follows from looking into the store.
    package enum Plan: Sendable {
        /// Answer from the store.
        case serve(Serving)
        /// Answer from the store, and send this in the background; `received` says what becomes of its answer, but there is
        /// nobody to answer then.
        case serveAndRevalidate(Serving, RequestHead)
        /// Ask the origin with this request: the client's own, with validators where there is something to validate, or with what
        /// completes a stored part.
        case forward(RequestHead, reason: ReuseReason)
        /// There is no answer without the network, and the network may not be used: 504 (RFC 9111 section 5.2.1.7).
        case unsatisfiable(ReuseReason)
    }

    /// A stored response and what has become of it.
    package struct FreshenedAt: Hashable, Sendable {
        package let index: Int
        package let response: FreshenedResponse
    }

    /// What follows from the origin's answer.
    package enum ResponsePlan: Sendable {
        /// Stored responses are valid again (RFC 9111 section 4.3.4): write their new heads and freshness, or remove those that are
        /// no longer storable, and serve the stored content.
        ///
        /// `newVariant` is stored as well where it is not nil, with the content of the one that is served: it answers this request,
        /// while the stored one answers others (section 4.1).
        case freshen([FreshenedAt], serve: Serving, newVariant: StoredResponse?)
        /// Store this together with its content, in the place of the stored response at `replacing` where that was asked about:
        /// the full answer to a validation takes its place even if they vary by other fields (RFC 9111 section 4.3.3).
        case store(StoredResponse, replacing: Int?, answer: ReceivedForm)
        /// Store this part (RFC 9111 sections 3.3 and 3.4): in the place of the stored part at `combiningWith` and together with its
        /// content, as `HeldRanges.adding` says, or by itself. What was received is delivered as it is. Where the parts make a
        /// whole, `heldRanges` of the response is nil.
        case storePart(StoredResponse, combiningWith: Int?, PartialContent, answer: ReceivedForm)
        /// The received part is all that was missing of the one at `index`: answer with `head`, the stored bytes, and then the
        /// received ones, and store the whole.
        case completed(StoredResponse, index: Int, PartialContent, head: ResponseHead)
        /// Deliver it and store nothing. Of the answer to HEAD, carry out what it tells about stored responses.
        case pass(StorageRefusal, answer: ReceivedForm, headUpdates: [HeadUpdate])
        /// Answer from the store in place of an error (RFC 5861 section 4).
        case serveStale(Serving)
        /// Ask again without conditions, and tell the answer to `received`.
        case forwardUnconditionally(RequestHead)
    }
}
