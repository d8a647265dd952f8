import CacheStore
import ContentCoding
import HTTPCaching
import HTTPSemantics
import HTTPTransport

/// Takes in the content of one response: counts, digests and bounds it, hands it on, and keeps it for the store. What is short
/// stays in memory until it is complete; what is long goes to the store as it comes, unseen by readers until it is published.
///
/// One task uses it, for one response.
final class BodyIntake {
    private let client: CachingClient
    private let request: RequestHead
    private let head: ResponseHead
    /// Whether the content will be stored, or only counted and handed on. Where the store fails on the way, it is handed on.
    private(set) var isStored: Bool
    private let deliver: BodyConsumer?
    private let body: TransportBody
    /// Whether a failing store ends the storing only, not the delivery.
    private let keepsDelivering: Bool

    private var hasher = BodyDigest()
    private var held: [[UInt8]] = []
    private var spill: BodySpill?
    /// Content that arrived and has not been looked at yet.
    private var arrived: ArraySlice<[UInt8]> = []
    /// Bytes that came over the network.
    private(set) var receivedBytes: Int64 = 0
    /// Bytes of the content that is stored, as they are on the wire.
    private(set) var contentBytes: Int64 = 0

    /// Content that is ready to be published.
    struct Received {
        enum Holding {
            case nothing
            case memory([[UInt8]])
            case staged(BodyStaging, coding: StoredCoding)
        }

        /// Length of the content as it is stored, its Content-Encoding still on.
        var contentBytes: Int64
        var digest: [UInt8]
        var holding: Holding
    }

    init(
        client: CachingClient, request: RequestHead, head: ResponseHead, body: TransportBody, isStored: Bool,
        keepsDelivering: Bool = false, deliver: BodyConsumer?
    ) {
        self.keepsDelivering = keepsDelivering
        self.client = client
        self.request = request
        self.head = head
        self.body = body
        self.isStored = isStored
        self.deliver = deliver
    }

    deinit {
        spill?.abandon()
    }

    // MARK: Taking in

    /// The trailer section, once `run` has returned.
    var trailers: FieldSection { body.trailers }

    /// Reads the content to its proven end.
    ///
    /// - Throws: what the network, the limits, the store or the receiver say; `takeWhatCame` then tells what is there all the same.
    func run(composing composition: BodyComposition? = nil) async throws(FetchError) -> Received {
        if let composition {
            try await compose(composition)
        } else {
            while let chunk = try await nextChunk() { try await take(chunk, isDelivered: true) }
        }
        return try await received()
    }

    /// Refuses what says itself that it is too long, before anything of it is handed on.
    func checkLength() throws(FetchError) {
        // To HEAD, and with 304, Content-Length tells of content that does not come (RFC 9110 section 8.6).
        guard request.method != .head, head.status != 304 else { return }
        try refuseIfTooLarge(head.fields.first(.contentLength).flatMap { Int64($0) } ?? 0)
    }

    /// The content that has come so far, where it broke off.
    func takeWhatCame() async throws(FetchError) -> Received {
        try await received()
    }

    private func received() async throws(FetchError) -> Received {
        let holding: Received.Holding
        if let spill {
            holding = .staged(spill.staging, coding: try await spill.finish())
            self.spill = nil
        } else {
            holding = isStored ? .memory(held) : .nothing
        }
        return Received(contentBytes: contentBytes, digest: isStored ? hasher.finalized() : [], holding: holding)
    }

    private func compose(_ composition: BodyComposition) async throws(FetchError) {
        var position: Int64 = 0
        for piece in composition.pieces {
            switch piece {
            case .kept(let offset, let length):
                do throws(FetchError) {
                    let reader = try WireBodyReader(composition.kept, in: client.store, offset: offset, length: length)
                    while let bytes = try await reader.next() {
                        try await take(bytes, isDelivered: composition.isDeliveredWhole)
                    }
                } catch {
                    // Another has put the parts together meanwhile. The client has no need of what was kept, unless it gets the whole.
                    guard error.isOfStore, !composition.isDeliveredWhole else { throw error }
                    giveUpStoring()
                }
            case .received(let offset, let length):
                while position < offset, let chunk = try await nextChunk(atMost: offset - position) {
                    position += Int64(chunk.count)
                    if !composition.isDeliveredWhole { try await client.deliver(.bytes(chunk), to: deliver) }
                }
                while position < offset + length, let chunk = try await nextChunk(atMost: offset + length - position) {
                    position += Int64(chunk.count)
                    try await take(chunk, isDelivered: true)
                }
            }
        }
        while let chunk = try await nextChunk() {
            if !composition.isDeliveredWhole { try await client.deliver(.bytes(chunk), to: deliver) }
        }
    }

    /// What arrived next, at most so many bytes of it; nil at the proven end.
    private func nextChunk(atMost limit: Int64 = .max) async throws(FetchError) -> [UInt8]? {
        while arrived.isEmpty {
            let batch: [[UInt8]]?
            do {
                batch = try await body.next()
            } catch {
                throw FetchError(error)
            }
            guard let batch else { return nil }
            arrived = batch[...]
        }
        var chunk = arrived.removeFirst()
        if Int64(chunk.count) > limit {
            arrived.insert(Array(chunk[Int(limit)...]), at: arrived.startIndex)
            chunk.removeLast(chunk.count - Int(limit))
        }
        receivedBytes += Int64(chunk.count)
        try refuseIfTooLarge(receivedBytes)
        try await throttle(chunk.count)
        return chunk
    }

    private func take(_ chunk: [UInt8], isDelivered: Bool) async throws(FetchError) {
        contentBytes += Int64(chunk.count)
        if isStored { hasher.update(chunk) }
        if isDelivered { try await client.deliver(.bytes(chunk), to: deliver) }
        guard isStored else { return }
        do throws(FetchError) {
            try await keep(chunk)
        } catch {
            guard error.isOfStore, keepsDelivering else { throw error }
            giveUpStoring()
        }
    }

    private func keep(_ chunk: [UInt8]) async throws(FetchError) {
        if let spill {
            try await spill.append([chunk])
            return
        }
        held.append(chunk)
        guard contentBytes > Int64(client.configuration.memoryBytesPerBody) else { return }
        let begun = try await BodySpill(store: client.store, encoder: client.encoder, head: head, firstChunks: held)
        spill = begun
        try await client.deliver(.spilled(begun.source), to: deliver)
        try await begun.append(held)
        held = []
    }

    /// Whoever reads gets the rest all the same.
    private func giveUpStoring() {
        isStored = false
        held = []
        spill?.abandon()
        spill = nil
    }

    // MARK: Publishing

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
                        entry, digest: received.digest, wireBytes: received.contentBytes, coding: coding, replacing: replacing)
                )
            case .memory(let chunks):
                let (stored, coding) = await client.encoder.encode(chunks, head: head)
                let content = CompleteBody(
                    chunks: stored, digest: received.digest, wireBytes: received.contentBytes, coding: coding)
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

    private func throttle(_ bytes: Int) async throws(FetchError) {
        guard let limiter = client.limiter else { return }
        do {
            try await limiter.admit(bytes)
        } catch {
            throw .stopped
        }
    }

    private func refuseIfTooLarge(_ bytes: Int64) throws(FetchError) {
        guard let limit = client.configuration.maximumBodyBytes, bytes > limit else { return }
        body.cancel()
        throw FetchError(
            code: .bodyTooLarge,
            message:
                "\(request.url.authority) sends a body of more than the \(limit) bytes allowed; raise --max-filesize to take it",
            failureClass: .refused)
    }
}
