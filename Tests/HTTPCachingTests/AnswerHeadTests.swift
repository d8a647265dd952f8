import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Heads of answers, RFC 9111 sections 4, 5.1 and 5.5")
struct AnswerHeadTests {
    @Test("5.1: one Age field, whatever was stored; 5.5: no Warning; Date stays")
    func fromStore() {
        let head = AnswerHead.fromStore(
            CacheFixtures.response(["Age": "5", "X": "1", "age": "7", "Warning": "110 x"], status: 203), age: 30)
        #expect(head.status == 203)
        #expect(head.fields.lines == [FieldLine("X", "1"), FieldLine("Date", CacheFixtures.date(0)), FieldLine("Age", "30")])
    }

    @Test("1.2.2: the age is written within its bounds", arguments: [(Int64.min, "0"), (-1, "0"), (Int64.max, "2147483648")])
    func bounds(age: Int64, text: String) {
        #expect(AnswerHead.fromStore(CacheFixtures.response(), age: age).fields.first("Age") == text)
    }

    @Test("RFC 9110 sections 6.6.1, 7.6.1: from the origin without the fields of one connection, with a Date")
    func fromOrigin() {
        let received = ResponseHead(
            status: 200, fields: ["Connection": "X-Hop", "X-Hop": "1", "Warning": "199 - x", "Age": "x", "ETag": "\"1\""])
        let head = AnswerHead.fromOrigin(received, receivedAt: CacheFixtures.time(5))
        #expect(
            head.fields.lines == [
                FieldLine("Age", "x"), FieldLine("ETag", "\"1\""), FieldLine("Date", CacheFixtures.date(5)),
            ])
        #expect(AnswerHead.fromOrigin(head, receivedAt: CacheFixtures.time(9)) == head)
    }
}
