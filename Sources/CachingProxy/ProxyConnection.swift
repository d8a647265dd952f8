/// What one client connection does next: a pure machine (RFC 9112 section 9).
///
/// One request at a time is answered; what a client sends beyond it stays unread until its turn.
package struct ProxyConnection: Sendable {
    package enum Phase: Hashable, Sendable {
        /// Between two requests.
        case idle
        /// A head has begun to arrive.
        case head
        /// A request is being answered, its content perhaps still arriving.
        case exchange
        /// The answer is out; what is left of the request's content is read and dropped.
        case draining
        /// The last answer is out, or the connection is of no more use.
        case closing
    }

    /// What follows an event.
    package enum Next: Hashable, Sendable {
        /// Nothing yet.
        case wait
        /// The next request may be read.
        case readNext
        /// Read on, and drop what comes.
        case drain
        /// Close, when what was written has gone out and the client has had time to read it.
        case close
    }

    /// Which time limit runs.
    package enum Limit: Hashable, Sendable {
        case none, idle, head, content, answer
    }

    /// How much unread content is worth keeping a connection for, in bytes.
    package static let maximumDrainedBytes: Int64 = 256 * 1024

    package private(set) var phase = Phase.idle
    /// The request under way, or the last.
    package private(set) var request = RequestFraming()
    private var isContentWhole = true
    private var isAnswered = false
    /// Whether the client sends nothing more.
    package private(set) var isInputClosed = false
    private var isStopping = false
    /// Whether this answer's head says that the connection ends.
    private var closesAfterAnswer = false
    private var contentLeft: Int64 = 0
    private var drained: Int64 = 0
    /// The client waits for 100 (Continue), and may never send its content.
    private var isAwaitingContinue = false

    package init() {}

    /// Whether another head may be read now.
    package var acceptsHead: Bool { phase == .idle || phase == .head }

    /// Whether content of the request is still to come.
    package var isReceivingContent: Bool { !isContentWhole && (phase == .exchange || phase == .draining) }

    package var limit: Limit {
        switch phase {
        case .idle: .idle
        case .head: .head
        case .exchange: .answer
        case .draining, .closing: .content
        }
    }

    /// Bytes of a head have come, and it is not complete.
    package mutating func headBegan() {
        if phase == .idle { phase = .head }
    }

    /// A correct head is complete.
    package mutating func began(_ framing: RequestFraming) {
        phase = .exchange
        request = framing
        isAnswered = false
        closesAfterAnswer = false
        isAwaitingContinue = framing.expectsContinue
        drained = 0
        switch framing.content {
        case .none: (isContentWhole, contentLeft) = (true, 0)
        case .length(let length): (isContentWhole, contentLeft) = (false, length)
        case .chunked: (isContentWhole, contentLeft) = (false, 0)
        }
    }

    /// 100 (Continue) was sent: the content will come.
    package mutating func continued() {
        isAwaitingContinue = false
    }

    /// Whether 100 (Continue) is still waited for.
    package var awaitsContinue: Bool { isAwaitingContinue && !isAnswered && phase == .exchange }

    /// The head of the answer is about to be written.
    ///
    /// - Returns: whether it has to say that the connection ends with it.
    package mutating func answerBegins(_ framing: AnswerFraming) -> Bool {
        let isContentTooLong = !isContentWhole && (isAwaitingContinue || contentLeft > Self.maximumDrainedBytes)
        closesAfterAnswer =
            !request.isPersistent || framing == .untilClose || isInputClosed || isStopping || request.endsParsing
            || isContentTooLong
        return closesAfterAnswer
    }

    /// Bytes of the content have come.
    package mutating func contentArrived(_ count: Int) -> Next {
        isAwaitingContinue = false
        contentLeft = max(0, contentLeft - Int64(count))
        guard phase == .draining else { return .wait }
        drained += Int64(count)
        return drained > Self.maximumDrainedBytes ? close() : .wait
    }

    /// The request has come to its end.
    package mutating func requestEnded() -> Next {
        isContentWhole = true
        return phase == .draining ? afterBoth() : .wait
    }

    /// The answer is written to its end; `isWhole` false: it was cut short, which only the end of the connection can tell.
    package mutating func answerEnded(isWhole: Bool) -> Next {
        guard phase == .exchange else { return .wait }
        isAnswered = true
        guard isWhole, !closesAfterAnswer, !isStopping else { return close() }
        if isContentWhole { return afterBoth() }
        guard !isInputClosed else { return close() }
        phase = .draining
        return .drain
    }

    /// The client sends nothing more; what it has asked for is still answered.
    package mutating func inputClosed() -> Next {
        isInputClosed = true
        switch phase {
        case .exchange: return isContentWhole ? .wait : close()
        case .idle, .head, .draining, .closing: return close()
        }
    }

    /// No further request is wanted.
    package mutating func stop() -> Next {
        isStopping = true
        switch phase {
        case .idle: return close()
        case .head, .exchange, .closing: return .wait
        case .draining: return close()
        }
    }

    /// What the client sends can't be understood: the answer under way is the last.
    package mutating func loseInput() {
        isInputClosed = true
    }

    /// The connection is of no more use, for the reason of a refusal or a time limit.
    package mutating func close() -> Next {
        phase = .closing
        return .close
    }

    private mutating func afterBoth() -> Next {
        phase = .idle
        return isStopping || isInputClosed ? close() : .readNext
    }
}
