import CachingClient
import HTTPCaching
import HTTPSemantics

/// An answer, from the cache or from its server; its content may still be on its way.
public struct Response: Sendable {
    /// Where an answer came from. More may come; a `switch` needs a `default`.
    public struct Source: RawRepresentable, Hashable, Sendable {
        /// A stable name, the same that the program `larder` tells with `--json`.
        public let rawValue: String

        /// The source of that name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// From the cache, and nobody was asked.
        public static let hit = Source(.hit)
        /// From the cache: its server confirmed it with a 304 and sent no content.
        public static let revalidated = Source(.revalidated)
        /// Fetched whole, and stored.
        public static let miss = Source(.miss)
        /// From the cache although stale, as you or the rules allow.
        public static let stale = Source(.stale)
        /// Fetched whole and not stored, as the rules demand or because the cache cannot be written; ``Response/reason`` says why.
        public static let uncacheable = Source(.uncacheable)

        init(_ outcome: CacheOutcome) {
            self.init(rawValue: outcome.rawValue)
        }
    }

    /// Why an answer came from where it came.
    public struct Reason: Hashable, Sendable {
        /// A stable name, as `larder explain --reasons` lists them.
        public let name: String
        /// The rule in one sentence, with the section of its standard; the name where there is no more to say.
        public let explanation: String

        init(_ name: String, source: Source) {
            self.name = name
            let reuse = ReuseReason(rawValue: name).map { "\($0.sentence) (\($0.section))" }
            let storage = StorageRefusal(rawValue: name).map { "\($0.sentence) (\($0.section))" }
            // Some names stand for a rule of either kind.
            let rule = source == .uncacheable ? storage ?? reuse : reuse ?? storage
            explanation = rule ?? (name == "cache_failed" ? "The cache could not be read, so the server answered." : name)
        }
    }

    /// The URL that answered, without user, password and fragment: the last one, where redirects were followed.
    public let url: String
    /// The URLs that redirected to it, in order; empty where none did.
    public let redirects: [String]
    /// The status code (RFC 9110 section 15). Statuses of 400 and more are answers too, no errors.
    public let status: Int
    /// The fields of the answer, those of the connection apart; an answer from the cache has the Age of now.
    public let fields: Fields
    /// Where it came from.
    public let source: Source
    /// The rule that decided.
    public let reason: Reason
    /// How long ago its server sent or confirmed it, in whole seconds (RFC 9111 section 4.2.3); nil for what is just being fetched.
    public let age: Duration?
    /// The content, gzip and deflate undone; a part (206) as it was sent. Read either this or `rawBody`, and once.
    ///
    /// What is stored goes to the cache as fast as the network brings it, and waits there for its reader. What is not stored waits on
    /// the network. Letting go of the response before its end gives the fetch up, unless little is left of what is to be stored; read
    /// it to its end, or ``Body/drain()`` it, to have it stored for sure. With the end of the body it is.
    public let body: Body
    /// The content as it was sent, its Content-Encoding still on.
    public let rawBody: Body

    init(_ reply: Reply, maximumDecodedBytes: Int64?) {
        url = reply.url.withoutUserinfo().withoutFragment().serialized
        redirects = reply.redirects.map { $0.withoutUserinfo().serialized }
        status = reply.head.status
        fields = Fields(reply.head.fields)
        let source = Source(reply.outcome)
        self.source = source
        reason = Reason(reply.reason, source: source)
        age = reply.age.map { .seconds($0) }
        // A part of coded content cannot be decoded by itself.
        let coding = reply.head.status == 206 ? nil : reply.head.fields.combined("Content-Encoding")
        let content = BodySource(
            reply.content, url: reply.url.withoutUserinfo().withoutFragment(), contentEncoding: coding,
            maximumDecodedBytes: maximumDecodedBytes)
        body = Body { () async throws(LarderError) in try await content.claim(isDecoding: true) }
        rawBody = Body { () async throws(LarderError) in try await content.claim(isDecoding: false) }
    }
}
