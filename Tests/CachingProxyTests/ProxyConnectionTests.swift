import CachingProxy
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProxyConnectionTests {
    private func connection(_ framing: RequestFraming = RequestFraming()) -> ProxyConnection {
        var connection = ProxyConnection()
        connection.headBegan()
        connection.began(framing)
        return connection
    }

    private func check(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(condition, sourceLocation: sourceLocation)
    }

    @Test func onePlainRequestAfterTheOther() {
        var connection = ProxyConnection()
        #expect(connection.limit == .idle)
        for _ in 0..<3 {
            connection.headBegan()
            #expect(connection.limit == .head && connection.acceptsHead)
            connection.began(RequestFraming())
            #expect(!connection.acceptsHead && !connection.isReceivingContent)
            check(!connection.answerBegins(.length(3)))
            check(connection.answerEnded(isWhole: true) == .readNext)
        }
    }

    @Test(arguments: [
        (RequestFraming(isPersistent: false), AnswerFraming.length(1)), (RequestFraming(isHTTP11: false), .untilClose),
        (RequestFraming(endsParsing: true), .length(1)), (RequestFraming(content: .length(1 << 20)), .length(1)),
        (RequestFraming(content: .length(5), expectsContinue: true), .length(1)),
    ])
    func answersAfterWhichTheConnectionEnds(_ request: RequestFraming, _ answer: AnswerFraming) {
        var connection = connection(request)
        check(connection.answerBegins(answer))
        check(connection.answerEnded(isWhole: true) == .close)
        #expect(connection.phase == .closing)
    }

    @Test func anAnswerCutShortEndsTheConnection() {
        var connection = connection()
        _ = connection.answerBegins(.chunked)
        check(connection.answerEnded(isWhole: false) == .close)
    }

    @Test func contentAfterTheAnswerIsDropped() {
        var connection = connection(RequestFraming(content: .chunked))
        check(!connection.answerBegins(.length(1)))
        check(connection.answerEnded(isWhole: true) == .drain)
        check(connection.contentArrived(1000) == .wait)
        check(connection.requestEnded() == .readNext)
        connection.began(RequestFraming(content: .chunked))
        _ = connection.answerBegins(.length(1))
        check(connection.answerEnded(isWhole: true) == .drain)
        check(connection.contentArrived(256 * 1024) == .wait)
        check(connection.contentArrived(1) == .close)
    }

    @Test func theEndOfTheContentMayComeBeforeTheAnswer() {
        var connection = connection(RequestFraming(content: .length(5)))
        #expect(connection.isReceivingContent)
        check(connection.contentArrived(5) == .wait)
        check(connection.requestEnded() == .wait)
        #expect(!connection.isReceivingContent)
        check(!connection.answerBegins(.chunked))
        check(connection.answerEnded(isWhole: true) == .readNext)
    }

    @Test func theClientEndsItsSide() {
        var idle = ProxyConnection()
        check(idle.inputClosed() == .close)
        var waiting = connection()
        check(waiting.inputClosed() == .wait)
        check(waiting.answerBegins(.length(1)))
        check(waiting.answerEnded(isWhole: true) == .close)
        var sending = connection(RequestFraming(content: .length(5)))
        check(sending.inputClosed() == .close)
    }

    @Test func stopping() {
        var idle = ProxyConnection()
        check(idle.stop() == .close)
        var busy = connection()
        check(busy.stop() == .wait)
        check(busy.answerBegins(.length(1)))
        check(busy.answerEnded(isWhole: true) == .close)
        var late = connection()
        check(!late.answerBegins(.length(1)))
        check(late.stop() == .wait)
        check(late.answerEnded(isWhole: true) == .close)
    }

    @Test func continueIsAwaitedOnce() {
        var connection = connection(RequestFraming(content: .length(5), expectsContinue: true))
        #expect(connection.awaitsContinue)
        connection.continued()
        #expect(!connection.awaitsContinue)
        check(!connection.answerBegins(.length(1)))
    }
}
