import HTTPCaching
package import HTTPSemantics

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

    /// The same. Where the content turns out to be damaged, or was evicted, before anything of the answer was handed on, the origin
    /// answers in its place.
    ///
    /// - Returns: the answer that was given.
    func deliverStored(
        _ outcome: FetchOutcome, to request: RequestHead, _ parameters: FetchParameters
    ) async throws(FetchError) -> FetchOutcome {
        do throws(FetchError) {
            try await deliverStored(outcome, parameters)
            return outcome
        } catch {
            guard error.isBeforeHead, configuration.reuse.mode != .offline else { throw error }
            return try await pass(request, parameters, reason: "cache_failed")
        }
    }

    /// Reads the content of an answer that `prepare` found in the store. Where it turns out to be damaged, or was evicted, the origin
    /// answers in its place.
    ///
    /// - Returns: the answer that was given.
    package func read(
        _ outcome: FetchOutcome, of request: RequestHead, to consumer: @escaping BodyConsumer
    ) async throws(FetchError) -> FetchOutcome {
        try await deliverStored(outcome, to: request, FetchParameters(deliver: consumer))
    }

    /// Hands on an answer that lies in the store; what is handed on whole is checked against its digest on the way.
    func deliverStored(_ outcome: FetchOutcome, to consumer: BodyConsumer?) async throws(FetchError) {
        guard let consumer, let preamble = outcome.servedPreamble else { return }
        var isBeforeHead = true
        do throws(FetchError) {
            let reader = try outcome.body.map { (body) throws(FetchError) in
                try StoredContentReader(outcome.content, of: body, in: store)
            }
            var piece = try await reader?.next()
            isBeforeHead = false
            try await deliver(.head(preamble), to: consumer)
            while let bytes = piece {
                try await deliver(.bytes(bytes), to: consumer)
                piece = try await reader?.next()
            }
        } catch {
            drop(outcome, after: error)
            var error = error
            error.isBeforeHead = isBeforeHead && error.failureClass == .integrity
            throw error
        }
        try await deliver(.end([:]), to: consumer)
    }
}
