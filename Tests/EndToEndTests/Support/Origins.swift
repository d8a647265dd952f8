import TestOrigin

/// Runs `body` with an origin that stops afterwards.
func withOrigin<Value: Sendable>(
    site: GeneratedSite? = nil, web: LinkedSite? = nil, traps: Bool = false, host: String = "127.0.0.1",
    tls: TestOrigin.TLSIdentity? = nil,
    _ body: (TestOrigin) async throws -> Value
) async throws -> Value {
    var configuration = TestOrigin.Configuration()
    configuration.host = host
    configuration.site = site
    configuration.web = web
    configuration.traps = traps
    configuration.tls = tls
    configuration.maximumLoggedRequests = 200_000
    let origin = try await TestOrigin.start(configuration)
    do {
        let value = try await body(origin)
        await origin.stop()
        return value
    } catch {
        await origin.stop()
        throw error
    }
}

/// Nobody listens there: on an address that no test uses, on a port that the system gives to nobody.
let refusingURL = "http://127.0.0.77:9/"

extension TestOrigin {
    /// The URLs of the site's first pages.
    func pages(_ site: GeneratedSite, _ count: Int) -> [String] {
        site.pageTargets(count).map(url)
    }
}
