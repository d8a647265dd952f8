import HTTPSemantics
import Testing

@testable import HTTPCaching

@Suite struct StoredHeadTests {
    private let fields: FieldSection = [
        "Date": "Sun, 06 Nov 1994 08:49:37 GMT", "vary": "Accept-Encoding", "X-Vary": "no", "Vary": "Accept",
    ]

    private func unread(date: UnixTime? = nil, expires: UnixTime? = nil) -> StoredHead {
        StoredHead(version: .http1_1, status: 404, reason: "Not Found", fields: fields.serialized, date: date, expires: expires)
    }

    @Test func whatIsReadLateIsTheSame() {
        let head = unread()
        #expect(head.status == 404)
        #expect(head.vary == "Accept-Encoding, Accept")
        #expect(head.value == ResponseHead(status: 404, reason: "Not Found", fields: fields))
        #expect(head == StoredHead(head.value) && head.hashValue == StoredHead(head.value).hashValue)
        #expect(StoredHead(head.value).vary == head.vary)
        #expect(head != StoredHead(ResponseHead(status: 404, fields: fields)))
    }

    @Test func laterTimesTakeTheirPlaces() {
        let time = UnixTime(seconds: 784_111_778)
        let head = unread(date: time, expires: time).value
        #expect(head.fields.values(.date) == ["Sun, 06 Nov 1994 08:49:38 GMT"])
        #expect(head.fields.values(.expires) == ["Sun, 06 Nov 1994 08:49:38 GMT"])
        #expect(head.fields.count == fields.count + 1)
    }

    @Test(arguments: [
        "", "X: 1\r\n", "Vary: a\r\n", "Vary:\r\n", "VARY: a\r\nX: 1\r\nVary: b, c\r\n", "Vary\r\n", "Variation: a\r\n",
        "X: Vary: a\r\n", "no colon\r\nVary: a",
    ])
    func oneFieldIsFoundAsInAllOfThem(text: String) {
        #expect(FieldSection.combined(.vary, inSerialized: text) == FieldSection(serialized: text).combined(.vary))
    }

    @Test func manyTasksReadOneHead() async {
        let head = unread()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { head.value.fields.count == 4 } }
            for await isWhole in group { #expect(isWhole) }
        }
    }
}
