package import HTTPSemantics

/// An answer whose content is read when and as fast as its reader wants.
package struct Reply: Sendable {
    /// The URL that gave it: the last one, where redirects were followed.
    package let url: WebURL
    /// The URLs that redirected to it, in order; empty where none did.
    package internal(set) var redirects: [WebURL] = []
    /// End-to-end fields only.
    package let head: ResponseHead
    package let outcome: CacheOutcome
    /// The rule that decided, as a stable name.
    package let reason: String
    /// Age in seconds of an answer from the store; nil for what is just being fetched.
    package let age: Int64?
    /// The content, its Content-Encoding still on. It ends when what is to be stored of it is stored, so that who has read it finds
    /// it there. Letting go of it before its end gives the fetch up, unless nearly all of it is there.
    package let content: any AnswerStream
}

/// No content.
struct EmptyStream: AnswerStream {
    func next() async throws(FetchError) -> [[UInt8]]? { nil }
    var trailers: FieldSection { [:] }
    func cancel() {}
}
