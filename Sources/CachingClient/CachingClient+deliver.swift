import HTTPSemantics

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

    /// Hands on an answer that lies in the store, unless whoever asked will read it there.
    func deliverStored(_ outcome: FetchOutcome, _ parameters: FetchParameters) async throws(FetchError) {
        if !parameters.leavesStored { try await deliverStored(outcome, to: parameters.deliver) }
    }

    /// Hands on an answer that lies in the store; what is handed on whole is checked against its digest on the way.
    func deliverStored(_ outcome: FetchOutcome, to consumer: BodyConsumer?) async throws(FetchError) {
        guard let consumer, let preamble = outcome.servedPreamble else { return }
        try await deliver(.head(preamble), to: consumer)
        if let body = outcome.body {
            do throws(FetchError) {
                let reader = try StoredContentReader(outcome.content, of: body, in: store)
                while let bytes = try await reader.next() { try await deliver(.bytes(bytes), to: consumer) }
            } catch {
                drop(outcome, after: error)
                throw error
            }
        }
        try await deliver(.end([:]), to: consumer)
    }
}
