extension CachingClient {
    /// Hands one piece of an answer to whoever asked for it.
    func deliver(_ event: BodyEvent, to consumer: BodyConsumer?) async throws(FetchError) {
        guard let consumer else { return }
        do {
            try await consumer(event)
        } catch let error as FetchError {
            throw error
        } catch {
            throw FetchError(code: .deliveryFailed, message: "handing the body on failed: \(error)", failureClass: .fileIO)
        }
    }

    /// Hands on an answer that lies in the store, its digest checked on the way.
    func deliverStored(_ outcome: FetchOutcome, to consumer: BodyConsumer?) async throws(FetchError) {
        guard let consumer, let head = outcome.head else { return }
        try await deliver(.head(head, outcome.outcome), to: consumer)
        guard let body = outcome.body else { return }
        let reader = try WireBodyReader(body, in: store)
        while let bytes = try await reader.next() {
            try await deliver(.bytes(bytes), to: consumer)
        }
    }
}
