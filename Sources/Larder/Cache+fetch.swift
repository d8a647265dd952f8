import CachingClient
import HTTPSemantics

extension Cache {
    /// Fetches a URL through the cache: from what is stored where that may answer, else from its server, and stores what comes.
    ///
    /// Of fetches of one URL, in this process and in others on this directory, one asks the server at a time; the others wait and then
    /// look into the cache. Redirects are followed, each hop through the cache. Cancelling the task gives the fetch up.
    ///
    /// - Parameters:
    ///   - url: an http or https URL.
    ///   - options: default nil: those of the configuration.
    /// - Returns: as soon as the head of the answer is there; the content follows through ``Response/body``.
    /// - Throws: where there is no answer. An answer with a status of 400 or more is no error.
    public func fetch(_ url: String, options: FetchOptions? = nil) async throws(LarderError) -> Response {
        try await fetch(Request(url), options: options)
    }

    /// Fetches through the cache what a request asks for; otherwise as ``fetch(_:options:)-(String,_)``.
    public func fetch(_ request: Request, options: FetchOptions? = nil) async throws(LarderError) -> Response {
        let head = try request.head()
        let client = try client()
        let options = options ?? configuration.fetchOptions
        do {
            let reply = try await client.configured(configuration.client(options)).reply(to: head, content: request.body)
            return Response(reply, maximumDecodedBytes: options.maximumDecodedBytes)
        } catch {
            if isClosed { throw .closed }
            throw LarderError(error, url: head.url)
        }
    }
}
