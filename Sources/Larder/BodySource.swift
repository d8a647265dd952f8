import CachingClient
import ContentCoding
import HTTPSemantics

/// Where the pieces of one body come from, with its codings undone or left on.
actor BodySource {
    private let stream: any AnswerStream
    /// Told to errors.
    private let url: WebURL
    private let contentEncoding: String?
    private let maximumDecodedBytes: Int64?
    private var isClaimed = false
    /// Whether somebody waits for a piece.
    private var isBusy = false
    private var isDecoding = false
    private var decoder: ContentDecoder?
    private var pieces: ArraySlice<[UInt8]> = []
    private var isAtEnd = false

    /// - Parameter contentEncoding: the codings that are undone; nil: none.
    init(_ stream: any AnswerStream, url: WebURL, contentEncoding: String?, maximumDecodedBytes: Int64?) {
        self.stream = stream
        self.url = url
        self.contentEncoding = contentEncoding
        self.maximumDecodedBytes = maximumDecodedBytes
    }

    /// Begins the one reading that there is.
    func claim(isDecoding: Bool) throws(LarderError) -> BodySource {
        guard !isClaimed else {
            throw LarderError(
                .misuse, code: "body_already_read", "the body of a response can be read once; keep what it gives, or fetch again",
                url: url.serialized)
        }
        isClaimed = true
        self.isDecoding = isDecoding
        guard isDecoding else { return self }
        do {
            let decoder = try ContentDecoder(contentEncoding: contentEncoding, maximumOutput: maximumDecodedBytes)
            // Without a coding nothing grows, and no ceiling is needed.
            if decoder.isIdentity { self.isDecoding = false } else { self.decoder = consume decoder }
        } catch {
            throw failure(error)
        }
        return self
    }

    /// The next piece; nil at the end.
    func next() async throws(LarderError) -> [UInt8]? {
        guard !isBusy else {
            throw LarderError(.misuse, code: "body_shared", "a body is read by one task at a time", url: url.serialized)
        }
        isBusy = true
        defer { isBusy = false }
        while true {
            if let piece = try decoded() { return piece }
            if isAtEnd { return nil }
            if let piece = pieces.popFirst() {
                guard isDecoding else { return piece }
                decoder?.append(piece)
                continue
            }
            do {
                if let more = try await stream.next() {
                    pieces = more.filter { !$0.isEmpty }[...]
                    continue
                }
            } catch {
                isAtEnd = true
                throw LarderError(error, url: url)
            }
            isAtEnd = true
            do { try decoder?.finish() } catch { throw failure(error) }
        }
    }

    private func decoded() throws(LarderError) -> [UInt8]? {
        do {
            return try decoder?.next()
        } catch {
            isAtEnd = true
            throw failure(error)
        }
    }

    private func failure(_ error: CodingError) -> LarderError {
        var failure = LarderError(error)
        failure.url = url.serialized
        return failure
    }
}
