/// What the writes of one transaction may add to the cache. A refusal fails the write that asked, and nothing else of its group.
struct Admission {
    /// Bytes that may still be added; nil: no bound.
    var roomBytes: Int64?
    /// What is refused is refused with this.
    var refusal: StoreError?
    /// The longest body that is stored; nil: any.
    var largestBodyBytes: Int64?
    /// Where the cache lies, for errors.
    let path: String

    init(path: String) {
        self.path = path
    }

    /// Takes room for stored bytes and what goes with them. Returns nil, or why there is none.
    mutating func take(_ byteCount: Int64, operation: String) -> StoreError? {
        guard let room = roomBytes, let refusal else { return nil }
        // Half-filled pages cost about an eighth.
        let cost = byteCount + byteCount / 8
        guard cost <= room else { return StoreError(refusal, operation: operation) }
        roomBytes = room - cost
        return nil
    }

    /// Whether a body of that length is stored at all; nil: it is.
    func check(bodyBytes: Int64, operation: String) -> StoreError? {
        guard let largestBodyBytes, bodyBytes > largestBodyBytes else { return nil }
        return StoreError(.tooLargeForCache(largestBytes: largestBodyBytes), operation: operation, path: path)
    }
}
