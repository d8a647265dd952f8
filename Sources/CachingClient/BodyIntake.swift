import CacheStore
import ContentCoding
import HTTPSemantics
import HTTPTransport

/// Takes in the content of one response: counts, digests and bounds it, hands it on, and keeps it for the store. What is short
/// stays in memory until it is complete; what is long goes to the store as it comes, unseen by readers until it is published.
struct BodyIntake: Sendable {
    let client: CachingClient
    let request: RequestHead
    let head: ResponseHead
    /// Whether the content will be stored, or only counted and handed on.
    let isStored: Bool

    /// Content that has come to its proven end.
    struct Received: Sendable {
        enum Holding: Sendable {
            case nothing
            case memory([[UInt8]])
            case staged(BodyStaging, coding: StoredCoding)
        }

        var wireBytes: Int64
        var digest: [UInt8]
        var holding: Holding
    }

    /// Reads the content to its end.
    ///
    /// - Throws: what the network, the limits, the store or the receiver say; nothing is left in the store then.
    func run(_ body: TransportBody, deliver: BodyConsumer?) async throws(FetchError) -> Received {
        // To HEAD, and with 304, Content-Length tells of content that does not come (RFC 9110 section 8.6).
        if request.method != .head, head.status != 304 {
            try refuseIfTooLarge(head.fields.first("Content-Length").flatMap { Int64($0) } ?? 0, body: body)
        }
        var hasher = BodyDigest()
        var wireBytes: Int64 = 0
        var held: [[UInt8]] = []
        var spill: BodySpill?
        do {
            while let batch = try await next(body) {
                for chunk in batch {
                    wireBytes += Int64(chunk.count)
                    try refuseIfTooLarge(wireBytes, body: body)
                    if isStored { hasher.update(chunk) }
                    try await client.deliver(.bytes(chunk), to: deliver)
                    try await throttle(chunk.count)
                }
                guard isStored else { continue }
                if let spill {
                    try await spill.append(batch)
                } else {
                    held.append(contentsOf: batch)
                    guard wireBytes > Int64(client.configuration.memoryBytesPerBody) else { continue }
                    let begun = try await BodySpill(store: client.store, encoder: client.encoder, head: head, firstChunks: held)
                    spill = begun
                    try await begun.append(held)
                    held = []
                }
            }
            let holding: Received.Holding =
                if let spill { .staged(spill.staging, coding: try await spill.finish()) } else if isStored { .memory(held) } else {
                    .nothing
                }
            return Received(wireBytes: wireBytes, digest: isStored ? hasher.finalized() : [], holding: holding)
        } catch {
            spill?.abandon()
            throw error
        }
    }

    /// Hands complete content and its entry to the store as one.
    func publish(
        _ entry: NewEntry, received: Received, replacing: EntryID?
    ) async throws(FetchError) -> (bytes: Int64, commit: CommitHandle) {
        do {
            switch received.holding {
            case .staged(let staging, let coding):
                let bytes = staging.storedBytes
                return (
                    bytes,
                    try await staging.publish(
                        entry, digest: received.digest, wireBytes: received.wireBytes, coding: coding, replacing: replacing)
                )
            case .memory(let chunks):
                let (stored, coding) = await client.encoder.encode(chunks, head: head)
                let content = CompleteBody(
                    chunks: stored, digest: received.digest, wireBytes: received.wireBytes, coding: coding)
                return (
                    Int64(stored.reduce(0) { $0 + $1.count }),
                    try await client.store.put(entry, content: content, replacing: replacing)
                )
            case .nothing:
                let content = CompleteBody(chunks: [], digest: received.digest, wireBytes: 0, coding: .asReceived)
                return (0, try await client.store.put(entry, content: content, replacing: replacing))
            }
        } catch {
            throw FetchError(error)
        }
    }

    private func next(_ body: TransportBody) async throws(FetchError) -> [[UInt8]]? {
        do {
            return try await body.next()
        } catch {
            throw FetchError(error)
        }
    }

    private func throttle(_ bytes: Int) async throws(FetchError) {
        guard let limiter = client.limiter else { return }
        do {
            try await limiter.admit(bytes)
        } catch {
            throw .stopped
        }
    }

    private func refuseIfTooLarge(_ bytes: Int64, body: TransportBody) throws(FetchError) {
        guard let limit = client.configuration.maximumBodyBytes, bytes > limit else { return }
        body.cancel()
        throw FetchError(
            code: .bodyTooLarge,
            message:
                "\(request.url.authority) sends a body of more than the \(limit) bytes allowed; raise --max-filesize to take it",
            failureClass: .refused)
    }
}
