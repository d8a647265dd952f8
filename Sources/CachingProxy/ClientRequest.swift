import CachingClient
import HTTPSemantics

/// One request of a client while it is answered.
struct ClientRequest {
    /// Tells this request from others of the same connection, for what comes from another task.
    let id: UInt64
    let method: HTTPMethod
    let target: String
    let fields: FieldSection
    let version: HTTPVersion
    let startTime: UnixTime
    var url: WebURL?
    var pipe: ContentPipe?
    var task: Task<Void, Never>?
    var stream: (any AnswerStream)?
    /// How the content of the answer is framed; nil before its head is written.
    var framing: AnswerFraming?
    var status = 0
    var outcome: CacheOutcome?
    var reason = ""
    var age: Int64?
    var sentBytes: Int64 = 0
    /// Waits until the connection takes more of the answer; told whether it does.
    var writer: UnsafeContinuation<Bool, Never>?
}
