import CachingClient
import HTTPSemantics

/// The fields of a job's requests. Credentials go to the origins that the user has named, and nowhere else, wherever links lead. Other
/// fields that may be secret go to the sites of the seeds, those included where redirects of seeds lead.
struct JobFields: Sendable {
    private let fields: FieldSection
    /// The same without credentials.
    private let sitesFields: FieldSection
    /// The same without all that may be secret.
    private let strangersFields: FieldSection
    /// Authorization by origin, for URLs with user and password.
    private var credentials: [Origin: String] = [:]
    private var origins: Set<Origin> = []

    private static let secretNames = ["Authorization", "Cookie", "Proxy-Authorization"]

    init(_ fields: FieldSection) {
        self.fields = fields
        var bare = fields
        for name in Self.secretNames { bare.remove(name) }
        sitesFields = bare
        for name in Set(bare.lines.map(\.name)) where FieldSecrecy.mayBeSecret(name) { bare.remove(name) }
        strangersFields = bare
    }

    /// Takes up a URL that the user has named, with what it says of user and password.
    ///
    /// - Returns: whether it is the first of its origin.
    @discardableResult
    mutating func addSeed(_ url: WebURL) -> Bool {
        let isFirst = origins.insert(url.origin).inserted
        let request = RequestHead(method: .get, url: url, fields: [:]).takingCredentialsFromURL()
        if let value = request.fields.first("Authorization") { credentials[url.origin] = value }
        return isFirst
    }

    /// The fields of a request for a URL.
    ///
    /// - Parameter isSiteOfSeed: whether it lies on the site of a seed, or a seed has led there.
    func fields(for url: WebURL, isSiteOfSeed: Bool) -> FieldSection {
        let origin = url.origin
        guard origins.contains(origin) else {
            // What was meant for TLS is not sent without.
            let isExposed = url.scheme == "http" && origins.contains { $0.scheme == "https" }
            return isSiteOfSeed && !isExposed ? sitesFields : strangersFields
        }
        guard let value = credentials[origin], !fields.contains("Authorization") else { return fields }
        var own = fields
        own.append("Authorization", value)
        return own
    }
}
